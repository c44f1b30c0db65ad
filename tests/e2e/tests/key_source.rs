//! Tests of published keys that are looked up per request, with the middleware in all positions.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::{Arc, Mutex};

use actix_web::rt::System;
use countersign::receiver::{Receiver, ResolveError};
use countersign::{Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, providers};
use countersign_tests::Request;
use countersign_tests::stacks::ask_all;
use http::{HeaderName, HeaderValue};

const PRIVATE: &str = include_str!("../keys/rsa-new.pem");
const PUBLIC: &str = include_str!("../keys/rsa-new.public.pem");
const OTHER: &str = include_str!("../keys/rsa-old.public.pem");
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const BODY: &str = r#"{"id":"evt_1","event_type":"TRANSACTION.SUCCESS"}"#;

#[test]
fn the_key_that_a_request_names_is_the_one_it_is_verified_with() {
    for (serial, status) in [("serial-1", 200), ("serial-2", 401), ("unknown", 401), ("broken", 503)] {
        for request in [signed(serial), signed(serial).in_chunks_of(7)] {
            let asked = Arc::new(Mutex::new(Vec::new()));
            let receiver = receiver(&asked);
            let answers = System::with_tokio_rt(paused).block_on(ask_all(&receiver, &request));
            let stacks = answers.len();
            for (stack, answer, runs) in answers {
                assert_eq!(answer.status, status, "{stack}: {serial}: {answer:?}");
                assert_eq!(runs, usize::from(status == 200), "{stack}: {serial}");
            }
            assert_eq!(*asked.lock().unwrap(), vec![Some(serial.to_owned()); stacks]);
        }
    }
}

#[test]
fn the_key_of_a_request_that_is_refused_for_its_head_is_not_looked_up() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let stale = receiver(&asked).to_builder().with_clock(UnixTime::from_secs(1_700_009_999)).build().unwrap();
    let answers = System::with_tokio_rt(paused).block_on(ask_all(&stale, &signed("serial-1")));
    assert!(answers.iter().all(|(_, answer, runs)| (answer.status, *runs) == (401, 0)));
    assert!(asked.lock().unwrap().is_empty());
}

/// Returns a receiver for WeChat Pay without keys of its own.
fn receiver(asked: &Arc<Mutex<Vec<Option<String>>>>) -> Receiver {
    let asked = Arc::clone(asked);
    let keys = move |key_id: Option<String>| {
        asked.lock().unwrap().push(key_id.clone());
        async move {
            // As a fetch would.
            tokio::task::yield_now().await;
            let key = |pem: &str| Ok(Some(SecretSet::new(Secret::new(pem).unwrap())));
            match key_id.as_deref() {
                Some("serial-1") => key(PUBLIC),
                Some("serial-2") => key(OTHER),
                Some("broken") => Err(ResolveError::new("out of reach")),
                _ => Ok(None),
            }
        }
    };
    let verifier = Verifier::keyless(&providers::WECHATPAY).unwrap();
    Receiver::builder(verifier).with_key_source(keys).with_clock(NOW).build().unwrap()
}

fn signed(serial: &str) -> Request {
    let nonce = HeaderName::from_static("wechatpay-nonce");
    let request =
        SigningRequest::new(BODY, NOW).with_header(nonce.clone(), HeaderValue::from_static("n0nce"));
    let signer = Signer::new(&providers::WECHATPAY, Secret::new(PRIVATE).unwrap()).unwrap();
    let mut headers = signer.sign(&request).unwrap();
    headers.insert(nonce, HeaderValue::from_static("n0nce"));
    headers.insert("wechatpay-serial", serial.parse().unwrap());
    Request::post("/webhooks/hook", headers, BODY.into())
}

/// Creates a runtime with paused time, on which timers never fire.
fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime")
}
