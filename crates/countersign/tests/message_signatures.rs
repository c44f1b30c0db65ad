//! HTTP Message Signatures, with the standard's own test vectors (RFC 9421, appendix B.2 to B.4).
#![cfg(all(feature = "asymmetric", feature = "message-signatures"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use countersign::scheme::{
    Algorithm, Encoding, KeyFormat, Location, MessageSignatureRules, Scheme, SignatureField, TimestampField,
    TimestampFormat,
};
use countersign::{
    Delivery, Head, Provider, Secret, Signer, SigningRequest, Tolerance, UnixTime, Verifier, VerifyError,
    providers,
};
use http::{HeaderMap, HeaderName, HeaderValue};

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("data/keys/", $name))
    };
}

const CREATED: UnixTime = UnixTime::from_secs(1_618_884_473);
const URL: &str = "https://example.com/foo?param=Value&Pet=dog";
const BODY: &str = r#"{"hello": "world"}"#;
const SHARED: &str =
    "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";
const DIGEST: &str =
    "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";

/// The message of appendix B.2 with a signature.
fn message(input: &str, signature: &str) -> HeaderMap {
    headers(&[
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        ("content-digest", DIGEST),
        ("content-length", "18"),
        ("signature-input", input),
        ("signature", signature),
    ])
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap())
    };
    pairs.iter().map(pair).collect()
}

fn provider(algorithm: Algorithm, components: &'static str) -> Provider {
    let scheme = Scheme::message_signature(algorithm, components, Tolerance::seconds(300));
    Provider::new("own", "Own", scheme.with_key_id(Location::signature_item("keyid")))
}

fn verify(provider: Provider, key: &str, headers: &HeaderMap) -> Result<Delivery, VerifyError> {
    verify_at(provider, key, headers, BODY, CREATED)
}

fn verify_at(
    provider: Provider,
    key: &str,
    headers: &HeaderMap,
    body: &str,
    now: UnixTime,
) -> Result<Delivery, VerifyError> {
    let verifier = Verifier::new(provider, Secret::new(key).unwrap()).unwrap();
    verifier.verify(&Head::new(headers).with_url(URL), body.to_owned(), now)
}

const B21: [&str; 2] = [
    r#"sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd""#,
    "sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:",
];
const B22: [&str; 2] = [
    r#"sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example""#,
    "sig-b22=:LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==:",
];
const B23: [&str; 2] = [
    r#"sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss""#,
    "sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:",
];
const B25: [&str; 2] = [
    r#"sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret""#,
    "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:",
];
const B26: [&str; 2] = [
    r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#,
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
];

fn message_of([input, signature]: [&str; 2]) -> HeaderMap {
    message(input, signature)
}

fn shared(components: &'static str) -> Provider {
    let mut provider = provider(Algorithm::HmacSha256, components);
    provider.scheme.key = KeyFormat::base64("");
    provider
}

#[test]
fn the_vectors_of_the_standard_verify() {
    let pss = |components| provider(Algorithm::RsaPssSha512, components);
    let rsa = key!("rfc9421/rsa-pss-public.pem");
    let b22 =
        verify(pss(r#"@authority|content-digest|@query-param;name="Pet""#), rsa, &message_of(B22)).unwrap();
    assert!(b22.is_body_signed() && b22.timestamp().unwrap().is_signed());
    assert_eq!(b22.timestamp().unwrap().value(), CREATED);
    let all = "date|@method|@path|@query|@authority|content-type|content-digest|content-length";
    assert!(verify(pss(all), rsa, &message_of(B23)).unwrap().is_body_signed());

    let b25 = verify(shared("date|@authority|content-type"), SHARED, &message_of(B25)).unwrap();
    assert!(!b25.is_body_signed(), "it does not cover the digest");

    let ed = "date|@method|@path|@authority|content-type|content-length";
    let ed25519 = key!("rfc9421/ed25519-public.pem");
    assert!(!verify(provider(Algorithm::Ed25519, ed), ed25519, &message_of(B26)).unwrap().is_body_signed());
}

#[test]
fn what_a_declaration_requires_is_covered_or_the_message_is_refused() {
    for (components, key, vector) in [
        ("@method", "B21", B21),
        ("@method", "B22", B22),
        (r#"@query-param;name="param""#, "B22", B22),
        ("content-digest;key=\"sha-512\"", "B22", B22),
    ] {
        let pss = provider(Algorithm::RsaPssSha512, components);
        let error = verify(pss, key!("rfc9421/rsa-pss-public.pem"), &message_of(vector)).unwrap_err();
        assert_eq!(error.kind().as_str(), "malformed_signature", "{key} {components}");
    }
    let error = verify(shared("content-digest"), SHARED, &message_of(B25)).unwrap_err();
    assert_eq!(error.kind().as_str(), "malformed_signature");
}

#[test]
fn what_is_covered_cannot_be_changed() {
    let rsa = key!("rfc9421/rsa-pss-public.pem");
    let pss = || provider(Algorithm::RsaPssSha512, "content-digest|date|@method|@path|@query");
    for (name, value) in [
        ("date", "Tue, 20 Apr 2021 02:07:56 GMT"),
        ("content-type", "text/plain"),
        ("content-length", "19"),
        ("content-digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"),
    ] {
        let mut changed = message_of(B23);
        changed.insert(HeaderName::try_from(name).unwrap(), HeaderValue::from_str(value).unwrap());
        let error = verify(pss(), rsa, &changed).unwrap_err();
        assert_eq!(error.kind().as_str(), "signature_mismatch", "{name}");
    }
    let error = verify_at(pss(), rsa, &message_of(B23), r#"{"hello": "worle"}"#, CREATED).unwrap_err();
    assert_eq!(error.kind().as_str(), "body_hash_mismatch");
    let later = UnixTime::from_secs(CREATED.as_secs() + 301);
    let error = verify_at(pss(), rsa, &message_of(B23), BODY, later).unwrap_err();
    assert_eq!(error.kind().as_str(), "timestamp_too_old");
    let verifier = Verifier::new(pss(), Secret::new(rsa).unwrap()).unwrap();
    let headers = message_of(B23);
    for head in [
        Head::new(&headers).with_url(URL).with_method("PUT"),
        Head::new(&headers).with_url("https://example.com/fop?param=Value&Pet=dog"),
        Head::new(&headers).with_url("https://example.com/foo?param=Value&Pet=cat"),
        Head::new(&headers).with_url("https://example.org/foo?param=Value&Pet=dog"),
    ] {
        let error = verifier.verify(&head, BODY, CREATED).unwrap_err();
        assert_eq!(error.kind().as_str(), "signature_mismatch");
    }
}

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

#[test]
fn a_message_has_one_url_and_no_items() {
    let own = || provider(Algorithm::HmacSha256, "content-digest");
    assert!(own().check().is_ok());
    let mut any_port = own();
    any_port.scheme.any_port = true;
    let mut items = own();
    items.scheme = items.scheme.for_each("/items/*");
    for refused in [any_port, items] {
        assert_eq!(refused.check().unwrap_err().field(), "scheme.message_signature");
    }
}

#[test]
fn what_signs_verifies_under_every_algorithm() {
    let components = r#"@method|@target-uri|@authority|@scheme|@request-target|@path|@query|@query-param;name="Pet"|content-type|content-digest"#;
    for (algorithm, private, public) in [
        (Algorithm::HmacSha256, SHARED, SHARED),
        (Algorithm::Ed25519, key!("ed.pkcs8.pem"), key!("ed.spki.pem")),
        (Algorithm::EcdsaP256Sha256, key!("ec.pkcs8.pem"), key!("ec.spki.pem")),
        (Algorithm::EcdsaP384Sha384, key!("p384.pkcs8.pem"), key!("p384.spki.pem")),
        (Algorithm::RsaSha256, key!("rsa2048.pkcs8.pem"), key!("rsa2048.spki.pem")),
        (Algorithm::RsaPssSha512, key!("rsa2048.pkcs8.pem"), key!("rsa2048.spki.pem")),
    ] {
        let mut own = provider(algorithm, components);
        own.event.id = Some(Location::signature_item("nonce"));
        own.scheme.message_signature =
            Some(MessageSignatureRules::new(components).with_label("own").with_tag("app"));
        let json = HeaderValue::from_static("application/json");
        let request = SigningRequest::new(BODY, CREATED)
            .with_url(URL)
            .with_id("n1")
            .with_header(HeaderName::from_static("content-type"), json.clone());
        let signer = Signer::new(own.clone(), Secret::new(private).unwrap()).unwrap();
        let mut headers = signer.sign(&request).unwrap();
        headers.insert("content-type", json);
        let input = headers["signature-input"].to_str().unwrap();
        assert!(input.ends_with(";nonce=\"n1\";tag=\"app\""), "{input}");
        let delivery = verify(own.clone(), public, &headers).unwrap();
        assert!(delivery.id().unwrap().is_signed() && delivery.is_body_signed());
        assert_eq!(delivery.id().unwrap().as_str(), "n1");
        let text = headers["signature"].to_str().unwrap().to_owned();
        for at in 5..text.len() - 1 {
            let mut changed = text.clone().into_bytes();
            let byte = changed.get_mut(at).unwrap();
            *byte = if *byte == b'A' { b'B' } else { b'A' };
            headers.insert("signature", HeaderValue::from_bytes(&changed).unwrap());
            if algorithm != Algorithm::HmacSha256 && at % 8 != 0 {
                continue;
            }
            verify(own.clone(), public, &headers).unwrap_err();
        }
    }
}

#[test]
fn one_of_several_signatures_is_enough_and_the_others_do_no_harm() {
    let (inputs, signatures) = (format!("{}, {}", B25[0], B22[0]), format!("{}, {}", B22[1], B25[1]));
    let both = message(&inputs, &signatures);
    verify(shared("date"), SHARED, &both).unwrap();
    // The same in two lines.
    let mut lines = message_of(B25);
    lines.append("signature-input", HeaderValue::from_static(B22[0]));
    lines.append("signature", HeaderValue::from_static(B22[1]));
    verify(shared("date"), SHARED, &lines).unwrap();
    let label = |label| {
        let mut provider = shared("date");
        provider.scheme.message_signature = Some(MessageSignatureRules::new("date").with_label(label));
        provider
    };
    verify(label("sig-b25"), SHARED, &both).unwrap();
    let error = verify(label("sig-b26"), SHARED, &both).unwrap_err();
    assert_eq!(error.kind().as_str(), "no_signature_for_expected_version");
    let tagged = |tag| {
        let mut rsa = provider(Algorithm::RsaPssSha512, "@authority");
        rsa.scheme.message_signature = Some(MessageSignatureRules::new("@authority").with_tag(tag));
        rsa
    };
    let rsa = key!("rfc9421/rsa-pss-public.pem");
    verify(tagged("header-example"), rsa, &both).unwrap();
    verify(tagged("other"), rsa, &both).unwrap_err();

    let many: Vec<_> = (0..17).map(|n| B25[0].replace("sig-b25", &format!("sig{n}"))).collect();
    let error = verify(shared("date"), SHARED, &message(&many.join(", "), B25[1])).unwrap_err();
    assert_eq!(error.kind().as_str(), "malformed_signature");
}

#[test]
fn a_signature_is_refused_for_what_it_says_of_itself() {
    let rest = "(\"date\" \"@authority\" \"content-type\");created=1618884473";
    for (input, kind) in [
        (format!("sig-b25={rest};alg=\"ed25519\""), "malformed_signature"),
        (format!("sig-b25={rest};alg=\"none\""), "malformed_signature"),
        (format!("sig-b25={rest};expires=1618884472"), "timestamp_too_old"),
        (format!("sig-b25={rest};expires=1618884473"), "signature_mismatch"),
        ("sig-b25=(\"date\" \"date\");created=1618884473".to_owned(), "malformed_signature"),
        ("sig-b25=(\"date\" \"@status\");created=1618884473".to_owned(), "malformed_signature"),
        ("sig-b25=(\"date\" \"@method\";req);created=1618884473".to_owned(), "malformed_signature"),
        ("sig-b25=(\"date\" \"@signature-params\");created=1618884473".to_owned(), "malformed_signature"),
        ("sig-b25=(\"date\" \"Host\");created=1618884473".to_owned(), "malformed_signature"),
        ("sig-b25=(\"date\" \"x-none\");created=1618884473".to_owned(), "missing_header"),
        ("sig-b25=(\"date\")".to_owned(), "missing_timestamp"),
        ("sig-b25=(\"date\");created=\"1618884473\"".to_owned(), "malformed_timestamp"),
        ("sig-b25=\"date\";created=1618884473".to_owned(), "malformed_signature"),
        ("other=(\"date\");created=1618884473".to_owned(), "malformed_signature"),
        ("sig-b25=(\"date\"".to_owned(), "malformed_signature"),
        (format!("sig-b25=({});created=1618884473", "\"date\" ".repeat(65)), "malformed_signature"),
    ] {
        let error = verify(shared("date"), SHARED, &message(&input, B25[1])).unwrap_err();
        assert_eq!(error.kind().as_str(), kind, "{input}");
    }
    let without = headers(&[("signature", B25[1]), ("date", "x")]);
    let error = verify(shared("date"), SHARED, &without).unwrap_err();
    assert_eq!(error.kind().as_str(), "missing_header");
    let without = headers(&[("signature-input", B25[0]), ("date", "x")]);
    let error = verify(shared("date"), SHARED, &without).unwrap_err();
    assert_eq!(error.kind().as_str(), "missing_signature");
}

#[test]
fn a_declaration_that_makes_no_sense_is_refused() {
    let field = |provider: Provider| provider.check().unwrap_err().field().to_owned();
    for components in
        ["", "|", "Date", "@status", "@query-param", "date|date", "@unknown", "date;req", "date;name=\"x\""]
    {
        assert_eq!(field(shared(components)), "scheme.message_signature.components", "{components}");
    }
    assert_eq!(field(provider(Algorithm::HmacSha512, "date")), "scheme.algorithm");
    let mut own = shared("date");
    own.scheme.signature = SignatureField::header("x-signature", Encoding::Base64);
    assert_eq!(field(own), "scheme.signature");
    let mut own = shared("date");
    own.scheme.content = countersign::scheme::Template::new("{body}");
    assert_eq!(field(own), "scheme.content");
    let mut own = shared("date");
    own.scheme.timestamp.as_mut().unwrap().at = Location::signature_item("expires");
    assert_eq!(field(own), "scheme.timestamp");
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

/// Appendix B.3: a proxy that terminates TLS signs the client's certificate.
#[test]
fn a_proxy_signs_the_certificate_of_its_client() {
    let mut sent = headers(&[
        ("host", "service.internal.example"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        ("content-length", "18"),
        ("client-cert", CLIENT_CERT),
        (
            "signature-input",
            r#"ttrp=("@path" "@query" "@method" "@authority" "client-cert");created=1618884473;keyid="test-key-ecc-p256""#,
        ),
        (
            "signature",
            "ttrp=:xVMHVpawaAC/0SbHrKRs9i8I3eOs5RtTMGCWXm/9nvZzoHsIg6Mce9315T6xoklyy0yzhD9ah4JHRwMLOgmizw==:",
        ),
    ]);
    let own = || provider(Algorithm::EcdsaP256Sha256, "@path|@query|@method|@authority|client-cert");
    let verifier = Verifier::new(own(), Secret::new(key!("rfc9421/ecc-p256-public.pem")).unwrap()).unwrap();
    let verify = |headers: &HeaderMap| {
        let url = "https://service.internal.example/foo?param=Value&Pet=dog";
        verifier.verify(&Head::new(headers).with_url(url), BODY, CREATED)
    };
    assert!(!verify(&sent).unwrap().is_body_signed());
    sent.insert("client-cert", HeaderValue::from_static(":AAAA:"));
    assert_eq!(verify(&sent).unwrap_err().kind().as_str(), "signature_mismatch");
}

/// Appendix B.4: changes in transit that a signature survives, and changes that it does not.
#[test]
fn a_signature_survives_what_it_does_not_cover() {
    let accepts = |method: &str, url: &str, accept: &[&'static str], more: &[(&str, &str)]| {
        let mut sent = headers(&[
            ("host", "example.org"),
            ("date", "Fri, 15 Jul 2022 14:24:55 GMT"),
            (
                "signature-input",
                r#"transform=("@method" "@path" "@authority" "accept");created=1618884473;keyid="test-key-ed25519""#,
            ),
            (
                "signature",
                "transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:",
            ),
        ]);
        sent.extend(headers(more));
        for value in accept {
            sent.append("accept", HeaderValue::from_static(value));
        }
        let own = provider(Algorithm::Ed25519, "@method|@path|@authority|accept");
        let key = Secret::new(key!("rfc9421/ed25519-public.pem")).unwrap();
        let head = Head::new(&sent).with_method(method).with_url(url);
        Verifier::new(own, key).unwrap().verify(&head, "", CREATED).is_ok()
    };
    let url = "https://example.org/demo?name1=Value1&Name2=value2";
    let two = ["application/json", "*/*"];
    assert!(accepts("GET", url, &two, &[]));
    let longer = format!("{url}&param=added");
    assert!(
        accepts("GET", &longer, &two, &[("accept-language", "en-US,en;q=0.5")]),
        "a parameter and a header more"
    );
    assert!(
        accepts("GET", url, &["application/json, */*"], &[("referer", "https://developer.example.org/demo")]),
        "one line"
    );
    assert!(accepts("GET", url, &["  application/json ", "*/*  "], &[]), "white space");
    assert!(
        !accepts("POST", "https://example.com/demo?name1=Value1&Name2=value2", &two, &[]),
        "method and authority"
    );
    assert!(!accepts("POST", url, &two, &[]), "the method alone");
    assert!(!accepts("GET", url, &["*/*", "application/json"], &[]), "another order");
}

/// Appendices B.2.1 and B.2.4, by their signature bases: a signature that covers no component, and one of a
/// response.
#[test]
fn the_signature_bases_of_other_vectors_verify() {
    let plain = |algorithm, signature: &str, key: &str, base: &str| {
        let scheme = Scheme::new(algorithm, SignatureField::header("signature", Encoding::Base64), "{body}");
        let sent = headers(&[("signature", signature)]);
        let verifier = Verifier::new(Provider::new("own", "Own", scheme), Secret::new(key).unwrap()).unwrap();
        verifier.verify(&Head::new(&sent), base.to_owned(), CREATED).is_ok()
    };
    let (_, params) = B21[0].split_once('=').unwrap();
    let signature = B21[1].trim_start_matches("sig-b21=:").trim_end_matches(':');
    let base = format!("\"@signature-params\": {params}");
    assert!(plain(Algorithm::RsaPssSha512, signature, key!("rfc9421/rsa-pss-public.pem"), &base));
    let base = concat!(
        "\"@status\": 200\n\"content-type\": application/json\n",
        "\"content-digest\": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:\n",
        "\"content-length\": 23\n",
        "\"@signature-params\": (\"@status\" \"content-type\" \"content-digest\" \"content-length\");created=1618884473;keyid=\"test-key-ecc-p256\"",
    );
    let signature =
        "wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLIj+32oiasw==";
    assert!(plain(Algorithm::EcdsaP256Sha256, signature, key!("rfc9421/ecc-p256-public.pem"), base));
}

const CLIENT_CERT: &str = ":MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:";

/// Two independent libraries, with every algorithm: see `data/message_signatures/README.md`.
#[test]
fn what_other_libraries_sign_verifies() {
    let mut verified = 0;
    for file in [
        include_str!("data/message_signatures/node.json"),
        include_str!("data/message_signatures/python.json"),
    ] {
        let file: serde_json::Value = serde_json::from_str(file).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let (url, body) = (text(&file["url"]), text(&file["body"]));
        let now = UnixTime::from_secs(file["created"].as_i64().unwrap());
        for message in file["messages"].as_array().unwrap() {
            let algorithm: Algorithm = serde_json::from_value(message["algorithm"].clone()).unwrap();
            let public = match algorithm {
                Algorithm::HmacSha256 => SHARED,
                Algorithm::Ed25519 => key!("ed.spki.pem"),
                Algorithm::EcdsaP256Sha256 => key!("ec.spki.pem"),
                Algorithm::EcdsaP384Sha384 => key!("p384.spki.pem"),
                _ => key!("rsa2048.spki.pem"),
            };
            let fields = message["headers"].as_object().unwrap();
            let pairs: Vec<_> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
            let sent = headers(&pairs);
            let mut own = provider(
                algorithm,
                "@method|@authority|@target-uri|@path|@query|content-type|content-digest",
            );
            own.event.id = Some(Location::signature_item("nonce"));
            if algorithm == Algorithm::HmacSha256 {
                own.scheme.key = KeyFormat::base64("");
            }
            let verifier = Verifier::new(own, Secret::new(public).unwrap()).unwrap();
            let verify = |body: &str, method: &str| {
                let head = Head::new(&sent).with_url(&url).with_method(method);
                verifier.verify(&head, body.to_owned(), now)
            };
            let delivery = verify(&body, "POST").unwrap_or_else(|error| panic!("{algorithm:?}: {error}"));
            assert_eq!(delivery.id().unwrap().as_str(), "n-1");
            assert!(delivery.is_body_signed() && delivery.timestamp().unwrap().is_signed());
            assert_eq!(verify(&body, "PUT").unwrap_err().kind().as_str(), "signature_mismatch");
            assert_eq!(verify("{}", "POST").unwrap_err().kind().as_str(), "body_hash_mismatch");
            verified += 1;
        }
    }
    assert_eq!(verified, 12);
}

/// A message whose signature covers the method and these components, which have these values in its base.
fn covering(components: &[(&str, &str)], sent: &[(&str, &str)]) -> HeaderMap {
    let names: String = components.iter().map(|(name, _)| format!(" {name}")).collect();
    let params = format!("(\"@method\"{names});created=1618884473;keyid=\"test-shared-secret\"");
    let lines: String = components.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let signature = base_signature(&format!("\"@method\": POST\n{lines}\"@signature-params\": {params}"));
    let mut headers = headers(&[
        ("signature-input", &format!("sig={params}")),
        ("signature", &format!("sig=:{signature}:")),
    ]);
    for (name, value) in sent {
        headers.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    headers
}

/// The HMAC of a signature base in Base64.
fn base_signature(base: &str) -> String {
    let field = SignatureField::header("signature", Encoding::Base64);
    let mut scheme = Scheme::new(Algorithm::HmacSha256, field, "{body}");
    scheme.key = KeyFormat::base64("");
    let signer = Signer::new(Provider::new("own", "Own", scheme), Secret::new(SHARED).unwrap()).unwrap();
    signer.signature(&SigningRequest::new(base.to_owned(), CREATED)).unwrap()
}

fn kind(verified: Result<Delivery, VerifyError>) -> &'static str {
    verified.map_or_else(|error| error.kind().as_str(), |_| "valid")
}

#[test]
fn a_structured_field_is_signed_as_it_is_serialised_again() {
    for (component, lines, value) in [
        (r#""cache-control""#, &["max-age=060,   private"][..], "max-age=060,   private"),
        (r#""cache-control";sf"#, &["max-age=060,   private"], "max-age=60, private"),
        (r#""cache-control";sf"#, &["max-age=60", "private"], "max-age=60, private"),
        (r#""priority";sf"#, &["u=1 ,  i=?1"], "u=1, i"),
        (r#""content-length";sf"#, &["018"], "18"),
        (r#""cache-control";key="max-age""#, &["max-age=060, private"], "60"),
        (r#""cache-control";sf;key="max-age""#, &["max-age=060, private"], "60"),
        (r#""x-list";bs"#, &["a", "b"], ":YQ==:, :Yg==:"),
    ] {
        let (name, _) = component.trim_start_matches('"').split_once('"').unwrap();
        let sent: Vec<_> = lines.iter().map(|line| (name, *line)).collect();
        let message = covering(&[(component, value)], &sent);
        assert_eq!(kind(verify(shared("@method"), SHARED, &message)), "valid", "{component} {lines:?}");
        let other = covering(&[(component, "another")], &sent);
        assert_eq!(kind(verify(shared("@method"), SHARED, &other)), "signature_mismatch", "{component}");
    }
    for (component, name, line) in [
        (r#""x-unknown";sf"#, "x-unknown", "a=1"),
        (r#""cache-control";sf"#, "cache-control", "=, 7"),
        (r#""content-length";sf"#, "content-length", "1, 2"),
        (r#""cache-control";key="max-age""#, "cache-control", "private"),
    ] {
        let message = covering(&[(component, line)], &[(name, line)]);
        assert_eq!(kind(verify(shared("@method"), SHARED, &message)), "malformed_header", "{component}");
    }
}

#[test]
fn each_candidate_is_tried_unless_it_equals_one_before_it() {
    let right = covering(&[], &[]);
    let text = |name: &str| right[name].to_str().unwrap().split_once('=').unwrap().1.to_owned();
    let (input, signature) = (text("signature-input"), text("signature"));
    let other_input = input.replace("test-shared-secret", "other");
    let other_signature = format!(":{}:", base_signature("another base"));
    for (inputs, signatures, expected) in [
        ([&input, &input], [&other_signature, &signature], "valid"),
        ([&other_input, &input], [&signature, &signature], "valid"),
        ([&input, &input], [&signature, &signature], "valid"),
        ([&input, &input], [&other_signature, &other_signature], "signature_mismatch"),
        ([&other_input, &other_input], [&other_signature, &signature], "signature_mismatch"),
    ] {
        let joined = |[first, second]: [&String; 2]| format!("a={first}, b={second}");
        let message = headers(&[("signature-input", &joined(inputs)), ("signature", &joined(signatures))]);
        assert_eq!(kind(verify(shared("@method"), SHARED, &message)), expected, "{inputs:?} {signatures:?}");
    }
}

#[test]
fn the_key_is_named_by_the_first_signature_that_names_one() {
    let key_id = |message: &HeaderMap| {
        let verifier = Verifier::keyless(shared("date")).unwrap();
        verifier.begin(&Head::new(message).with_url(URL), CREATED).unwrap().key_id()
    };
    assert_eq!(key_id(&message_of(B25)).as_deref(), Some("test-shared-secret"));
    let (input, _) = B25[0].split_once(";keyid").unwrap();
    assert_eq!(key_id(&message(input, B25[1])), None);
    assert_eq!(key_id(&message(&format!("{input};keyid=\"\""), B25[1])), None);
    let inputs = format!("{input}, {}", B25[0].replacen("sig-b25", "b", 1));
    let signatures = format!("{}, {}", B25[1], B25[1].replacen("sig-b25", "b", 1));
    assert_eq!(key_id(&message(&inputs, &signatures)).as_deref(), Some("test-shared-secret"));
}

#[test]
fn the_limits_of_a_message_are_the_most_that_is_accepted() {
    let length = |message: &HeaderMap, name: &str| -> usize {
        message.get_all(name).iter().map(|line| line.len() + 2).sum()
    };
    let mut two_lines = message_of(B25);
    two_lines.append("signature-input", HeaderValue::from_static(B22[0]));
    two_lines.append("signature", HeaderValue::from_static(B22[1]));
    for message in [message_of(B25), two_lines] {
        let longest = length(&message, "signature-input").max(length(&message, "signature"));
        for (limit, expected) in [(longest, "valid"), (longest - 1, "malformed_signature")] {
            let mut own = shared("date");
            own.scheme.limits.signature_bytes = limit;
            assert_eq!(kind(verify(own, SHARED, &message)), expected, "{longest} {limit}");
        }
    }
    for (count, expected) in [(63, "valid"), (64, "malformed_signature")] {
        let names: Vec<_> = (0..count).map(|n| (format!("x-{n}"), format!("\"x-{n}\""))).collect();
        let components: Vec<_> = names.iter().map(|(_, quoted)| (quoted.as_str(), "v")).collect();
        let sent: Vec<_> = names.iter().map(|(name, _)| (name.as_str(), "v")).collect();
        let message = covering(&components, &sent);
        assert_eq!(kind(verify(shared("@method"), SHARED, &message)), expected, "{count} and the method");
    }
    for (length, expected) in [(100 << 10, "valid"), (257 << 10, "malformed_signature")] {
        let long = "x".repeat(length);
        let message = covering(&[("\"x-long\"", &long)], &[("x-long", &long)]);
        assert_eq!(kind(verify(shared("@method"), SHARED, &message)), expected, "{length} bytes");
    }
}

#[test]
fn a_signature_has_one_form_in_base64() {
    let (rest, last) = B25[1].split_at(B25[1].len() - 3);
    assert!(last.ends_with("=:"), "two bits of the last digit are left over");
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = digits.find(&last[..1]).unwrap();
    let forms = digits.chars().enumerate().filter(|(at, _)| at / 4 == digit / 4);
    let verdicts = forms.map(|(_, other)| {
        kind(verify(shared("date"), SHARED, &message(B25[0], &format!("{rest}{other}=:"))))
    });
    let mut verdicts: Vec<_> = verdicts.collect();
    verdicts.sort_unstable();
    assert_eq!(verdicts, ["malformed_signature", "malformed_signature", "malformed_signature", "valid"]);
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

#[test]
fn ecdsa_over_p256_signs_a_message_with_two_numbers_and_no_der() {
    let own = || provider(Algorithm::EcdsaP256Sha256, "@method");
    let private = Secret::new(key!("ec.pkcs8.pem")).unwrap();
    let signer = Signer::new(own(), private.clone()).unwrap();
    let mut signed = signer.sign(&SigningRequest::new(BODY, CREATED).with_url(URL)).unwrap();
    assert_eq!(kind(verify(own(), key!("ec.spki.pem"), &signed)), "valid");
    let (label, params) = signed["signature-input"].to_str().unwrap().split_once('=').unwrap();
    let base = format!("\"@method\": POST\n\"@signature-params\": {params}");
    // The same key over the same bytes, as other providers write it.
    let field = SignatureField::header("signature", Encoding::Base64);
    let plain = Provider::new("plain", "Plain", Scheme::new(Algorithm::EcdsaP256Sha256, field, "{body}"));
    let der = Signer::new(plain, private).unwrap().signature(&SigningRequest::new(base, CREATED)).unwrap();
    let der = HeaderValue::try_from(format!("{label}=:{der}:")).unwrap();
    signed.insert("signature", der);
    assert_eq!(kind(verify(own(), key!("ec.spki.pem"), &signed)), "signature_mismatch");
}

#[test]
fn a_message_may_be_dated_by_a_header_instead_of_its_signature() {
    let by_header = || {
        let mut own = shared("@method|x-at");
        let field =
            TimestampField::new(Location::header("x-at"), TimestampFormat::Seconds, Tolerance::seconds(300));
        own.scheme.timestamp = Some(field);
        own
    };
    let later = UnixTime::from_secs(CREATED.as_secs() + 1000);
    let at = |secs: i64, now: UnixTime| {
        let stamp = secs.to_string();
        let message = covering(&[("\"x-at\"", &stamp)], &[("x-at", &stamp)]);
        verify_at(by_header(), SHARED, &message, BODY, now)
    };
    let delivery = at(later.as_secs(), later).unwrap();
    assert_eq!(delivery.timestamp().unwrap().value(), later, "not when the signature was created");
    assert_eq!(kind(at(CREATED.as_secs(), later)), "timestamp_too_old");
    assert_eq!(kind(at(later.as_secs(), CREATED)), "timestamp_too_new");
}
