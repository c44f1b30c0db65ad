//! Tests of schemes that few providers have.

use countersign::{Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier};

#[test]
fn the_schemes_without_a_key_verify_too() {
    let plain = r#"
        slug = "x"
        name = "X"
        doc = "d"
        [scheme]
        algorithm = "sha256"
        content = "{secret}{method}{url}{body}"
        [scheme.signature]
        at = "header:x-sig"
        encoding = "hex"
    "#;
    let provider = Provider::from_toml(plain).unwrap();
    let secret = Secret::new("s3cret").unwrap();
    let now = UnixTime::from_secs(0);
    let request = SigningRequest::new("body", now).with_method("PUT").with_url("https://a.b/c");
    let headers = Signer::new(provider.clone(), secret.clone()).unwrap().sign(&request).unwrap();
    // printf 's3cretPUThttps://a.b/cbody' | sha256sum
    assert_eq!(headers["x-sig"], "4a8e48f66b4d534badcd879d588f06ba96302a5e0e8d2ede785914fa59690314");
    let verifier = Verifier::new(provider, secret).unwrap();
    let head = Head::new(&headers).with_method("PUT").with_url("https://a.b/c");
    assert!(verifier.verify(&head, "body", now).is_ok());
    assert!(verifier.verify(&Head::new(&headers).with_url("https://a.b/c"), "body", now).is_err());
}

#[test]
fn tokens_and_basic_authenticate_nothing_and_say_so() {
    for (algorithm, encoding, format, secret, value) in [
        ("token", "text", "{ value = {} }", "t0ken", "t0ken"),
        ("token", "text", "{ value = { prefixes = \"Bearer \", required = true } }", "t0ken", "Bearer t0ken"),
        (
            "basic",
            "base64",
            "{ value = { prefixes = \"Basic \", required = true } }",
            "me:pw",
            "Basic bWU6cHc=",
        ),
    ] {
        let text = format!(
            "slug = \"x\"\nname = \"X\"\ndoc = \"d\"\n[scheme]\nalgorithm = \"{algorithm}\"\n[scheme.signature]\n\
             at = \"header:authorization\"\nencoding = \"{encoding}\"\nformat = {format}\n[event]\nid = \"json:/id\"\n"
        );
        let provider = Provider::from_toml(&text).unwrap();
        let secret = Secret::new(secret).unwrap();
        let now = UnixTime::from_secs(0);
        let signer = Signer::new(provider.clone(), secret.clone()).unwrap();
        let headers = signer.sign(&SigningRequest::new("", now)).unwrap();
        assert_eq!(headers["authorization"], value);
        let verifier = Verifier::new(provider, secret).unwrap();
        let delivery = verifier.verify(&Head::new(&headers), r#"{"id":"1"}"#, now).unwrap();
        assert!(!delivery.is_body_signed() && !delivery.id().unwrap().is_signed());
        let mut other = headers.clone();
        other.insert("authorization", http::HeaderValue::from_static("Bearer other"));
        assert!(verifier.verify(&Head::new(&other), "", now).is_err());
    }
}

#[test]
fn each_hmac_gives_the_answer_of_its_rfc() {
    // RFC 2202 and RFC 4231, test case 2.
    for (algorithm, expected) in [
        ("hmac-md5", "750c783e6ab0b503eaa86e310a5db738"),
        ("hmac-sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        ("hmac-sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            "hmac-sha512",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
    ] {
        let text = format!(
            "slug = \"x\"\nname = \"X\"\ndoc = \"d\"\n[scheme]\nalgorithm = \"{algorithm}\"\ncontent = \"{{body}}\"\n\
             [scheme.signature]\nat = \"header:x-sig\"\nencoding = \"hex\"\n"
        );
        let provider = Provider::from_toml(&text).unwrap();
        let (secret, body) = (Secret::new("Jefe").unwrap(), "what do ya want for nothing?");
        let now = UnixTime::from_secs(0);
        let signer = Signer::new(provider.clone(), secret.clone()).unwrap();
        let headers = signer.sign(&SigningRequest::new(body, now)).unwrap();
        assert_eq!(headers["x-sig"], expected, "{algorithm}");
        let verifier = Verifier::new(provider, secret).unwrap();
        assert!(verifier.verify(&Head::new(&headers), body, now).is_ok(), "{algorithm}");
    }
}

#[test]
fn a_body_that_is_not_signed_may_arrive_in_pieces() {
    let unsigned = r#"
        slug = "x"
        name = "X"
        doc = "d"
        [scheme]
        algorithm = "hmac-sha256"
        content = "{header:x-nonce}"
        [scheme.signature]
        at = "header:x-sig"
        encoding = "hex"
    "#;
    let provider = Provider::from_toml(unsigned).unwrap();
    let secret = Secret::new("s3cret").unwrap();
    let now = UnixTime::from_secs(0);
    let nonce = (http::HeaderName::from_static("x-nonce"), http::HeaderValue::from_static("n1"));
    let request = SigningRequest::new("", now).with_header(nonce.0.clone(), nonce.1.clone());
    let mut headers = Signer::new(provider.clone(), secret.clone()).unwrap().sign(&request).unwrap();
    headers.insert(nonce.0, nonce.1);
    let mut intake = Verifier::new(provider, secret).unwrap().begin(&Head::new(&headers), now).unwrap();
    for piece in ["a body ", "in two pieces"] {
        intake.push(piece).unwrap();
    }
    let delivery = intake.finish(now).unwrap();
    assert!(!delivery.is_body_signed());
}
