use bytes::Bytes;
use countersign::providers::{self, preflix};
use countersign::receiver::Receiver;
use countersign::{Delivery, Head, Secret, Signer, SigningRequest, Verifier};

use crate::{NOW, Request};

/// What Preflix sends, whose ids are signed. [`ANONYMOUS`] has none.
pub fn preflix(id: &str, marker: &str) -> Request {
    let id = if id == ANONYMOUS { String::new() } else { format!(r#""id":"{id}","#) };
    let body = Bytes::from(format!(r#"{{{id}"type":"audit.started","data":{{"bill_id":"{marker}"}}}}"#));
    let signer = Signer::new(&preflix::PROVIDER, secret()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body.clone(), NOW)).unwrap();
    Request::post(PATH, headers, body)
}

/// What GitHub sends, whose ids are not signed.
pub fn github(id: &str, body: &'static str) -> Request {
    let signer = Signer::new(&providers::GITHUB_SHA256, secret()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body, NOW).with_id(id)).unwrap();
    Request::post(PATH, headers, Bytes::from_static(body.as_bytes())).with("x-github-delivery", id)
}

/// Verifies [`preflix()`].
pub fn preflix_receiver() -> Receiver {
    Receiver::new(Verifier::new(&preflix::PROVIDER, secret()).unwrap()).with_clock(NOW)
}

/// Verifies [`github`].
pub fn github_receiver() -> Receiver {
    Receiver::new(Verifier::new(&providers::GITHUB_SHA256, secret()).unwrap()).with_clock(NOW)
}

/// The proof of [`preflix()`].
#[must_use]
pub fn verified(request: &Request) -> Delivery {
    let verifier = Verifier::new(&preflix::PROVIDER, secret()).unwrap();
    verifier.verify(&Head::new(&request.headers), request.bytes(), NOW).unwrap()
}

fn secret() -> Secret {
    Secret::new("a secret of the endpoint").unwrap()
}

/// The id of a delivery that has none.
pub const ANONYMOUS: &str = "";
pub(super) const PATH: &str = "/webhooks/hook";
