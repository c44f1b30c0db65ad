//! Receivers with the handshakes of a provider, and requests to them.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use countersign::handshake::Handshake;
use countersign::receiver::{Halt, Receiver, Reception, Rejection, RequestHead, ResolveError, Tenant};
use countersign::{
    Delivery, Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, providers,
};
use http::{HeaderMap, HeaderName, Method, Uri};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
pub(crate) const BODY: &str = r#"{"a":1}"#;

/// Returns a declaration with GitHub's body signature and these handshakes.
pub(crate) fn provider(handshakes: &'static [Handshake]) -> Provider {
    Provider { handshakes: Handshake::list(handshakes), ..providers::GITHUB_SHA256.clone() }
}

pub(crate) fn receiver(handshakes: &'static [Handshake], key: &str) -> Receiver {
    Receiver::new(verifier(handshakes, key)).with_clock(NOW)
}

pub(crate) fn verifier(handshakes: &'static [Handshake], key: &str) -> Verifier {
    Verifier::new(provider(handshakes), secret(key)).unwrap()
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

pub(crate) fn secrets(text: &str) -> SecretSet {
    SecretSet::new(secret(text))
}

/// Returns the headers of a delivery that is signed with this key.
pub(crate) fn signed(key: &str, body: &str) -> HeaderMap {
    let signer = Signer::new(provider(&[]), secret(key)).unwrap();
    signer.sign(&SigningRequest::new(body.to_owned(), NOW)).unwrap()
}

pub(crate) fn headers<const N: usize>(headers: [(&'static str, &str); N]) -> HeaderMap {
    let parsed = headers.map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
    parsed.into_iter().collect()
}

pub(crate) fn request(method: &str, target: &str, headers: &HeaderMap) -> RequestHead {
    let uri: Uri = target.parse().unwrap();
    RequestHead::new(uri, headers.clone()).with_method(Method::from_bytes(method.as_bytes()).unwrap())
}

/// Returns the output of a future that is ready at once.
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it is not ready"),
    }
}

/// Creates a resolver that always returns the same result, and counts its calls.
pub(crate) fn tenants(
    found: Option<&'static str>,
) -> (impl Fn(RequestHead) -> Found + Send + Sync + 'static, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let resolve = move |_: RequestHead| {
        count.fetch_add(1, Ordering::Relaxed);
        std::future::ready(Ok(found.map(|secret| Tenant::new("acme", secrets(secret)))))
    };
    (resolve, asked)
}

pub(crate) type Found = std::future::Ready<Result<Option<Tenant>, ResolveError>>;

/// Sends a request as the adapters do: tenants first, published keys when the body is complete.
pub(crate) fn send(
    receiver: &Receiver,
    method: &str,
    target: &str,
    headers: &HeaderMap,
    body: &str,
) -> Result<Delivery, Halt> {
    let tenant = receiver.lookup(|| request(method, target, headers)).map(ready);
    let mut reception = receiver.begin(method, target, headers, tenant)?;
    push(&mut reception, body)?;
    match reception.lookup_keys() {
        Some(keys) => reception.with_keys(ready(keys))?.finish(),
        None => reception.finish(),
    }
}

pub(crate) fn push(reception: &mut Reception, body: &str) -> Result<(), Rejection> {
    body.as_bytes().chunks(3).try_for_each(|chunk| reception.push(Bytes::copy_from_slice(chunk)))
}

pub(crate) fn rejected(result: Result<Delivery, Halt>) -> Rejection {
    match result.unwrap_err() {
        Halt::Rejected(rejection) => rejection,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn kind(result: Result<Delivery, Halt>) -> &'static str {
    rejected(result).kind().as_str()
}

/// Returns status and body of the answer to a handshake.
pub(crate) fn answered(result: Result<Delivery, Halt>) -> (u16, String) {
    match result.unwrap_err() {
        Halt::Handshake(handshaken) => {
            let response = handshaken.into_response();
            (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
        }
        other => panic!("{other:?}"),
    }
}
