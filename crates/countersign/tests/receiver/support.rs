//! Receivers with the handshakes of a provider, and requests to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use countersign::handshake::Handshake;
use countersign::receiver::{Receiver, Rejection, RequestHead, ResolveError, Tenant};
use countersign::{
    Delivery, Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, providers,
};
use http::{HeaderMap, HeaderName};

use crate::receive::{Early, receive};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
pub(crate) const BODY: &str = r#"{"a":1}"#;

/// Returns a declaration with GitHub's body signature and these handshakes.
pub(crate) fn provider(handshakes: &'static [Handshake]) -> Provider {
    providers::GITHUB.clone().with_handshakes(handshakes)
}

pub(crate) fn receiver(handshakes: &'static [Handshake], key: &str) -> Receiver {
    Receiver::builder(verifier(handshakes, key)).with_clock(NOW).build().unwrap()
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

/// Sends a request with its body in chunks of three bytes.
pub(crate) fn send(
    receiver: &Receiver,
    method: &str,
    target: &str,
    headers: &HeaderMap,
    body: &str,
) -> Result<Delivery, Early> {
    receive(receiver, method, target, headers, body.as_bytes(), 3)
}

pub(crate) fn rejected(result: Result<Delivery, Early>) -> Rejection {
    match result.unwrap_err() {
        Early::Rejected(rejection) => rejection,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn kind(result: Result<Delivery, Early>) -> &'static str {
    rejected(result).kind().as_str()
}

/// Returns status and body of the answer to a handshake.
pub(crate) fn answered(result: Result<Delivery, Early>) -> (u16, String) {
    match result.unwrap_err() {
        Early::Handshake(response) => {
            let response = response.into_response();
            (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
        }
        other => panic!("{other:?}"),
    }
}
