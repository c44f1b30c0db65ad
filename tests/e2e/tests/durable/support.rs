//! Simulated providers: one with the id in the signed body, and one with an unsigned id in a header.

use std::sync::Arc;

use actix_web::rt::System;
use countersign::providers::preflix;
use countersign::receiver::Receiver;
use countersign::{Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
use countersign_inbox::Endpoint;
use countersign_tests::Request;
use countersign_tests::durable::{Accepting, Scripted};
use http::{HeaderMap, Method};

pub(crate) const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
pub(crate) const SECRET: &str = "the endpoint's secret";
pub(crate) const BODY: &str = r#"{"id":"evt_1","type":"audit.started","data":{"bill_id":"bill_8f4"}}"#;

pub(crate) fn receiver() -> Receiver {
    receiver_of(&preflix::PROVIDER)
}

pub(crate) fn receiver_of(provider: &'static Provider) -> Receiver {
    Receiver::builder(Verifier::new(provider, secret()).unwrap()).with_clock(NOW).build().unwrap()
}

pub(crate) fn secret() -> Secret {
    Secret::new(SECRET).unwrap()
}

/// Returns the endpoint of all tests.
pub(crate) fn endpoint() -> Endpoint {
    Endpoint::new("audits", receiver())
}

pub(crate) fn accepting(store: &Arc<Scripted>) -> Accepting {
    Accepting::start(store, endpoint())
}

/// Returns a signed `POST /webhooks/hook`; the id and the type are in the body.
pub(crate) fn signed(body: &str) -> Request {
    let signer = Signer::new(&preflix::PROVIDER, secret()).unwrap();
    let headers = signer.sign(&SigningRequest::new(body.to_owned(), NOW)).unwrap();
    Request::post("/webhooks/hook?a=b", headers, body.to_owned().into())
}

/// Returns a request of GitHub, which signs any bytes; the id is in a header.
pub(crate) fn github(id: &str, body: &[u8]) -> Request {
    let signer = Signer::new(&providers::GITHUB, secret()).unwrap();
    let body = bytes::Bytes::copy_from_slice(body);
    let headers = signer.sign(&SigningRequest::new(body.clone(), NOW)).unwrap();
    Request::post("/webhooks/hook", headers, body)
        .with("x-github-delivery", id)
        .with("x-github-event", "push")
}

pub(crate) fn get(target: &str) -> Request {
    Request::post(target, HeaderMap::new(), "".into()).with_method(Method::GET)
}

/// Runs a future on one thread, with time that passes only when all tasks wait.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    System::with_tokio_rt(paused).block_on(future)
}

fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime")
}
