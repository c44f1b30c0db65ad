//! Checks tokens and signatures that are in the body.

use countersign::{ErrorKind, Head, Signer, SigningRequest, UnixTime, Verifier, providers};
use http::HeaderMap;

use crate::common;
use crate::common::{NOW, secret};
use crate::support::{URL, verify};

#[test]
fn a_token_has_to_be_in_each_item() {
    let verify = |body: &str| {
        verify(&providers::MS_GRAPH, secret(&providers::MS_GRAPH), &HeaderMap::new(), (URL, body.as_bytes()))
    };
    let (right, wrong) = (secret(&providers::MS_GRAPH).expose_secret().to_owned(), "wrong");
    let body = |states: [&str; 2]| {
        let items =
            states.map(|state| serde_json::json!({"id": "n", "changeType": "created", "clientState": state}));
        serde_json::json!({"value": items}).to_string()
    };
    assert!(verify(&body([&right, &right])).is_ok());
    for states in [[wrong, &right], [&right, wrong], [wrong, wrong], ["", &right]] {
        assert!(verify(&body(states)).is_err(), "{states:?}");
    }
    assert!(verify(r#"{"value":[]}"#).is_err() && verify("{}").is_err() && verify("[]").is_err());
}

#[test]
fn a_token_in_the_body_is_compared() {
    let figma = &providers::FIGMA;
    let body = |passcode: &str| format!(r#"{{"event_type":"PING","passcode":"{passcode}"}}"#);
    let verified = |body: String| verify(figma, secret(figma), &HeaderMap::new(), (URL, body.as_bytes()));
    verified(body(common::SECRET)).unwrap();
    for other in ["other", "it's a Secret to Everybody", "It's a Secret to Everybod"] {
        assert_eq!(verified(body(other)).unwrap_err().kind(), ErrorKind::SignatureMismatch, "{other:?}");
    }
    assert_eq!(verified("{}".to_owned()).unwrap_err().kind(), ErrorKind::MissingSignature);
}

#[test]
fn a_signature_in_the_body_covers_what_it_says() {
    let mailgun = &providers::MAILGUN;
    let token = "d41d8cd98f00b204e9800998ecf8427e";
    let body = |timestamp: i64, token: &str, signature: &str| {
        let fields =
            serde_json::json!({"timestamp": timestamp.to_string(), "token": token, "signature": signature});
        serde_json::json!({"signature": fields, "event-data": {"id": "1", "event": "opened"}}).to_string()
    };
    let sign = |timestamp: i64| {
        let request = SigningRequest::new(body(timestamp, token, ""), UnixTime::from_secs(timestamp));
        Signer::new(mailgun, secret(mailgun)).unwrap().signature(&request).unwrap()
    };
    let signature = &*sign(NOW);
    let verified = |timestamp: i64, token: &str, signature: &str| {
        let verifier = Verifier::new(mailgun, secret(mailgun)).unwrap();
        let (headers, body) = (HeaderMap::new(), body(timestamp, token, signature));
        let verdict = verifier.verify(&Head::new(&headers), body, UnixTime::from_secs(NOW));
        verdict.map_err(|error| error.kind())
    };
    let delivery = verified(NOW, token, signature).unwrap();
    assert!(!delivery.is_body_signed() && !delivery.id().unwrap().is_signed());
    assert_eq!(verified(NOW + 1, token, signature).unwrap_err(), ErrorKind::SignatureMismatch);
    assert_eq!(verified(NOW, &token[1..], signature).unwrap_err(), ErrorKind::SignatureMismatch);
    assert_eq!(verified(NOW, token, &"0".repeat(64)).unwrap_err(), ErrorKind::SignatureMismatch);
    assert_eq!(verified(NOW, token, "").unwrap_err(), ErrorKind::MissingSignature);
    assert_eq!(verified(NOW - 301, token, &sign(NOW - 301)).unwrap_err(), ErrorKind::TimestampTooOld);
}
