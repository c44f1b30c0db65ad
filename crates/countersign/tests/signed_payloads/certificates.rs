//! Tests of JWTs that bring a chain of certificates.

use countersign::{
    Delivery, Head, Provider, Signer, SigningRequest, UnixTime, Verifier, VerifyError, providers,
};
use http::HeaderMap;
use serde_json::json;

use crate::support::{data, secret};

/// 2023-04-12T15:45:24Z, the `signedDate` of the notification.
const APPLE_SIGNED: UnixTime = UnixTime::from_secs(1_681_314_324);

fn apple(bundle: &str, root: &str, jwt: &str, now: UnixTime) -> Result<Delivery, VerifyError> {
    let provider: Provider = providers::APPLE_APP_STORE.clone().with_parameter("bundle_id", bundle);
    let verifier = Verifier::new(provider, secret(root)).unwrap();
    verifier.verify(&Head::new(&HeaderMap::new()), json!({"signedPayload": jwt}).to_string(), now)
}

/// Source: apple/app-store-server-library-node, `tests/resources/mock_signed_data/testNotification` and `certs/testCA.der`.
#[test]
fn apple_signs_with_the_key_of_a_certificate_below_a_root() {
    let (root, jwt) = (data!("jwts/apple/root.base64"), data!("jwts/apple/notification.jws"));
    let delivery = apple("com.example", root, jwt, APPLE_SIGNED).unwrap();
    assert_eq!(delivery.id().unwrap().as_str(), "9ad56bd2-0bc6-42e0-af24-fd996d87a1e6");
    assert!(delivery.id().unwrap().is_signed() && delivery.event_type().unwrap().is_signed());
    assert_eq!(delivery.event_type().unwrap().as_str(), "TEST");
    let kind = |verdict: Result<Delivery, VerifyError>| verdict.unwrap_err().kind().to_string();
    assert_eq!(kind(apple("com.other", root, jwt, APPLE_SIGNED)), "check_failed");
    let other = data!("keys/x5c/root.pem");
    assert_eq!(kind(apple("com.example", other, jwt, APPLE_SIGNED)), "signature_mismatch");
    // The certificates end on 2032-12-31.
    let late = UnixTime::from_secs(1_988_150_400);
    assert_eq!(kind(apple("com.example", root, jwt, late)), "signature_mismatch");
    let mut parts: Vec<_> = jwt.split('.').map(str::to_owned).collect();
    let payload = parts.get_mut(1).unwrap();
    payload.replace_range(20..21, if payload.get(20..21) == Some("A") { "B" } else { "A" });
    apple("com.example", root, &parts.join("."), APPLE_SIGNED).unwrap_err();
}

#[test]
fn a_chain_of_certificates_is_checked_link_by_link() {
    let now = UnixTime::from_secs(1_700_000_000);
    let body = json!({
        "notificationUUID": "1", "notificationType": "TEST", "signedDate": now.as_millis(),
        "data": {"bundleId": "com.example"},
    });
    let provider = || providers::APPLE_APP_STORE.clone().with_parameter("bundle_id", "com.example");
    let sign = |key: &str| {
        let signer = Signer::new(provider(), secret(key)).unwrap();
        signer.signature(&SigningRequest::new(body.to_string(), now)).unwrap()
    };
    let verdict = |jwt: &str| match apple("com.example", data!("keys/x5c/root.pem"), jwt, now) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.kind().to_string(),
    };
    let genuine = sign(data!("keys/x5c/signer.pem"));
    assert_eq!(verdict(&genuine), "accepted");
    for (name, chain) in [
        ("no extension of the leaf", data!("keys/x5c/no-leaf-oid.pem")),
        ("no extension of the issuer", data!("keys/x5c/no-issuer-oid.pem")),
        ("expired", data!("keys/x5c/expired.pem")),
        ("issuer that may not issue", data!("keys/x5c/not-ca.pem")),
        ("root of the same name with another key", data!("keys/x5c/other-root.pem")),
        ("leaf by another key", data!("keys/x5c/other-issuer.pem")),
        ("leaf by a leaf", data!("keys/x5c/leaf-by-leaf.pem")),
    ] {
        assert_eq!(verdict(&sign(chain)), "signature_mismatch", "{name}");
    }
    // A JWT without its certificates, signed by the same key.
    let mut without = provider();
    without.scheme.jwt.as_mut().unwrap().certificates = None;
    let key = data!("keys/x5c/signer.pem").split("-----BEGIN CERTIFICATE").next().unwrap();
    let signer = Signer::new(without, secret(key)).unwrap();
    let bare = signer.signature(&SigningRequest::new(body.to_string(), now)).unwrap();
    assert_eq!(verdict(&bare), "signature_mismatch");
}

#[test]
fn a_chain_may_be_on_another_curve_if_the_declaration_accepts_its_algorithm() {
    let now = UnixTime::from_secs(1_700_000_000);
    let signed_by = |chain: &str, algorithms: &'static str, root: &str| {
        let mut provider = providers::APPLE_APP_STORE.clone().with_parameter("bundle_id", "com.example");
        provider.scheme.jwt.as_mut().unwrap().algorithms = algorithms.into();
        let body = json!({
            "notificationUUID": "1", "notificationType": "TEST", "signedDate": now.as_millis(),
            "data": {"bundleId": "com.example"},
        });
        let mut signing = provider.clone();
        signing.scheme.jwt.as_mut().unwrap().algorithms = "ES384".into();
        let signer = Signer::new(signing, secret(chain)).unwrap();
        let jwt = signer.signature(&SigningRequest::new(body.to_string(), now)).unwrap();
        let verifier = Verifier::new(provider, secret(root)).unwrap();
        let body = json!({"signedPayload": jwt}).to_string();
        let verified = verifier.verify(&Head::new(&HeaderMap::new()), body, now);
        verified.map_or_else(|error| error.kind().to_string(), |_| "valid".to_owned())
    };
    let verdict =
        |algorithms: &'static str, root: &str| signed_by(data!("keys/x5c/p384-signer.pem"), algorithms, root);
    let root = data!("keys/x5c/p384-root.pem");
    assert_eq!(verdict("ES384", root), "valid");
    assert_eq!(verdict("ES256|ES384", root), "valid");
    assert_eq!(verdict("ES256", root), "unsupported_jwt_algorithm");
    assert_eq!(verdict("ES384", data!("keys/x5c/root.pem")), "signature_mismatch");
    for (name, chain) in [
        ("a critical extension of the leaf that is unknown", data!("keys/x5c/p384-critical-leaf.pem")),
        ("a critical extension of the issuer that is unknown", data!("keys/x5c/p384-critical-issuer.pem")),
        ("an issuer that may not sign certificates", data!("keys/x5c/p384-no-cert-sign.pem")),
        ("an issuer that is no authority", data!("keys/x5c/p384-no-ca.pem")),
    ] {
        assert_eq!(signed_by(chain, "ES384", root), "signature_mismatch", "{name}");
    }
}

/// A key may have several certificates with different names: the chain leads to the one that each names.
#[test]
fn a_certificate_names_its_issuer() {
    let now = UnixTime::from_secs(1_700_000_000);
    let body = json!({
        "notificationUUID": "1", "notificationType": "TEST", "signedDate": now.as_millis(),
        "data": {"bundleId": "com.example"},
    });
    let verdict = |chain: &str| {
        let provider = providers::APPLE_APP_STORE.clone().with_parameter("bundle_id", "com.example");
        let signer = Signer::new(provider, secret(chain)).unwrap();
        let jwt = signer.signature(&SigningRequest::new(body.to_string(), now)).unwrap();
        let verified = apple("com.example", data!("keys/x5c/names-root.pem"), &jwt, now);
        verified.map_or_else(|error| error.kind().to_string(), |_| "valid".to_owned())
    };
    assert_eq!(verdict(data!("keys/x5c/names-signer.pem")), "valid");
    assert_eq!(verdict(data!("keys/x5c/names-issuer.pem")), "signature_mismatch");
    assert_eq!(verdict(data!("keys/x5c/names-leaf.pem")), "signature_mismatch");
}

#[test]
fn secrets_of_chains_are_roots_and_signers_bring_certificates() {
    let provider = || providers::APPLE_APP_STORE.clone().with_parameter("bundle_id", "com.example");
    for text in
        [data!("keys/ec.spki.pem"), data!("keys/x5c/signer.pem"), "a text", data!("keys/rsa2048.cert.pem")]
    {
        assert_eq!(Verifier::new(provider(), secret(text)).unwrap_err().field(), "secret", "{text}");
    }
    for text in [data!("keys/ec.pkcs8.pem"), data!("keys/x5c/root.pem")] {
        assert_eq!(Signer::new(provider(), secret(text)).unwrap_err().field(), "secret");
    }
    for text in [data!("keys/p521.spki.pem"), data!("keys/ec.spki.pem"), data!("keys/rsa2048.cert.pem")] {
        let error = Signer::new(&providers::TRUELAYER, secret(text)).unwrap_err().to_string();
        assert!(error.contains("a private key as PEM"), "{error}");
    }
    let mut own = provider();
    own.scheme.jwt.as_mut().unwrap().certificates.as_mut().unwrap().leaf = "apple".into();
    assert_eq!(own.check().unwrap_err().field(), "scheme.jwt.certificates.leaf");
}
