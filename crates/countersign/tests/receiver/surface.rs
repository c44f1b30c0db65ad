//! Tests of the accessors and the `Debug` output of receivers, requests and rejections.

use std::error::Error;
use std::time::Duration;

use countersign::receiver::{
    Budget, HandshakePolicy, HandshakeResponder, Received, Receiver, Receiving, Rejection, RejectionBody,
    RequestHead, ResolveError,
};
use countersign::{ErrorKind, SecretSet, Verifier, providers};
use http::{HeaderMap, Method, StatusCode, Uri};

use crate::receive::begin;
use crate::support::{BODY, NOW, answered, headers, receiver, rejected, secret, send, signed};

#[test]
fn the_options_are_what_was_set() {
    let plain = receiver(&[], "secret");
    assert_eq!(plain.provider(), "github-sha256");
    assert_eq!(plain.declaration().slug, "github-sha256");
    assert_eq!(
        plain.body_limit(),
        plain.clone().to_builder().with_body_deadline(Duration::from_secs(1)).build().unwrap().body_limit()
    );
    assert!(plain.body_limit() > 1 << 16);
    let changed = plain
        .clone()
        .to_builder()
        .with_body_limit(77)
        .with_body_deadline(Duration::from_secs(3))
        .build()
        .unwrap();
    assert_eq!((changed.body_limit(), changed.body_deadline()), (77, Duration::from_secs(3)));
    assert!(!plain.has_own_responses());

    let rejection = rejected(send(&plain, "POST", "/", &HeaderMap::new(), ""));
    assert_eq!(plain.answer(&rejection).status(), rejection.status());
    assert!(plain.answer(&rejection).body().starts_with(b"{"));
    let own = plain
        .to_builder()
        .with_rejection_body(|problem| RejectionBody::text(problem.title()))
        .build()
        .unwrap();
    assert!(own.has_own_responses());
    let answer = own.answer(&rejection);
    assert_eq!((answer.status(), answer.body().as_ref()), {
        (rejection.status(), b"missing_signature".as_slice())
    });
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    let busy = own.answer(&Rejection::from(ErrorKind::BudgetSpent));
    assert_eq!(
        (busy.status(), &busy.headers()["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"5".parse().unwrap())
    );
}

#[test]
fn a_provider_that_wants_empty_responses_gets_them() {
    let mut empty = 0;
    for provider in providers::all() {
        let Ok(verifier) = Verifier::keyless(provider) else { continue };
        let receiver = Receiver::builder(verifier)
            .with_clock(NOW)
            .with_public_url("https://hooks.example.com")
            .build()
            .unwrap();
        let Err(early) = begin(&receiver, "POST", "/", &HeaderMap::new()) else { continue };
        let rejection = rejected(Err(early));
        let is_empty = receiver.answer(&rejection).body().is_empty();
        assert_eq!(is_empty, provider.responses.empty, "{}", provider.slug);
        assert_eq!(rejection.response().body().is_empty(), is_empty, "{}", provider.slug);
        empty += usize::from(is_empty);
    }
    assert!(empty > 0);
}

#[test]
fn a_request_is_what_it_was_made_from() {
    let request = RequestHead::new(Uri::from_static("/a/b?c=d"), headers([("x-a", "1")]));
    assert_eq!((request.method(), request.uri().path()), (&Method::POST, "/a/b"));
    assert_eq!(request.headers()["x-a"], "1");
    let put = request.with_method(Method::PUT);
    assert_eq!((put.method(), put.uri().path(), put.headers().len()), (&Method::PUT, "/a/b", 1));
    let error = ResolveError::new("the database is gone");
    assert_eq!(error.to_string(), "the secrets or keys could not be looked up");
    assert_eq!(error.source().unwrap().to_string(), "the database is gone");
}

#[test]
fn what_debug_shows_names_its_subject() {
    let receiver = receiver(providers::ZOOM_HANDSHAKES, "hunter2");
    let shown = format!("{receiver:?}");
    assert!(shown.starts_with("Receiver") && shown.contains("github-sha256"), "{shown}");
    let body = r#"{"event":"endpoint.url_validation","payload":{"plainToken":"hunter2"}}"#;
    let early = send(&receiver, "POST", "/", &signed("hunter2", body), body).unwrap_err();
    let shown = format!("{early:?}");
    assert!(shown.contains("HandshakeResponse") && shown.contains("url_validation"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
    let rejection = rejected(send(&receiver, "POST", "/", &HeaderMap::new(), ""));
    assert_eq!(rejection.to_string(), "rejected: missing_signature");
}

#[test]
fn an_origin_is_asked_for_where_one_is_allowed() {
    let ask = |receiver: &Receiver| {
        let origin = headers([("webhook-request-origin", "events.example.com")]);
        send(receiver, "OPTIONS", "/", &origin, "")
    };
    let closed = receiver(providers::CLOUDEVENTS_HANDSHAKES, "secret");
    let rejection = rejected(ask(&closed));
    assert_eq!((rejection.kind().as_str(), rejection.unanswered_handshake()), {
        ("missing_signature", Some("validation"))
    });
    let allowing = |origin: &str| {
        closed
            .clone()
            .to_builder()
            .with_handshakes(HandshakePolicy::new().with_allowed_origin(origin))
            .build()
            .unwrap()
    };
    assert_eq!(answered(ask(&allowing("events.example.com"))).0, 200);
    let refused = rejected(ask(&allowing("other.example.com")));
    assert_eq!((refused.kind().as_str(), refused.handshake()), ("handshake_refused", Some("validation")));
}

#[test]
fn the_setting_of_its_own_name_is_answered_and_its_absence_is_no_answer() {
    let target = "/.well-known/fastly/logging/challenge";
    let fastly = receiver(providers::FASTLY_HANDSHAKES, "secret").to_builder();
    let with =
        |name: &str| fastly.clone().with_handshakes(HandshakePolicy::new().with_setting(name, "abc")).build();
    let answer = answered(send(&with("service_id").unwrap(), "GET", target, &HeaderMap::new(), ""));
    // The SHA-256 of `abc`, FIPS 180-2, B.1.
    assert_eq!(answer.1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let without = rejected(send(&fastly.clone().build().unwrap(), "GET", target, &HeaderMap::new(), ""));
    assert_eq!(without.unanswered_handshake(), Some("logging_challenge"));
    assert_eq!(with("other").unwrap_err().field(), "handshakes.setting.other");
}

#[test]
fn a_token_that_an_answer_is_made_from_is_no_mistake_of_the_policy() {
    let policy = HandshakePolicy::new().with_verify_token(secret("a token"));
    let with =
        |handshakes| receiver(handshakes, "secret").to_builder().with_handshakes(policy.clone()).build();
    assert!(with(providers::EBAY_HANDSHAKES).is_ok());
    let unused = with(providers::DROPBOX_HANDSHAKES).unwrap_err();
    assert_eq!(unused.field(), "handshakes.verify_token");
}

#[test]
fn a_responder_answers_from_its_public_url() {
    let policy = HandshakePolicy::new().with_verify_token(secret("a token"));
    let responder = HandshakeResponder::new("ebay", providers::EBAY_HANDSHAKES, policy).unwrap();
    let ask = |responder: &HandshakeResponder| {
        responder.respond("GET", "/hook?challenge_code=abc", &HeaderMap::new(), NOW)
    };
    assert!(ask(&responder).is_none(), "the answer has the URL in it");
    let answers = ["https://a.example", "https://b.example"]
        .map(|origin| ask(&responder.clone().with_public_url(origin)).unwrap().body().clone());
    assert_ne!(answers[0], answers[1]);
}

#[test]
fn debug_names_the_type() {
    let receiver = receiver(&[], "secret");
    let rejected = Received::Rejected(ErrorKind::MissingSignature.into());
    for (shown, name) in [
        (format!("{:?}", receiver.to_builder()), "ReceiverBuilder"),
        (format!("{:?}", Receiving::new(&receiver)), "Receiving"),
        (format!("{rejected:?}"), "Rejected"),
        (format!("{:?}", RejectionBody::text("secret words")), "RejectionBody"),
    ] {
        assert!(shown.starts_with(name) && !shown.contains("secret"), "{shown}");
    }
}

#[test]
fn a_set_without_secrets_verifies_nothing() {
    let none = Receiver::new(Verifier::new(crate::support::provider(&[]), SecretSet::none()).unwrap());
    let rejection = rejected(send(
        &none.to_builder().with_clock(NOW).build().unwrap(),
        "POST",
        "/",
        &signed("secret", BODY),
        BODY,
    ));
    assert_eq!(rejection.kind().as_str(), "signature_mismatch");
}

#[test]
fn the_budget_counts_the_memory_that_a_body_takes() {
    let budget = Budget::new(1 << 20);
    let receiver = receiver(&[], "secret").to_builder().with_budget(budget.clone()).build().unwrap();
    let headers = signed("secret", BODY);
    let mut reception = begin(&receiver, "POST", "/", &headers).unwrap();
    let head = budget.in_use();
    // One piece is kept as it is; with the second begins an allocation, which is at least doubled when it is full.
    for (length, in_use) in [(7, 7), (1, 14), (1_016, 1 << 10), (1, 2 << 10), (20_000, 21_025)] {
        reception.push(bytes::Bytes::from(vec![b' '; length])).unwrap();
        assert_eq!(budget.in_use() - head, in_use, "{length}");
    }
    // Old and new allocation and the chunk are there at the same time.
    let most = head + 21_025 + (50_000 + 21_025) + 50_000;
    for (bytes, is_taken) in [(most, true), (most - 1, false)] {
        let receiver = receiver.to_builder().with_budget(Budget::new(bytes)).build().unwrap();
        let mut reception = begin(&receiver, "POST", "/", &headers).unwrap();
        reception.push(bytes::Bytes::from(vec![b' '; 21_025])).unwrap();
        assert_eq!(reception.push(bytes::Bytes::from(vec![b' '; 50_000])).is_ok(), is_taken, "{bytes}");
    }
    drop(reception);
    assert_eq!(budget.in_use(), 0);
}

#[test]
fn the_budget_counts_the_head_and_what_is_kept_of_it_while_its_request_lasts() {
    let budget = Budget::new(1 << 20);
    let receiver = receiver(&[], "secret").to_builder().with_budget(budget.clone()).build().unwrap();
    let headers = signed("secret", BODY);
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let reception = begin(&receiver, "POST", "/hook?a=1", &headers).unwrap();
    // The adapter's map of headers, and at most one copy of each value: no header is signed.
    assert_eq!(budget.in_use(), 2 * ("/hook?a=1".len() + size) + 128 * headers.len());
    drop(reception);
    assert_eq!(budget.in_use(), 0);
}
