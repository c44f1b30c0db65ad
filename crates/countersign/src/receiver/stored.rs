use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;

use super::{Budget, Incoming, Received, Receiver, Receiving, Rejection};
use crate::delivery::Delivery;
use crate::error::ErrorKind;
use crate::time::UnixTime;

impl Receiver {
    /// Verifies a stored request as of the time at which it was received: the tolerance counts from `received_at`,
    /// and the keys that were in use then apply.
    ///
    /// Tenants' secrets, published keys and the public URL are looked up as for a new request, so they must be kept
    /// for as long as stored requests are verified. No budget is taken, and handshakes are not answered.
    ///
    /// # Errors
    ///
    /// [`Rejection`] if the stored request differs from the received one, or the secret that signed it is no longer
    /// known.
    pub async fn verify_stored(
        &self,
        method: &str,
        target: &str,
        headers: &HeaderMap,
        body: Bytes,
        received_at: UnixTime,
    ) -> Result<Delivery, Rejection> {
        let again = self.to_builder().with_budget(Budget::new(usize::MAX));
        let stored = Stored { method, target, headers, body };
        match stored.verify(again.clone().with_clock(received_at).into_unobserved()).await {
            Ok(delivery) => Ok(delivery),
            Err(rejection) => {
                // A delivery is received when its body is complete; its head was checked up to the body deadline
                // earlier.
                let before = i64::try_from(self.body_deadline().as_millis()).unwrap_or(i64::MAX);
                let began = UnixTime::from_millis(received_at.as_millis().saturating_sub(before));
                stored.verify(again.with_clock(began).into_unobserved()).await.map_err(|_| rejection)
            }
        }
    }
}

struct Stored<'a> {
    method: &'a str,
    target: &'a str,
    headers: &'a HeaderMap,
    body: Bytes,
}

impl Stored<'_> {
    async fn verify(&self, receiver: Receiver) -> Result<Delivery, Rejection> {
        let request = StoredRequest { stored: self, body: Some(self.body.clone()) };
        match Receiving::new(&receiver).run(request).await {
            Received::Delivery(delivery) => Ok(delivery),
            Received::Rejected(rejection) | Received::Observed { rejection, .. } => Err(rejection),
            // Handshakes are answered and never stored.
            Received::Handshake(_) => Err(receiver.refuse(ErrorKind::MalformedHandshake)),
        }
    }
}

struct StoredRequest<'a> {
    stored: &'a Stored<'a>,
    body: Option<Bytes>,
}

impl Incoming for StoredRequest<'_> {
    type Headers = HeaderMap;

    fn method(&self) -> &str {
        self.stored.method
    }

    fn target(&self) -> &str {
        self.stored.target
    }

    fn headers(&self) -> &HeaderMap {
        self.stored.headers
    }

    fn poll_chunk(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, ErrorKind>>> {
        Poll::Ready(self.body.take().map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::error::ErrorKind;
    use crate::providers::{preflix, proxiant};
    use crate::scheme::{Encoding, Location, Scheme, SignatureField};
    use crate::{Provider, Secret, Signer, SigningRequest, Verifier};

    #[test]
    fn what_was_received_long_ago_verifies_as_of_then_and_not_if_it_was_changed() {
        let (signed, receiver) = (sign("a"), receiver("a"));
        let at = UnixTime::from_secs(NOW + 299);
        assert_eq!(verify(&receiver, &signed, BODY, at), Ok("evt_7b2".to_owned()));
        assert_eq!(verify(&receiver, &signed, "{}", at), Err(ErrorKind::SignatureMismatch));
        assert_eq!(verify(&receiver, &sign("b"), BODY, at), Err(ErrorKind::SignatureMismatch));
        // The timestamp was within the tolerance when the head arrived, and outside of it when the body was
        // complete.
        assert!(verify(&receiver, &signed, BODY, UnixTime::from_secs(NOW + 305)).is_ok());
        let late = verify(&receiver, &signed, BODY, UnixTime::from_secs(NOW + 400));
        assert_eq!(late, Err(ErrorKind::TimestampTooOld));
    }

    #[test]
    fn what_a_handler_gets_although_it_is_a_handshake_verifies_too() {
        let body = r#"{"id":"1","event":"webhook.test","created_at":"2023-11-14T22:13:20Z","data":{}}"#;
        let (now, secret) = (UnixTime::from_secs(NOW), || Secret::new("whsec_a").unwrap());
        let signer = Signer::new(&proxiant::PROVIDER, secret()).unwrap();
        let headers = signer.sign(&SigningRequest::new(body, now)).unwrap();
        let receiver = Receiver::new(Verifier::new(&proxiant::PROVIDER, secret()).unwrap());
        assert_eq!(verify(&receiver, &headers, body, now), Ok("1".to_owned()));
    }

    #[test]
    fn method_and_target_are_those_of_the_stored_request() {
        let signature = SignatureField::header("x-signature", Encoding::Hex);
        let scheme = Scheme::hmac_sha256(signature, "{method} {path}?{query}\n{body}");
        let secret = || Secret::new("a secret").unwrap();
        let provider = Provider::new("own", "Own", scheme).with_id(Location::json("/id"));
        let request = SigningRequest::new(BODY, UnixTime::from_secs(NOW))
            .with_method("PUT")
            .with_url("https://own.example/hooks/a?b=1");
        let headers = Signer::new(provider.clone(), secret()).unwrap().sign(&request).unwrap();
        let receiver = Receiver::builder(Verifier::new(provider, secret()).unwrap())
            .with_public_url("https://own.example")
            .build()
            .unwrap();
        for (method, target, is_it) in [
            ("PUT", "/hooks/a?b=1", true),
            ("POST", "/hooks/a?b=1", false),
            ("PUT", "/hooks/a?b=2", false),
            ("PUT", "/hooks/b?b=1", false),
        ] {
            let at = UnixTime::from_secs(NOW);
            let verified = verify_at(&receiver, (method, target), &headers, BODY, at);
            assert_eq!(verified.is_ok(), is_it, "{method} {target}: {verified:?}");
        }
    }

    fn verify(
        receiver: &Receiver,
        headers: &HeaderMap,
        body: &'static str,
        at: UnixTime,
    ) -> Result<String, ErrorKind> {
        verify_at(receiver, ("POST", "/hooks"), headers, body, at)
    }

    fn verify_at(
        receiver: &Receiver,
        (method, target): (&str, &str),
        headers: &HeaderMap,
        body: &'static str,
        at: UnixTime,
    ) -> Result<String, ErrorKind> {
        let mut future = Box::pin(receiver.verify_stored(
            method,
            target,
            headers,
            Bytes::from_static(body.as_bytes()),
            at,
        ));
        let Poll::Ready(verdict) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("there is nothing to wait for");
        };
        verdict
            .map(|delivery| delivery.id().unwrap().as_str().to_owned())
            .map_err(|rejection| rejection.kind())
    }

    fn sign(secret: &str) -> HeaderMap {
        let signer = Signer::new(&preflix::PROVIDER, Secret::new(secret).unwrap()).unwrap();
        signer.sign(&SigningRequest::new(BODY, UnixTime::from_secs(NOW))).unwrap()
    }

    fn receiver(secret: &str) -> Receiver {
        Receiver::new(Verifier::new(&preflix::PROVIDER, Secret::new(secret).unwrap()).unwrap())
    }

    const NOW: i64 = 1_700_000_000;
    const BODY: &str = r#"{"id":"evt_7b2","type":"audit.completed","data":{}}"#;
}
