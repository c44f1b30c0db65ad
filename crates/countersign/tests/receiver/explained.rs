//! Tests of what an explainer is given.

use std::sync::{Arc, Mutex};

use countersign::receiver::{Explanation, Receiver, RejectedRequest};
use countersign::{ErrorKind, SecretSet, Signer, SigningRequest, Verifier, providers};
use http::HeaderMap;

use crate::support::{BODY, NOW, receiver, rejected, secret, send, signed, tenants};

type Seen = Arc<Mutex<Vec<(String, Option<String>, Vec<String>)>>>;

/// Returns the receiver with an explainer, and what the explainer was given: method, URL and names of the secrets.
fn explained(receiver: &Receiver) -> (Receiver, Seen) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let explain = move |request: &RejectedRequest| {
        let names = |set: &SecretSet| format!("{set:?}");
        let secrets = request.tenant_secrets().map(names).into_iter().collect();
        kept.lock().unwrap().push((request.method().to_owned(), request.url().map(str::to_owned), secrets));
        let shown = format!("{request:?}");
        assert!(shown.starts_with("RejectedRequest") && shown.contains(request.method()), "{shown}");
        assert_eq!((request.body().as_ref(), request.received_at()), (BODY.as_bytes(), NOW));
        Some(Explanation::new("wrong", "it is wrong"))
    };
    (receiver.to_builder().with_explainer(explain).build().unwrap(), seen)
}

#[test]
fn an_explainer_is_given_the_request_and_the_url_that_is_signed() {
    let (plain, seen) = explained(&receiver(&[], "secret"));
    let rejection = rejected(send(&plain, "POST", "/in", &signed("another", BODY), BODY));
    assert_eq!(rejection.explain(), Some(Explanation::new("wrong", "it is wrong")));
    assert_eq!(*seen.lock().unwrap(), [("POST".to_owned(), None, Vec::new())]);

    let sign = |key: &str| {
        let signer = Signer::new(&providers::TRELLO, secret(key)).unwrap();
        signer.sign(&SigningRequest::new(BODY, NOW).with_url("https://own.example/in?a=1")).unwrap()
    };
    let trello = Receiver::builder(Verifier::new(&providers::TRELLO, secret("secret")).unwrap())
        .with_clock(NOW)
        .with_public_url("https://own.example")
        .build()
        .unwrap();
    let (trello, seen) = explained(&trello);
    assert!(send(&trello, "PUT", "/in?a=1", &sign("secret"), BODY).is_ok());
    rejected(send(&trello, "PUT", "/in?a=1", &sign("another"), BODY)).explain().unwrap();
    let url = Some("https://own.example/in?a=1".to_owned());
    assert_eq!(*seen.lock().unwrap(), [("PUT".to_owned(), url, Vec::new())]);
}

#[test]
fn an_explainer_is_given_the_secrets_of_the_tenant() {
    let (resolve, _) = tenants(Some("secret"));
    let of_tenants = receiver(&[], "unused").to_builder().with_tenants(resolve).build().unwrap();
    let (of_tenants, seen) = explained(&of_tenants);
    rejected(send(&of_tenants, "POST", "/", &signed("another", BODY), BODY)).explain().unwrap();
    assert_eq!(seen.lock().unwrap().first().map(|(.., secrets)| secrets.len()), Some(1));
}

#[test]
fn only_wrong_signatures_are_explained() {
    let (plain, seen) = explained(&receiver(&[], "secret"));
    let missing = rejected(send(&plain, "POST", "/", &HeaderMap::new(), BODY));
    assert_eq!((missing.kind(), missing.explain()), (ErrorKind::MissingSignature, None));
    let stripe = Receiver::builder(Verifier::new(&providers::LINEAR, secret("secret")).unwrap());
    let (stale, _) = explained(&stripe.with_clock(NOW).build().unwrap());
    let signer = Signer::new(&providers::LINEAR, secret("secret")).unwrap();
    let old = countersign::UnixTime::from_secs(NOW.as_secs() - 3_600);
    let body = r#"{"webhookTimestamp":1699996400000}"#;
    let headers = signer.sign(&SigningRequest::new(body, old)).unwrap();
    let late = rejected(send(&stale, "POST", "/", &headers, body));
    assert_eq!((late.kind(), late.explain()), (ErrorKind::TimestampTooOld, None));
    assert!(seen.lock().unwrap().is_empty());
}
