//! Tests of the vectors of the standard, and of messages that other libraries signed.

use countersign::scheme::{Algorithm, Encoding, KeyFormat, Location, Scheme, SignatureField};
use countersign::{Head, Provider, Secret, UnixTime, Verifier};
use http::{HeaderMap, HeaderValue};

use crate::support::{
    B21, B22, B23, B25, B26, BODY, CREATED, SHARED, headers, key, message_of, provider, shared, verify,
};

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
        include_str!("../data/message_signatures/node.json"),
        include_str!("../data/message_signatures/python.json"),
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
