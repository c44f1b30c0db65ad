//! Receivers with the handshakes of a provider and GitHub's signature, and requests to them.

use bytes::Bytes;
use countersign::handshake::Handshake;
use countersign::receiver::{HandshakePolicy, Receiver};
use countersign::{Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, providers};
use countersign_tests::Request;
use http::{HeaderMap, Method};

pub(crate) fn provider(handshakes: &'static [Handshake]) -> Provider {
    providers::GITHUB.clone().with_handshakes(handshakes)
}

pub(crate) fn receiver(provider: Provider, secrets: impl Into<SecretSet>) -> Receiver {
    Receiver::builder(Verifier::new(provider, secrets).unwrap()).with_clock(NOW).build().unwrap()
}

pub(crate) fn github(handshakes: &'static [Handshake]) -> Receiver {
    receiver(provider(handshakes), secret())
}

pub(crate) fn secret() -> Secret {
    Secret::new("secret").unwrap()
}

pub(crate) fn token(text: &str) -> HandshakePolicy {
    HandshakePolicy::new().with_verify_token(Secret::new(text).unwrap())
}

pub(crate) fn request(method: Method, query: &str, body: &str) -> Request {
    let target = format!("/webhooks/hook{query}");
    Request::post(target, HeaderMap::new(), Bytes::from(body.to_owned())).with_method(method)
}

pub(crate) fn get(query: &str) -> Request {
    request(Method::GET, query, "")
}

pub(crate) fn post(body: &str) -> Request {
    request(Method::POST, "", body)
}

pub(crate) fn signed_by(provider: Provider, body: &str) -> Request {
    let signer = Signer::new(provider, secret()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body.to_owned(), NOW)).unwrap();
    Request { headers, ..post("") }.with_body(body.to_owned())
}

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
