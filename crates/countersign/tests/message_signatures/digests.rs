//! Tests of the digests that bind the body.

use countersign::{Head, Secret, Signer, SigningRequest, Verifier, providers};
use http::{HeaderName, HeaderValue};

use crate::support::{BODY, CREATED, DIGEST, SHARED, covering, key, shared, verify};

#[test]
fn a_body_is_bound_by_a_known_digest() {
    let signer = Signer::new(shared("content-digest"), Secret::new(SHARED).unwrap()).unwrap();
    let sign = |digest: &str| {
        let digest = HeaderValue::from_str(digest).unwrap();
        let request = SigningRequest::new(BODY, CREATED)
            .with_header(HeaderName::from_static("content-digest"), digest.clone());
        let mut headers = signer.sign(&request).unwrap();
        headers.insert("content-digest", digest);
        headers
    };
    let verdict = |digest: &str| match verify(shared("content-digest"), SHARED, &sign(digest)) {
        Ok(delivery) => {
            assert!(delivery.is_body_signed());
            "accepted".to_owned()
        }
        Err(error) => error.kind().to_string(),
    };
    let sha256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
    let wrong = "sha-256=:Y48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";
    assert_eq!(verdict(sha256), "accepted");
    assert_eq!(verdict(DIGEST), "accepted");
    assert_eq!(verdict(&format!("{sha256}, {DIGEST}")), "accepted");
    assert_eq!(verdict(&format!("md5=:AAAA:, {sha256}")), "accepted");
    assert_eq!(verdict(&format!("{wrong}, {DIGEST}")), "body_hash_mismatch");
    assert_eq!(verdict(wrong), "body_hash_mismatch");
    assert_eq!(verdict("sha-256=::"), "body_hash_mismatch");
    assert_eq!(verdict("md5=:AAAA:"), "missing_body_hash");
    assert_eq!(verdict("sha-256=X48E9q"), "malformed_header");
    assert_eq!(verdict("sha-256=(:AAAA:)"), "malformed_header");
    assert_eq!(verdict(",,"), "malformed_signature");
}

/// The facts in the tests of Yizack/mailchannels: the order of the parameters, the label, the digest.
#[test]
fn mailchannels_signs_the_digest_alone() {
    let secret = Secret::new(key!("ed.pkcs8.pem")).unwrap();
    let body = r#"[{"event":"delivered","customer_handle":"abc123","timestamp":1625097600}]"#;
    let headers = Signer::new(&providers::MAILCHANNELS, secret)
        .unwrap()
        .sign(&SigningRequest::new(body, CREATED))
        .unwrap();
    let input = headers["signature-input"].to_str().unwrap();
    assert!(input.contains("=(\"content-digest\");created=1618884473;alg=\"ed25519\";keyid="), "{input}");
    let verifier =
        Verifier::new(&providers::MAILCHANNELS, Secret::new(key!("ed.spki.pem")).unwrap()).unwrap();
    let delivery = verifier.verify(&Head::new(&headers), body, CREATED).unwrap();
    assert_eq!(delivery.event_type().unwrap().as_str(), "delivered");
    assert!(delivery.event_type().unwrap().is_signed());
    let intake = verifier.begin(&Head::new(&headers), CREATED).unwrap();
    assert!(intake.key_id().is_some(), "the key is looked up by it");
}

#[test]
fn the_digest_binds_the_body_where_it_is_covered_and_nowhere_else() {
    let digests = |digest: &str| {
        let covered = covering(&[("\"content-digest\"", digest)], &[("content-digest", digest)]);
        let beside = covering(&[], &[("content-digest", digest)]);
        let of_a_member = covering(
            &[("\"content-digest\";key=\"sha-512\"", "1")],
            &[("content-digest", digest), ("content-digest", "sha-512=1")],
        );
        [covered, beside, of_a_member].map(|message| verify(shared("@method"), SHARED, &message))
    };
    let [covered, beside, of_a_member] = digests(DIGEST);
    assert!(covered.is_ok() && beside.is_ok() && of_a_member.is_ok());
    let [covered, beside, _] = digests(&DIGEST.replacen("sha-512=:W", "sha-512=:X", 1));
    let error = covered.unwrap_err();
    assert_eq!(error.kind().as_str(), "body_hash_mismatch");
    assert!(error.to_string().contains("header:content-digest"), "{error}");
    assert!(beside.is_ok(), "a digest that is not signed says nothing");
    let [covered, beside, _] = digests("md5=:AQID:");
    let error = covered.unwrap_err();
    assert_eq!(error.kind().as_str(), "missing_body_hash");
    assert!(error.to_string().contains("header:content-digest"), "{error}");
    assert!(beside.is_ok());
}
