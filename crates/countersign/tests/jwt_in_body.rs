//! A JSON Web Token in a member of the body, as Apple's App Store sends it.
#![cfg(all(feature = "jwt", feature = "toml"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use countersign::scheme::Location;
use countersign::{
    Delivery, Head, Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, VerifyError,
};
use http::HeaderMap;
use serde_json::json;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const PRIVATE: &str = include_str!("data/keys/ec.pkcs8.pem");
const PUBLIC: &str = include_str!("data/keys/ec.spki.pem");

fn apple() -> Provider {
    Provider::from_toml(
        r#"
        slug = "apple"
        name = "Apple App Store"
        doc = "https://developer.apple.com/documentation/appstoreservernotifications"

        [scheme]
        algorithm = "jwt"
        signature = { at = "json:/signedPayload", encoding = "base64url" }
        jwt = { algorithms = "ES256" }

        [event]
        id = "json:/notificationUUID"
        type = "json:/notificationType"
        data = "/data"
        "#,
    )
    .unwrap()
}

fn verify(body: &str) -> Result<Delivery, VerifyError> {
    let verifier = Verifier::new(apple(), Secret::new(PUBLIC).unwrap()).unwrap();
    let headers = HeaderMap::new();
    let whole = verifier.verify(&Head::new(&headers), body.to_owned(), NOW);
    let piecewise = verifier.begin(&Head::new(&headers), NOW).and_then(|mut intake| {
        for piece in body.as_bytes().chunks(7) {
            intake.push(piece.to_vec())?;
        }
        intake.finish(NOW)
    });
    assert_eq!(whole.as_ref().err(), piecewise.as_ref().err());
    whole
}

fn jwt() -> String {
    let payload = json!({
        "notificationType": "SUBSCRIBED", "notificationUUID": "u-1", "data": {"bundleId": "com.example"},
    });
    let signer = Signer::new(apple(), Secret::new(PRIVATE).unwrap()).unwrap();
    assert!(signer.is_in_body());
    signer.signature(&SigningRequest::new(payload.to_string(), NOW)).unwrap()
}

#[test]
fn what_the_jwt_says_is_the_payload() {
    let body = json!({"signedPayload": jwt(), "notificationType": "OTHER", "notificationUUID": "u-2"});
    let delivery = verify(&body.to_string()).unwrap();
    assert_eq!(delivery.id().unwrap().as_str(), "u-1");
    assert_eq!(delivery.event_type().unwrap().as_str(), "SUBSCRIBED");
    assert!(delivery.id().unwrap().is_signed() && delivery.event_type().unwrap().is_signed());
    assert!(!delivery.is_body_signed(), "beside the JWT anything may stand");
    assert_eq!(delivery.data::<serde_json::Value>().unwrap(), json!({"bundleId": "com.example"}));
}

/// An ECDSA signature has a twin that can be computed without the key.
#[test]
fn the_signed_bytes_of_a_body_that_is_a_jwt_end_before_its_signature() {
    let mut provider = apple();
    provider.scheme.signature.at = Location::Body;
    let verifier = Verifier::new(provider, Secret::new(PUBLIC).unwrap()).unwrap();
    let jwt = jwt();
    let delivery = verifier.verify(&Head::new(&HeaderMap::new()), jwt.clone(), NOW).unwrap();
    let (signed, _) = jwt.rsplit_once('.').unwrap();
    assert_eq!(delivery.signed_content().unwrap().body(), signed.as_bytes());
}

#[test]
fn the_key_is_named_by_the_jwt_in_the_member() {
    let signed_by = |name: &str| {
        let key = SecretSet::named(name, Secret::new(PRIVATE).unwrap());
        let signer = Signer::new(apple(), key).unwrap();
        signer.signature(&SigningRequest::new("{}", NOW)).unwrap()
    };
    let key_id = |body: String| {
        let mut intake =
            Verifier::keyless(apple()).unwrap().begin(&Head::new(&HeaderMap::new()), NOW).unwrap();
        intake.push(body).unwrap();
        intake.key_id()
    };
    for (body, expected) in [
        (json!({"signedPayload": signed_by("k1")}), Some("k1")),
        (json!({"signedPayload": signed_by("k2"), "other": signed_by("k1")}), Some("k2")),
        (json!({"signedPayload": jwt()}), None),
        (json!({"other": signed_by("k1")}), None),
    ] {
        assert_eq!(key_id(body.to_string()).as_deref(), expected, "{body}");
    }
    assert_eq!(key_id(signed_by("k1")), None, "the body itself is no JWT");
}

#[test]
fn a_jwt_that_is_missing_changed_or_of_another_key_is_refused() {
    for (body, kind) in [
        ("{}".to_owned(), "missing_signature"),
        ("no json".to_owned(), "missing_signature"),
        (json!({"signedPayload": ""}).to_string(), "missing_signature"),
        (json!({"signedPayload": 7}).to_string(), "malformed_signature"),
        (json!({"signedPayload": "a.b"}).to_string(), "malformed_signature"),
        (json!({"payload": jwt()}).to_string(), "missing_signature"),
    ] {
        assert_eq!(verify(&body).unwrap_err().kind().as_str(), kind, "{body}");
    }
    let jwt = jwt();
    let mut parts: Vec<_> = jwt.split('.').map(str::to_owned).collect();
    let payload = parts.get_mut(1).unwrap();
    *payload = payload.replacen(payload.get(5..6).unwrap(), "Z", 1);
    verify(&json!({"signedPayload": parts.join(".")}).to_string()).unwrap_err();
}
