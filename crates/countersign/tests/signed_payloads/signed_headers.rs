//! Tests of the headers that a detached JWT lists as signed.

use countersign::{Head, SecretSet, Signer, SigningRequest, Verifier, providers};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::support::{TRUELAYER_BODY, TRUELAYER_SENT, data, headers, secret, truelayer};

/// Source: TrueLayer/truelayer-signing, `test-resources/webhook-signature.txt` and `jwks.json`, `rust/tests/usage.rs`.
#[test]
fn truelayer_signs_method_path_listed_headers_and_body() {
    const URL: &str = "https://hooks.example.com/tl-webhook?x=1";
    let delivery = truelayer(&[], URL, "POST", TRUELAYER_BODY).unwrap();
    assert_eq!(delivery.id().unwrap().as_str(), "18b2842b-a57b-4887-a0a6-d3c7c36f1020");
    assert_eq!(delivery.event_type().unwrap().as_str(), "example");
    assert!(delivery.is_body_signed() && delivery.timestamp().unwrap().is_signed());
    let other_body = TRUELAYER_BODY.replace("example", "exemple");
    for (verdict, kind) in [
        (
            truelayer(&[("x-tl-webhook-timestamp", "2021-11-29T11:42:56Z")], URL, "POST", TRUELAYER_BODY),
            "signature_mismatch",
        ),
        (truelayer(&[("content-type", "text/plain")], URL, "POST", TRUELAYER_BODY), "signature_mismatch"),
        (truelayer(&[], "https://hooks.example.com/other", "POST", TRUELAYER_BODY), "signature_mismatch"),
        (truelayer(&[], URL, "PUT", TRUELAYER_BODY), "signature_mismatch"),
        (truelayer(&[], URL, "POST", &other_body), "signature_mismatch"),
    ] {
        assert_eq!(verdict.unwrap_err().kind().as_str(), kind);
    }
    // Headers stand in only for parameters that the JWT lacks.
    for more in [[("tl-signature-version", "1")], [("tl-signature-headers", "Idempotency-Key")]] {
        assert!(truelayer(&more, URL, "POST", TRUELAYER_BODY).is_ok(), "{more:?}");
    }
    // A set of published keys is equivalent to one secret with all of them.
    assert_eq!(SecretSet::from_jwks(data!("jwts/truelayer/jwks.json")).unwrap().names().count(), 2);
}

#[test]
fn a_detached_jwt_has_to_list_the_timestamp_and_headers_that_are_there() {
    let key = secret(data!("keys/p521.pkcs8.pem"));
    let mut own = providers::TRUELAYER.clone();
    own.scheme.timestamp = None;
    let signer = Signer::new(own, key).unwrap();
    let request = SigningRequest::new("{}", TRUELAYER_SENT)
        .with_url("https://a.example/in")
        .with_header(HeaderName::from_static("x-a"), HeaderValue::from_static("1"));
    let mut signed = signer.sign(&request).unwrap();
    let verify = |headers: &HeaderMap| {
        let verifier = Verifier::new(&providers::TRUELAYER, secret(data!("keys/p521.spki.pem"))).unwrap();
        let head = Head::new(headers).with_url("https://a.example/in");
        verifier.verify(&head, "{}", TRUELAYER_SENT).unwrap_err().kind().to_string()
    };
    assert_eq!(verify(&signed), "missing_timestamp");
    signed.insert("x-tl-webhook-timestamp", HeaderValue::from_static("2021-11-29T11:42:55Z"));
    assert_eq!(verify(&signed), "malformed_signature", "the list does not have the timestamp");
}

/// Source: TrueLayer/truelayer-signing, `rust/tests/usage.rs` and `test-resources/ec512-public.pem`.
#[test]
fn headers_stand_in_for_parameters_that_a_jwt_lacks_if_they_are_signed() {
    const UNSIGNED: &str = "Idempotency-Key";
    const SIGNED: &str = "Idempotency-Key,Tl-Signature-Version,Tl-Signature-Headers";
    let mut own = providers::TRUELAYER.clone();
    own.scheme.timestamp = None;
    let verifier = Verifier::new(own, secret(data!("jwts/truelayer/ec512-public.pem"))).unwrap();
    let verdict = |jwt: &str, list: Option<&str>, version: &str| {
        let mut sent = headers(&[
            ("tl-signature", jwt),
            ("tl-signature-version", version),
            ("idempotency-key", "idemp-2076717c-9005-4811-a321-9e0787fa0382"),
        ]);
        if let Some(list) = list {
            sent.insert("tl-signature-headers", HeaderValue::from_str(list).unwrap());
        }
        let url = "https://a.example/merchant_accounts/a61acaef-ee05-4077-92f3-25543a11bd8d/sweeping";
        let body = r#"{"currency":"GBP","max_amount_in_minor":5000000}"#;
        let verified =
            verifier.verify(&Head::new(&sent).with_url(url).with_method("POST"), body, TRUELAYER_SENT);
        verified.map_or_else(|error| error.kind().to_string(), |_| "valid".to_owned())
    };
    let [unsigned, signed] =
        [data!("jwts/truelayer/unsigned-parameters.txt"), data!("jwts/truelayer/parameters-in-headers.txt")];
    assert_eq!(verdict(signed.trim(), Some(SIGNED), "2"), "valid");
    assert_eq!(
        verdict(unsigned.trim(), Some(UNSIGNED), "2"),
        "malformed_signature",
        "the headers are not signed"
    );
    assert_eq!(verdict(signed.trim(), Some(UNSIGNED), "2"), "malformed_signature");
    assert_eq!(verdict(signed.trim(), Some(SIGNED), "1"), "signature_mismatch");
    assert_eq!(verdict(signed.trim(), None, "2"), "malformed_signature");
    let mut unlisted = providers::TRUELAYER.clone();
    unlisted.scheme = unlisted.scheme.with_content("{method} {path}\n{body}");
    assert_eq!(unlisted.check().unwrap_err().field(), "scheme.jwt.parameter_headers");
}

#[test]
fn the_list_of_a_jwt_has_at_most_64_names_and_a_header_one_value() {
    let signer = Signer::new(&providers::TRUELAYER, secret(data!("keys/p521.pkcs8.pem"))).unwrap();
    let verifier = Verifier::new(&providers::TRUELAYER, secret(data!("keys/p521.spki.pem"))).unwrap();
    let signed = |more: usize| {
        let mut request = SigningRequest::new("{}", TRUELAYER_SENT).with_url("https://a.example/in");
        for number in 0..more {
            let name = HeaderName::try_from(format!("x-{number}")).unwrap();
            request = request.with_header(name, HeaderValue::from_static("1"));
        }
        let headers = signer.sign_request(&request);
        headers.map(|signed| signed.headers)
    };
    let verdict = |headers: &HeaderMap| {
        let head = Head::new(headers).with_url("https://a.example/in");
        let verified = verifier.verify(&head, "{}", TRUELAYER_SENT);
        verified.map_or_else(|error| error.kind().to_string(), |_| "valid".to_owned())
    };
    // The timestamp is listed, too.
    for more in [0, 62, 63] {
        assert_eq!(verdict(&signed(more).unwrap()), "valid", "{more}");
    }
    assert_eq!(signed(64).unwrap_err().kind().as_str(), "malformed_signature");
    let mut repeated = signed(1).unwrap();
    repeated.append("x-0", HeaderValue::from_static("1"));
    assert_eq!(verdict(&repeated), "valid", "a proxy repeated it");
    repeated.append("x-0", HeaderValue::from_static("2"));
    assert_eq!(verdict(&repeated), "malformed_header");
}
