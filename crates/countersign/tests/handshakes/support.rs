//! A receiver with the handshakes of a provider, and requests to it.

use bytes::Bytes;
use countersign::handshake::Handshake;
use countersign::receiver::{Receiver, Rejection};
use countersign::{
    Delivery, Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, providers,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response};

use crate::receive::{Early, receive};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// Returns GitHub's declaration with the handshakes of another provider.
pub(crate) fn provider(handshakes: &'static [Handshake]) -> Provider {
    providers::GITHUB.clone().with_handshakes(handshakes)
}

pub(crate) fn receiver(handshakes: &'static [Handshake], secrets: impl Into<SecretSet>) -> Receiver {
    Receiver::builder(Verifier::new(provider(handshakes), secrets).unwrap()).with_clock(NOW).build().unwrap()
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

pub(crate) fn headers<const N: usize>(headers: [(&'static str, &str); N]) -> HeaderMap {
    let parsed = headers.map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
    parsed.into_iter().collect()
}

pub(crate) fn send(
    receiver: &Receiver,
    method: &str,
    target: &str,
    headers: &HeaderMap<HeaderValue>,
    body: &[u8],
) -> Result<Delivery, Early> {
    receive(receiver, method, target, headers, body, 7)
}

pub(crate) fn answer(result: Result<Delivery, Early>) -> Response<Bytes> {
    match result.unwrap_err() {
        Early::Handshake(response) => response.into_response(),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn get(receiver: &Receiver, target: &str) -> Response<Bytes> {
    answer(send(receiver, "GET", target, &HeaderMap::new(), b""))
}

pub(crate) fn rejected(result: Result<Delivery, Early>) -> Rejection {
    match result.unwrap_err() {
        Early::Rejected(rejection) => rejection,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn signed(handshakes: &'static [Handshake], body: &str) -> HeaderMap {
    let signer = Signer::new(provider(handshakes), secret("secret")).unwrap();
    signer.sign(&SigningRequest::new(body.to_owned(), NOW)).unwrap()
}
