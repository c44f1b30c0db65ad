//! Tests of the claims that are compared with the request, and of declarations of them.

use countersign::scheme::{Check, DigestFormat, Location};
use countersign::{
    CheckSubject, Event, EventCatalog, Head, Provider, Secret, Signer, SigningRequest, UnixTime,
    UnknownEvent, Verifier, VerifyError, providers,
};
use serde::Deserialize;

use crate::support::{BODY, Fixture, NOW, SECRET, filled, parameters, part, verdict};

#[test]
fn the_canonical_request_of_atlassian_has_the_published_digest() {
    // sha256("GET&/test&param=value")
    let qsh = "be16910858a41fd19ea5c1b4e9decca9a784d1024cb00b2158defe2f29dc86dd";
    let provider = &providers::ATLASSIAN_CONNECT;
    let url = "https://app.example.com/test?param=value";
    let request = SigningRequest::new("", UnixTime::from_secs(NOW)).with_method("GET").with_url(url);
    let secret = Secret::new(SECRET).unwrap();
    let headers = Signer::new(provider, secret.clone()).unwrap().sign(&request).unwrap();
    let jwt = headers["authorization"].to_str().unwrap().strip_prefix("JWT ").unwrap();
    let claims = part(jwt, 1);
    assert_eq!(claims["qsh"], qsh);
    let verifier = Verifier::new(provider, secret).unwrap();
    assert!(verifier.needs_url());
    for (method, url, expected) in [
        ("GET", "https://proxy.example.com/test?param=value", "valid"),
        ("GET", "https://app.example.com/test?param=value&jwt=x", "valid"),
        ("POST", url, "check_failed"),
        ("GET", "https://app.example.com/test?param=other", "check_failed"),
        ("GET", "https://app.example.com/other?param=value", "check_failed"),
    ] {
        let head = Head::new(&headers).with_method(method).with_url(url);
        let verdict = verdict(verifier.verify(&head, "anything", UnixTime::from_secs(NOW)));
        assert_eq!(verdict, expected, "{method} {url}");
    }
}

#[test]
fn a_body_that_is_a_jwt_is_read_as_what_it_says() {
    #[derive(Debug, EventCatalog, PartialEq)]
    enum Account {
        #[event("user.created")]
        Created(User),
        #[event(unknown)]
        Other(UnknownEvent),
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct User {
        id: String,
    }
    let body = r#"{"type":"user.created","event_id":"event_1","timestamp":"2023-11-14T22:13:20Z","data":{"id":"kp_1"}}"#;
    let fixture = Fixture::of(&providers::KINDE, body);
    let delivery = fixture.verify().unwrap();
    // Values from the request take precedence over those in the body.
    assert_eq!((delivery.id().unwrap().as_str(), delivery.id().unwrap().is_signed()), ("msg_1", true));
    assert_eq!(delivery.event_type().unwrap().as_str(), "user.created");
    assert_eq!(&delivery.body()[..], fixture.body);
    let payload: serde_json::Value = serde_json::from_slice(delivery.payload()).unwrap();
    assert_eq!(payload["data"]["id"], "kp_1");
    assert_eq!(delivery.json::<serde_json::Value>().unwrap(), payload);
    let event = Event::<Account>::decode(delivery).unwrap();
    assert_eq!(event.data, Account::Created(User { id: "kp_1".into() }));
    assert_eq!(fixture.verdict(body.as_bytes(), NOW), "malformed_signature");
}

#[test]
fn the_right_parameters_have_to_be_in_the_jwt() {
    let fixture = Fixture::new(&providers::PUBSUB);
    for (name, value) in [("audience", "https://other.example"), ("email", "other@example.com")] {
        let mut parameters = parameters();
        parameters.insert(name.to_owned(), value.to_owned());
        let verifier = Verifier::new(filled("pubsub", &parameters), fixture.secret.clone()).unwrap();
        let error = verifier.verify(&fixture.head(), fixture.body.clone(), UnixTime::from_secs(NOW));
        assert_eq!(error.unwrap_err().kind().as_str(), "check_failed", "{name}");
    }
    let error = Verifier::new(&providers::PUBSUB, fixture.secret.clone()).unwrap_err();
    assert_eq!(error.field(), "parameters.audience");
}

#[test]
fn a_claim_that_is_missing_leaves_the_body_unbound_or_fails_its_check() {
    let with_checks = |checks: Vec<Check>| {
        let mut provider = providers::NETLIFY.clone();
        provider.scheme.checks = checks.into();
        provider
    };
    let secret = || Secret::new(SECRET).unwrap();
    let signer = Signer::new(with_checks(Vec::new()), secret()).unwrap();
    let headers = signer.sign(&SigningRequest::new(BODY, UnixTime::from_secs(NOW))).unwrap();
    let error = |provider: Provider| {
        let verifier = Verifier::new(provider, secret()).unwrap();
        verifier.verify(&Head::new(&headers), BODY, UnixTime::from_secs(NOW)).unwrap_err()
    };
    assert_eq!(
        error(with_checks(vec![Check::digest(Location::claim("sha256"), DigestFormat::Sha256Hex, "{body}")])),
        VerifyError::MissingCheck { at: "claim:sha256".to_owned(), is_claim: true }
    );
    assert_eq!(
        error(with_checks(vec![Check::equals(Location::claim("aud"), "me")])),
        VerifyError::CheckFailed { at: "claim:aud".to_owned(), of: CheckSubject::Other }
    );
}

#[test]
fn declarations_with_mistakes_name_the_field() {
    let mut provider = providers::NETLIFY.clone();
    provider.scheme.jwt = None;
    assert_eq!(provider.check().unwrap_err().field(), "scheme.jwt");
    for (json, field) in [
        (
            r#"{"algorithm":"hmac-sha256","content":"{body}","signature":{"at":"body","encoding":"hex"}}"#,
            "scheme.signature.at",
        ),
        (
            r#"{"algorithm":"hmac-sha256","content":"{body}","signature":{"at":"header:a","encoding":"hex"},"jwt":{"algorithms":"HS256"}}"#,
            "scheme.jwt",
        ),
        (
            r#"{"algorithm":"jwt","signature":{"at":"header:a","encoding":"hex"},"jwt":{"algorithms":"HS256"}}"#,
            "scheme.signature",
        ),
        (
            r#"{"algorithm":"jwt","signature":{"at":"form:a","encoding":"base64url"},"jwt":{"algorithms":"HS256"}}"#,
            "scheme.signature.at",
        ),
        (
            r#"{"algorithm":"jwt","signature":{"at":"header:a","encoding":"base64url"},"jwt":{"algorithms":"none"}}"#,
            "scheme.jwt.algorithms",
        ),
        (
            r#"{"algorithm":"jwt","signature":{"at":"body","encoding":"base64url"},"jwt":{"algorithms":"HS256","detached":true}}"#,
            "scheme.jwt.detached",
        ),
        (
            r#"{"algorithm":"jwt","content":"{body}","signature":{"at":"header:a","encoding":"base64url"},"jwt":{"algorithms":"HS256"}}"#,
            "scheme.content",
        ),
        (
            r#"{"algorithm":"jwt","signature":{"at":"header:a","encoding":"base64url"},"jwt":{"algorithms":"HS256","max":1}}"#,
            "scheme.jwt.max",
        ),
        (
            r#"{"algorithm":"token","signature":{"at":"header:a","encoding":"text"},"checks":[{"at":"claim:a","equals":"x"}]}"#,
            "scheme.checks.at",
        ),
    ] {
        let text = format!(r#"{{"slug":"x","name":"X","doc":"d","scheme":{json}}}"#);
        let error = Provider::from_json(&text).unwrap_err();
        assert_eq!(error.field(), field, "{json}: {error}");
    }
}
