//! Tests of payloads that are signed in a special form: detached tokens over more than the body, tokens with
//! certificates, and JSON in PHP's form.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::scheme::{Encoding, Scheme, SignatureField};
use countersign::{
    Delivery, Head, Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, VerifyError,
    providers,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

macro_rules! data {
    ($name:literal) => {
        include_str!(concat!("data/", $name))
    };
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap())
    };
    pairs.iter().map(pair).collect()
}

fn secret(text: &str) -> Secret {
    Secret::new(text.trim_end()).unwrap()
}

/// 2021-11-29T11:42:55Z.
const TRUELAYER_SENT: UnixTime = UnixTime::from_secs(1_638_186_175);
const TRUELAYER_BODY: &str = r#"{"event_type":"example","event_id":"18b2842b-a57b-4887-a0a6-d3c7c36f1020"}"#;

fn truelayer(changes: &[(&str, &str)], url: &str, method: &str, body: &str) -> Result<Delivery, VerifyError> {
    let mut sent = headers(&[
        ("tl-signature", data!("tokens/truelayer/webhook-signature.txt")),
        ("x-tl-webhook-timestamp", "2021-11-29T11:42:55Z"),
        ("content-type", "application/json"),
    ]);
    for (name, value) in changes {
        sent.insert(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    let keys = secret(data!("tokens/truelayer/jwks.json"));
    let verifier = Verifier::new(&providers::TRUELAYER, keys).unwrap();
    verifier.verify(&Head::new(&sent).with_url(url).with_method(method), body.to_owned(), TRUELAYER_SENT)
}

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
    // Headers stand in only for parameters that the token lacks.
    for more in [[("tl-signature-version", "1")], [("tl-signature-headers", "Idempotency-Key")]] {
        assert!(truelayer(&more, URL, "POST", TRUELAYER_BODY).is_ok(), "{more:?}");
    }
    // A set of published keys is equivalent to one secret with all of them.
    assert_eq!(SecretSet::from_jwks(data!("tokens/truelayer/jwks.json")).unwrap().names().count(), 2);
}

#[test]
fn a_detached_token_has_to_list_the_timestamp_and_headers_that_are_there() {
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
fn headers_stand_in_for_parameters_that_a_token_lacks_if_they_are_signed() {
    const UNSIGNED: &str = "Idempotency-Key";
    const SIGNED: &str = "Idempotency-Key,Tl-Signature-Version,Tl-Signature-Headers";
    let mut own = providers::TRUELAYER.clone();
    own.scheme.timestamp = None;
    let verifier = Verifier::new(own, secret(data!("tokens/truelayer/ec512-public.pem"))).unwrap();
    let verdict = |token: &str, list: Option<&str>, version: &str| {
        let mut sent = headers(&[
            ("tl-signature", token),
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
    let [unsigned, signed] = [
        data!("tokens/truelayer/unsigned-parameters.txt"),
        data!("tokens/truelayer/parameters-in-headers.txt"),
    ];
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
fn the_list_of_a_token_has_at_most_64_names_and_a_header_one_value() {
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
    let keys = data!("tokens/truelayer/jwks.json");
    let name = serde_json::from_str::<serde_json::Value>(keys).unwrap()["keys"][1]["kid"].clone();
    let renamed = keys.replace(name.as_str().unwrap(), "another");
    assert_ne!(renamed, keys);
    for (keys, expected) in [(keys, "valid"), (&renamed, "no_matching_public_key")] {
        let sent = headers(&[
            ("tl-signature", data!("tokens/truelayer/webhook-signature.txt").trim_end()),
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

/// The Python library writes the header of the token again, in this order, and verifies the result.
#[test]
fn the_header_of_a_token_has_the_order_of_the_official_libraries() {
    let signer = Signer::new(&providers::TRUELAYER, secret(data!("keys/p521.pkcs8.pem"))).unwrap();
    let request = SigningRequest::new("{}", TRUELAYER_SENT).with_url("https://a.example/in");
    let signed = signer.sign(&request).unwrap();
    let header = signed["tl-signature"].to_str().unwrap().split('.').next().unwrap();
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap();
    let expected = r#"{"alg":"ES512","tl_version":"2","tl_headers":"x-tl-webhook-timestamp"}"#;
    assert_eq!(String::from_utf8(header).unwrap(), expected);
}

/// A payload that is the same for all requests would make a token valid for all of them.
#[test]
fn the_payload_of_a_detached_token_depends_on_the_request() {
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
fn fireblocks_signs_the_body_with_a_detached_token() {
    let signer = Signer::new(&providers::FIREBLOCKS, secret(data!("keys/rsa2048.pkcs8.pem"))).unwrap();
    let body = r#"{"id":"1","eventType":"transaction.created","data":{}}"#;
    let signed = signer.sign(&SigningRequest::new(body, TRUELAYER_SENT)).unwrap();
    let token = signed["fireblocks-webhook-signature"].to_str().unwrap();
    assert!(token.contains("..") && token.starts_with("eyJ"), "{token}");
    let verifier = Verifier::new(&providers::FIREBLOCKS, secret(data!("keys/rsa2048.spki.pem"))).unwrap();
    let verify = |body: &str| verifier.verify(&Head::new(&signed), body.to_owned(), TRUELAYER_SENT);
    assert!(verify(body).unwrap().event_type().unwrap().is_signed());
    verify(&body.replace("created", "deleted")).unwrap_err();
}

/// 2023-04-12T15:45:24Z, the `signedDate` of the notification.
const APPLE_SIGNED: UnixTime = UnixTime::from_secs(1_681_314_324);

fn apple(bundle: &str, root: &str, token: &str, now: UnixTime) -> Result<Delivery, VerifyError> {
    let provider: Provider = providers::APPLE_APP_STORE.clone().with_parameter("bundle_id", bundle);
    let verifier = Verifier::new(provider, secret(root)).unwrap();
    verifier.verify(&Head::new(&HeaderMap::new()), json!({"signedPayload": token}).to_string(), now)
}

/// Source: apple/app-store-server-library-node, `tests/resources/mock_signed_data/testNotification` and `certs/testCA.der`.
#[test]
fn apple_signs_with_the_key_of_a_certificate_below_a_root() {
    let (root, token) = (data!("tokens/apple/root.base64"), data!("tokens/apple/notification.jws"));
    let delivery = apple("com.example", root, token, APPLE_SIGNED).unwrap();
    assert_eq!(delivery.id().unwrap().as_str(), "9ad56bd2-0bc6-42e0-af24-fd996d87a1e6");
    assert!(delivery.id().unwrap().is_signed() && delivery.event_type().unwrap().is_signed());
    assert_eq!(delivery.event_type().unwrap().as_str(), "TEST");
    let kind = |verdict: Result<Delivery, VerifyError>| verdict.unwrap_err().kind().to_string();
    assert_eq!(kind(apple("com.other", root, token, APPLE_SIGNED)), "check_failed");
    let other = data!("keys/x5c/root.pem");
    assert_eq!(kind(apple("com.example", other, token, APPLE_SIGNED)), "signature_mismatch");
    // The certificates end on 2032-12-31.
    let late = UnixTime::from_secs(1_988_150_400);
    assert_eq!(kind(apple("com.example", root, token, late)), "signature_mismatch");
    let mut parts: Vec<_> = token.split('.').map(str::to_owned).collect();
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
    let verdict = |token: &str| match apple("com.example", data!("keys/x5c/root.pem"), token, now) {
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
    // A token without its certificates, signed by the same key.
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
        let token = signer.signature(&SigningRequest::new(body.to_string(), now)).unwrap();
        let verifier = Verifier::new(provider, secret(root)).unwrap();
        let body = json!({"signedPayload": token}).to_string();
        let verified = verifier.verify(&Head::new(&HeaderMap::new()), body, now);
        verified.map_or_else(|error| error.kind().to_string(), |_| "valid".to_owned())
    };
    let verdict =
        |algorithms: &'static str, root: &str| signed_by(data!("keys/x5c/p384-signer.pem"), algorithms, root);
    let root = data!("keys/x5c/p384-root.pem");
    assert_eq!(verdict("ES384", root), "valid");
    assert_eq!(verdict("ES256|ES384", root), "valid");
    assert_eq!(verdict("ES256", root), "jwt_unsupported_alg");
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
        let token = signer.signature(&SigningRequest::new(body.to_string(), now)).unwrap();
        let verified = apple("com.example", data!("keys/x5c/names-root.pem"), &token, now);
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

/// The signature was computed with Python according to the PHP code on doc.cryptomus.com:
/// `md5(base64(json_encode(data, JSON_UNESCAPED_UNICODE)) . key)`.
#[test]
fn cryptomus_signs_the_json_as_php_writes_it() {
    let signed = r#"{"type":"payment","uuid":"62f8","order_id":"a\/1","amount":"3.0","is_final":true,"note":"Zoë","convert":null}"#;
    let content = STANDARD.encode(signed);
    assert_eq!(content.get(..8), Some("eyJ0eXBl"));
    let body = |order: &str, sign: &str| {
        format!(
            r#"{{"type":"payment","uuid":"62f8","order_id":"{order}","amount":"3.0","is_final":true,"sign":"{sign}","note":"Zo\u00eb", "convert":null}}"#
        )
    };
    let verify = |body: String| {
        let verifier = Verifier::new(&providers::CRYPTOMUS, secret("key")).unwrap();
        verifier.verify(&Head::new(&HeaderMap::new()), body, UnixTime::from_secs(0))
    };
    let delivery = verify(body("a\\/1", CRYPTOMUS_SIGN)).unwrap();
    // The uuid is that of the payment, in the webhooks of all its statuses.
    assert!(delivery.id().is_none() && !delivery.is_body_signed());
    verify(body("a/1", CRYPTOMUS_SIGN)).unwrap();
    verify(body("a/2", CRYPTOMUS_SIGN)).unwrap_err();
    verify(body("a/1", CRYPTOMUS_SIGN).replace("\"amount\"", "\"sign2\"")).unwrap_err();
}

const CRYPTOMUS_SIGN: &str = "517ce57b3f67a874acc929e2529f8f4e";

/// The signature was computed with Python's `hashlib` over the documented JSON.
#[test]
fn przelewy24_hashes_some_members_and_its_key() {
    let body = |amount: u32| {
        json!({
            "merchantId": 11, "posId": 11, "sessionId": "s-10", "amount": amount, "originAmount": 100, "currency": "PLN",
            "orderId": 77, "methodId": 154, "statement": "p24-A10", "sign": PRZELEWY24_SIGN,
        })
    };
    let verifier = Verifier::new(&providers::PRZELEWY24, secret("crc")).unwrap();
    let verify = |amount| {
        verifier.verify(&Head::new(&HeaderMap::new()), body(amount).to_string(), UnixTime::from_secs(0))
    };
    assert!(verify(100).unwrap().id().unwrap().is_signed());
    verify(101).unwrap_err();
}

const PRZELEWY24_SIGN: &str =
    "fb80804e9df4dbfcc2cf959e10196d6ee6f216890f0faab001bbb623daed8c1c82ab419515bae1833896c4b9ea9f6bcd";
