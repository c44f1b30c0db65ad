//! Tests of keys that are looked up when the body is complete.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use countersign::receiver::{HandshakePolicy, Receiver, ResolveError};
use countersign::{SecretSet, Verifier, providers};
use http::StatusCode;

use crate::support::{
    BODY, answered, headers, kind, receiver, rejected, secret, secrets, send, signed, tenants, verifier,
};

type Keys = Result<Option<SecretSet>, ResolveError>;

/// Returns the receiver with a source that always returns this result.
fn with_keys(receiver: Receiver, keys: fn() -> Keys) -> Receiver {
    receiver
        .to_builder()
        .with_key_source(move |_: Option<String>| std::future::ready(keys()))
        .build()
        .unwrap()
}

fn found() -> Keys {
    Ok(Some(secrets("secret")))
}

fn unknown() -> Keys {
    Ok(None)
}

fn failing() -> Keys {
    Err(ResolveError::new("no network"))
}

#[test]
fn a_delivery_is_verified_with_the_keys_that_were_looked_up() {
    let known = with_keys(receiver(&[], "unused"), found);
    assert!(send(&known, "POST", "/", &signed("secret", BODY), BODY).is_ok());
    assert_eq!(kind(send(&known, "POST", "/", &signed("unused", BODY), BODY)), "signature_mismatch");
    let unknown = with_keys(receiver(&[], "unused"), unknown);
    assert_eq!(kind(send(&unknown, "POST", "/", &signed("secret", BODY), BODY)), "no_matching_public_key");
    let failing = with_keys(receiver(&[], "unused"), failing);
    let rejection = rejected(send(&failing, "POST", "/", &signed("secret", BODY), BODY));
    assert_eq!(rejection.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[test]
fn the_keys_that_were_looked_up_answer_a_handshake_that_is_signed() {
    let body = r#"{"event":"endpoint.url_validation","payload":{"plainToken":"abc"}}"#;
    let own = receiver(providers::ZOOM_HANDSHAKES, "secret");
    let expected = answered(send(&own, "POST", "/", &signed("secret", body), body));
    let published = with_keys(receiver(providers::ZOOM_HANDSHAKES, "unused"), found);
    assert_eq!(answered(send(&published, "POST", "/", &signed("secret", body), body)), expected);
}

#[test]
fn a_handshake_that_is_not_signed_is_answered_although_there_is_no_key() {
    let body = r#"{"challenge":"abc"}"#;
    for keys in [unknown, failing] {
        let closed = with_keys(receiver(providers::MONDAY_HANDSHAKES, "unused"), keys);
        assert_ne!(kind(send(&closed, "POST", "/", &signed("x", body), body)), "signature_mismatch");
        let receiver =
            closed.to_builder().with_handshakes(HandshakePolicy::new().with_echo()).build().unwrap();
        let (status, answer) = answered(send(&receiver, "POST", "/", &signed("x", body), body));
        assert_eq!((status, answer.as_str()), (200, body));
        // The reason for an absent key is kept.
        let rejection = rejected(send(&receiver, "POST", "/", &signed("x", BODY), BODY));
        assert!(matches!(rejection.kind().as_str(), "no_matching_public_key" | "secrets_unavailable"));
    }
    let signed_only = with_keys(receiver(providers::ZOOM_HANDSHAKES, "unused"), unknown);
    let body = r#"{"event":"endpoint.url_validation","payload":{"plainToken":"abc"}}"#;
    assert_eq!(kind(send(&signed_only, "POST", "/", &signed("x", body), body)), "no_matching_public_key");
}

#[test]
fn a_fallback_needs_no_key_that_is_looked_up() {
    let stripe = Verifier::new(&providers::STRIPE, secret("whsec_abc")).unwrap();
    let stripe = Receiver::builder(stripe).with_clock(crate::support::NOW).build().unwrap();
    let mut both_heads = signed("secret", BODY);
    both_heads.extend(headers([("stripe-signature", "t=1700000000,v1=00")]));
    let receiver =
        with_keys(stripe.to_builder().with_fallback(verifier(&[], "secret")).build().unwrap(), unknown);
    let delivery = send(&receiver, "POST", "/", &both_heads, BODY).unwrap();
    assert!(delivery.is_from_fallback());
    assert_eq!(delivery.body(), &Bytes::from_static(BODY.as_bytes()));
    let mut wrong = signed("another", BODY);
    wrong.extend(headers([("stripe-signature", "t=1700000000,v1=00")]));
    assert_eq!(kind(send(&receiver, "POST", "/", &wrong, BODY)), "no_matching_public_key");
}

#[test]
fn a_source_is_given_the_name_of_the_key_and_not_asked_for_an_unknown_tenant() {
    let names = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&names);
    let source = move |name: Option<String>| {
        seen.lock().unwrap().push(name);
        std::future::ready(unknown())
    };
    let (resolve, _) = tenants(None);
    let unknown_tenant = receiver(&[], "secret")
        .to_builder()
        .with_tenants(resolve)
        .with_key_source(source.clone())
        .build()
        .unwrap();
    assert_eq!(kind(send(&unknown_tenant, "POST", "/", &signed("secret", BODY), BODY)), "unknown_tenant");
    assert!(names.lock().unwrap().is_empty());

    let (resolve, _) = tenants(Some("secret"));
    let known_tenant =
        receiver(&[], "secret").to_builder().with_tenants(resolve).with_key_source(source).build().unwrap();
    let _ = send(&known_tenant, "POST", "/", &signed("secret", BODY), BODY);
    assert_eq!(*names.lock().unwrap(), [None]);
}
