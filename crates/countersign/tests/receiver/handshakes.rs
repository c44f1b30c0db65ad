//! Tests of unsigned handshakes: their tokens, and the limits on their bodies.

use bytes::Bytes;
use countersign::handshake::{Handshake, Place, Trust};
use countersign::providers;
use countersign::receiver::{Budget, HandshakePolicy, HandshakeResponder, IssuedSecret, Receiver, SinkError};
use http::HeaderMap;

use crate::receive::begin;
use crate::support::{NOW, answered, kind, receiver, rejected, secret, send};

fn meta(tokens: &[&str]) -> Receiver {
    let policy =
        tokens.iter().fold(HandshakePolicy::new(), |policy, token| policy.with_verify_token(secret(token)));
    receiver(providers::META_HANDSHAKES, "secret").to_builder().with_handshakes(policy).build().unwrap()
}

#[test]
fn a_handshake_with_another_token_than_ours_is_refused() {
    let ask = |receiver: &Receiver, token: &str| {
        let target = format!("/?hub.mode=subscribe&hub.challenge=1&hub.verify_token={token}");
        send(receiver, "GET", &target, &HeaderMap::new(), "")
    };
    let receiver = meta(&["new", "old"]);
    assert_eq!(answered(ask(&receiver, "new")), (200, "1".to_owned()));
    assert_eq!(answered(ask(&receiver, "old")), (200, "1".to_owned()));
    for wrong in ["", "ne", "newer", "New"] {
        let rejection = rejected(ask(&receiver, wrong));
        assert_eq!((rejection.kind().as_str(), rejection.handshake()), {
            ("handshake_refused", Some("subscription"))
        });
        assert_eq!(rejection.status(), 403);
        let causes = rejection.causes().unwrap().to_string();
        assert_eq!(causes, "the verify token is missing or wrong");
    }
    let counts = receiver.handshakes();
    assert_eq!((counts[0].answered, counts[0].refused), (2, 4));
}

/// Returns the kind of the rejection of a body in chunks of these sizes, after its head was rejected.
fn pushed(receiver: &Receiver, chunks: &[usize]) -> &'static str {
    let empty = HeaderMap::new();
    let mut reception = begin(receiver, "POST", "/", &empty).unwrap();
    for length in chunks {
        if let Err(rejection) = reception.push(Bytes::from(vec![b' '; *length])) {
            return rejection.kind().as_str();
        }
    }
    "kept"
}

#[test]
fn a_body_is_kept_for_a_handshake_up_to_64_kib_and_up_to_the_limit() {
    let monday = receiver(providers::MONDAY_HANDSHAKES, "secret")
        .to_builder()
        .with_handshakes(HandshakePolicy::new().with_echo())
        .build()
        .unwrap();
    let most = 64 << 10;
    assert_eq!(pushed(&monday, &[most]), "kept");
    assert_eq!(pushed(&monday, &[most - 1, 1]), "kept");
    assert_eq!(pushed(&monday, &[most, 1]), "missing_signature");
    assert_eq!(pushed(&monday, &[most + 1]), "missing_signature");
    let small = monday.to_builder().with_body_limit(100).build().unwrap();
    assert_eq!(pushed(&small, &[50, 50]), "kept");
    assert_eq!(pushed(&small, &[50, 51]), "missing_signature");
}

/// The path, and what a verifier and handshakes may keep of it.
const HEAD: usize = 4;

#[test]
fn the_memory_that_is_kept_for_a_handshake_is_taken_from_the_budget() {
    let budget = Budget::new(6_001 + HEAD);
    let monday = receiver(providers::MONDAY_HANDSHAKES, "secret")
        .to_builder()
        .with_handshakes(HandshakePolicy::new().with_echo())
        .with_budget(budget.clone())
        .build()
        .unwrap();
    let empty = HeaderMap::new();
    let mut reception = begin(&monday, "POST", "/", &empty).unwrap();
    assert_eq!(budget.in_use(), HEAD);
    // One piece is kept as it is; with the second begins an allocation, which is doubled when it is full.
    for (length, in_use) in [(1_000, 1_000), (1, 2_000), (999, 2_000), (1, 4_000), (1_999, 4_000)] {
        reception.push(Bytes::from(vec![b' '; length])).unwrap();
        assert_eq!(budget.in_use() - HEAD, in_use, "{length}");
    }
    let refused = reception.push(Bytes::from_static(b" ")).unwrap_err();
    assert_eq!(refused.kind().as_str(), "budget_spent", "doubling needs twelve thousand bytes");
    drop(reception);
    assert_eq!(budget.in_use(), 0);
    assert_eq!(kind(send(&monday, "POST", "/", &HeaderMap::new(), "{}")), "missing_signature");
    assert_eq!(budget.in_use(), 0);
}

#[test]
fn the_memory_for_the_values_of_a_handshake_is_taken_from_the_budget() {
    for (bytes, kind_of_rejection) in [(3_000, "missing_signature"), (2_999, "budget_spent")] {
        let monday = receiver(providers::MONDAY_HANDSHAKES, "secret")
            .to_builder()
            .with_handshakes(HandshakePolicy::new().with_echo())
            .with_budget(Budget::new(HEAD + bytes))
            .build()
            .unwrap();
        let empty = HeaderMap::new();
        let mut reception = begin(&monday, "POST", "/", &empty).unwrap();
        reception.push(Bytes::from(vec![b' '; 1_000])).unwrap();
        assert_eq!(kind(reception.finish()), kind_of_rejection, "{bytes}");
    }
}

/// Returns a policy with everything enabled.
fn everything() -> HandshakePolicy {
    HandshakePolicy::new()
        .with_echo()
        .with_verify_token(secret("x"))
        .with_allowed_origin("*")
        .with_setting("service_id", "abc")
        .with_secret_sink(|_: IssuedSecret| async { Err(SinkError::new("full")) })
}

/// Returns whether a responder can answer it: it needs no key, no body and no verification, and issues no secret.
fn is_answered_without_a_verifier(handshake: &Handshake) -> bool {
    let answer = format!("{:?}", handshake.answer);
    let in_body = |place: &Place| matches!(place, Place::Json(_) | Place::Form(_));
    let needs_body = handshake.when.iter().any(|condition| in_body(condition.place()))
        || handshake.trust.place().is_some_and(in_body)
        || ["json:", "form:"].iter().any(|kind| answer.contains(kind));
    let needs_key = answer.contains("hmac") || answer.contains("{key}");
    let is_open = !matches!(handshake.trust, Trust::Signed | Trust::IssuesSecret(_));
    is_open && !needs_body && !needs_key && handshake.answer.is_some()
}

#[test]
fn a_responder_answers_what_needs_no_verifier_and_nothing_else() {
    let mut answered = 0;
    for (slug, handshakes) in providers::all_handshakes() {
        for handshake in handshakes {
            let only = vec![handshake.clone()];
            let responder = HandshakeResponder::new(slug, only.clone(), everything()).unwrap();
            let responder = responder.with_public_url("https://hooks.example.com");
            let (target, headers) = crate::heads::head_of(handshake);
            let (target, headers) = crate::heads::with_values_of_the_answer(handshake, target, headers);
            let response = responder.respond(handshake.method.as_str(), &target, &headers, NOW);
            let expected = is_answered_without_a_verifier(handshake);
            assert_eq!(response.is_some(), expected, "{slug} {} {target} {headers:?}", handshake.name);
            answered += usize::from(expected);
            // Handshakes that must be enabled are answered only if they are.
            let plain = HandshakeResponder::new(slug, only, HandshakePolicy::new()).unwrap();
            let response = plain.respond(handshake.method.as_str(), &target, &headers, NOW);
            assert!(response.is_none() || handshake.trust == Trust::Secret, "{slug} {}", handshake.name);
        }
    }
    assert!(answered >= 10, "{answered}");
}

#[test]
fn a_handshake_is_written_without_what_it_does_not_have() {
    fn has_nothing(value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::Null => true,
            serde_json::Value::Array(items) => items.is_empty() || items.iter().any(has_nothing),
            serde_json::Value::Object(members) => members.values().any(has_nothing),
            _ => false,
        }
    }
    for (slug, handshakes) in providers::all_handshakes() {
        for handshake in handshakes {
            let value = serde_json::to_value(handshake).unwrap();
            assert!(!has_nothing(&value), "{slug}: {value}");
            assert_eq!(&serde_json::from_value::<Handshake>(value).unwrap(), handshake, "{slug}");
        }
    }
    assert!(providers::all_handshakes().count() > 25);
}
