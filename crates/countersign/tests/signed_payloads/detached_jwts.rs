//! Tests of the payload and the header of detached JWTs.

use base64::Engine;
use countersign::scheme::{Encoding, Scheme, SignatureField};
use countersign::{Head, Provider, Signer, SigningRequest, Verifier, providers};

use crate::support::{TRUELAYER_BODY, TRUELAYER_SENT, data, headers, secret};

/// Source: TrueLayer/truelayer-signing, `rust/src/verify/custom_verifer.rs`, which tries the other path after the
/// first.
#[test]
fn a_path_is_signed_with_a_slash_more_or_less_at_its_end() {
    let signer = Signer::new(&providers::TRUELAYER, secret(data!("keys/p521.pkcs8.pem"))).unwrap();
    let verifier = Verifier::new(&providers::TRUELAYER, secret(data!("keys/p521.spki.pem"))).unwrap();
    let verdict = |signed: &str, received: &str, body: &'static str| {
        let request = SigningRequest::new("{}", TRUELAYER_SENT).with_url(signed);
        let headers = signer.sign(&request).unwrap();
        let head = Head::new(&headers).with_url(received);
        let verified = verifier.verify(&head, body, TRUELAYER_SENT);
        verified.map_or_else(|error| error.kind().to_string(), |_| "valid".to_owned())
    };
    for (signed, received, expected) in [
        ("https://a.example/in", "https://a.example/in", "valid"),
        ("https://a.example/in", "https://a.example/in/?x=1", "valid"),
        ("https://a.example/in/?x=1", "https://a.example/in", "valid"),
        ("https://a.example/in/", "https://a.example/in/", "valid"),
        ("https://a.example/in", "https://a.example/in//", "signature_mismatch"),
        ("https://a.example/in", "https://a.example/i", "signature_mismatch"),
    ] {
        assert_eq!(verdict(signed, received, "{}"), expected, "{signed} {received}");
        assert_eq!(verdict(signed, received, "[]"), "signature_mismatch", "{signed} {received}");
    }
}

#[test]
fn a_key_on_p521_answers_to_its_name_alone() {
    let keys = data!("jwts/truelayer/jwks.json");
    let name = serde_json::from_str::<serde_json::Value>(keys).unwrap()["keys"][1]["kid"].clone();
    let renamed = keys.replace(name.as_str().unwrap(), "another");
    assert_ne!(renamed, keys);
    for (keys, expected) in [(keys, "valid"), (&renamed, "no_matching_public_key")] {
        let sent = headers(&[
            ("tl-signature", data!("jwts/truelayer/webhook-signature.txt").trim_end()),
            ("x-tl-webhook-timestamp", "2021-11-29T11:42:55Z"),
            ("content-type", "application/json"),
        ]);
        let verifier = Verifier::new(&providers::TRUELAYER, secret(keys)).unwrap();
        let head = Head::new(&sent).with_url("/tl-webhook").with_method("POST");
        let verified = verifier.verify(&head, TRUELAYER_BODY, TRUELAYER_SENT);
        assert_eq!(verified.map_or_else(|error| error.kind().to_string(), |_| "valid".to_owned()), expected);
    }
}

/// Of a scheme that declares no other reading of the URL, the signature holds for the URL as it is.
#[test]
fn another_reading_of_the_url_is_tried_only_where_it_is_declared() {
    let plain = |content: &'static str| {
        let signature = SignatureField::header("x-signature", Encoding::Hex);
        Provider::new("own", "Own", Scheme::hmac_sha256(signature, content))
    };
    let with = |content: &'static str, any_port: bool, any_trailing_slash: bool| {
        let mut provider = plain(content);
        provider.scheme.any_port = any_port;
        provider.scheme.any_trailing_slash = any_trailing_slash;
        provider
    };
    let signed = "https://a.example/in?x=1";
    let (port, slash) = ("https://a.example:443/in?x=1", "https://a.example/in/?x=1");
    for (provider, accepted) in [
        (with("{url}\n{body}", false, false), &[signed] as &[&str]),
        (with("{url}\n{body}", true, false), &[signed, port]),
        (with("{path}\n{body}", false, false), &[signed, port]),
        (with("{path}\n{body}", false, true), &[signed, port, slash]),
    ] {
        let signer = Signer::new(provider.clone(), secret("a secret")).unwrap();
        let verifier = Verifier::new(provider.clone(), secret("a secret")).unwrap();
        let headers = signer.sign(&SigningRequest::new("{}", TRUELAYER_SENT).with_url(signed)).unwrap();
        for received in [signed, port, slash, "https://a.example/i?x=1"] {
            let head = Head::new(&headers).with_url(received);
            let is_accepted = verifier.verify(&head, "{}", TRUELAYER_SENT).is_ok();
            assert_eq!(is_accepted, accepted.contains(&received), "{:?} {received}", provider.scheme.content);
            assert!(verifier.verify(&head, "[]", TRUELAYER_SENT).is_err());
        }
    }
}

/// The Python library writes the header of the JWT again, in this order, and verifies the result.
#[test]
fn the_header_of_a_jwt_has_the_order_of_the_official_libraries() {
    let signer = Signer::new(&providers::TRUELAYER, secret(data!("keys/p521.pkcs8.pem"))).unwrap();
    let request = SigningRequest::new("{}", TRUELAYER_SENT).with_url("https://a.example/in");
    let signed = signer.sign(&request).unwrap();
    let header = signed["tl-signature"].to_str().unwrap().split('.').next().unwrap();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap();
    let expected = r#"{"alg":"ES512","tl_version":"2","tl_headers":"x-tl-webhook-timestamp"}"#;
    assert_eq!(String::from_utf8(header).unwrap(), expected);
}

/// A payload that is the same for all requests would make a JWT valid for all of them.
#[test]
fn the_payload_of_a_detached_jwt_depends_on_the_request() {
    let mut constant = providers::TRUELAYER.clone();
    constant.scheme = constant.scheme.with_content("{method} a constant");
    constant.scheme.any_trailing_slash = false;
    let error = constant.check().unwrap_err();
    assert_eq!(error.field(), "scheme.content");
    assert!(error.to_string().contains("signs nothing that differs"), "{error}");
    constant.scheme.any_trailing_slash = true;
    let error = constant.check().unwrap_err();
    assert_eq!(error.field(), "scheme.content");
    let mut both = providers::TRUELAYER.clone();
    both.scheme = both.scheme.with_content("{url}{body}").with_any_port();
    assert_eq!(both.check().unwrap_err().field(), "scheme.content", "two readings at once");
}

#[test]
fn fireblocks_signs_the_body_with_a_detached_jwt() {
    let signer = Signer::new(&providers::FIREBLOCKS, secret(data!("keys/rsa2048.pkcs8.pem"))).unwrap();
    let body = r#"{"id":"1","eventType":"transaction.created","data":{}}"#;
    let signed = signer.sign(&SigningRequest::new(body, TRUELAYER_SENT)).unwrap();
    let jwt = signed["fireblocks-webhook-signature"].to_str().unwrap();
    assert!(jwt.contains("..") && jwt.starts_with("eyJ"), "{jwt}");
    let verifier = Verifier::new(&providers::FIREBLOCKS, secret(data!("keys/rsa2048.spki.pem"))).unwrap();
    let verify = |body: &str| verifier.verify(&Head::new(&signed), body.to_owned(), TRUELAYER_SENT);
    assert!(verify(body).unwrap().event_type().unwrap().is_signed());
    verify(&body.replace("created", "deleted")).unwrap_err();
}
