//! Tests of providers that sign with a private key, declared as a user would: signed requests verify, third-party
//! vectors have the expected result, and sets of published keys work.
#![cfg(all(feature = "asymmetric", feature = "toml"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "common/vectors.rs"]
mod vectors;

use countersign::scheme::{Algorithm, Limits};
use countersign::{
    Head, Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, VerifyError,
};
use http::{HeaderMap, HeaderName, HeaderValue};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const BODY: &str = r#"{"id":"evt_1","type":"a.b"}"#;

/// Includes a file of `data/keys`.
macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("data/keys/", $name))
    };
}

/// Slug, the rest of `[scheme]`, `[scheme.signature]`, the timestamp's header, the id's header.
type Declaration = (&'static str, &'static str, &'static str, &'static str, &'static str);

const DECLARATIONS: [Declaration; 7] = [
    (
        "standard-webhooks-v1a",
        r#"algorithm = "ed25519"
           content = "{id}.{timestamp}.{body}"
           key = { encoding = "base64", prefix = "whpk_" }"#,
        r#"at = "header:webhook-signature"
           encoding = "base64"
           format = { list = { separator = " ", assign = ",", tags = "v1a" } }"#,
        "webhook-timestamp",
        "webhook-id",
    ),
    (
        "discord",
        r#"algorithm = "ed25519"
           content = "{timestamp}{body}"
           key = { encoding = "hex" }"#,
        r#"at = "header:x-signature-ed25519"
           encoding = "hex""#,
        "x-signature-timestamp",
        "",
    ),
    (
        "telnyx",
        r#"algorithm = "ed25519"
           content = "{timestamp}|{body}"
           key = { encoding = "base64" }"#,
        r#"at = "header:telnyx-signature-ed25519"
           encoding = "base64""#,
        "telnyx-timestamp",
        "",
    ),
    (
        "sendgrid",
        r#"algorithm = "ecdsa-p256-sha256"
           content = "{timestamp}{body}"
           key = { encoding = "base64" }"#,
        r#"at = "header:x-twilio-email-event-webhook-signature"
           encoding = "base64""#,
        "x-twilio-email-event-webhook-timestamp",
        "",
    ),
    (
        "wise",
        r#"algorithm = "rsa-sha256"
           content = "{body}""#,
        r#"at = "header:x-signature-sha256"
           encoding = "base64""#,
        "",
        "",
    ),
    (
        "wechatpay-v3",
        r#"algorithm = "rsa-sha256"
           content = "{timestamp}\n{header:wechatpay-nonce}\n{body}\n""#,
        r#"at = "header:wechatpay-signature"
           encoding = "base64""#,
        "wechatpay-timestamp",
        "",
    ),
    (
        "of-old",
        r#"algorithm = "rsa-sha1"
           content = "{body}""#,
        r#"at = "header:x-signature"
           encoding = "base64url""#,
        "",
        "",
    ),
];

fn provider((slug, scheme, signature, timestamp, id): Declaration) -> Provider {
    let mut text = format!(
        "slug = \"{slug}\"\nname = \"{slug}\"\ndoc = \"d\"\n[scheme]\n{scheme}\n[scheme.signature]\n{signature}\n"
    );
    if !timestamp.is_empty() {
        let any_age = "tolerance = { future = 300 }";
        text += &format!("[scheme.timestamp]\nat = \"header:{timestamp}\"\nunit = \"seconds\"\n{any_age}\n");
    }
    if !id.is_empty() {
        text += &format!("[event]\nid = \"header:{id}\"\n");
    }
    Provider::from_toml(&text).unwrap()
}

fn declared(slug: &str) -> Option<Provider> {
    DECLARATIONS.into_iter().find(|declaration| declaration.0 == slug).map(provider)
}

fn pair(algorithm: Algorithm) -> (Secret, Secret) {
    let (private, public) = match algorithm {
        Algorithm::Ed25519 => (key!("ed.pkcs8.pem"), key!("ed.spki.pem")),
        Algorithm::EcdsaP256Sha256 => (key!("ec.pkcs8.pem"), key!("ec.spki.pem")),
        _ => (key!("rsa2048.pkcs8.pem"), key!("rsa2048.cert.pem")),
    };
    (Secret::new(private).unwrap(), Secret::new(public).unwrap())
}

fn nonce() -> (HeaderName, HeaderValue) {
    (HeaderName::from_static("wechatpay-nonce"), HeaderValue::from_static("n0nce"))
}

fn sign(provider: &Provider, private: Secret) -> HeaderMap {
    let (name, value) = nonce();
    let request = SigningRequest::new(BODY, NOW).with_id("msg_1").with_header(name.clone(), value.clone());
    let mut headers = Signer::new(provider.clone(), private).unwrap().sign(&request).unwrap();
    headers.insert(name, value);
    headers
}

fn in_chunks(verifier: &Verifier, headers: &HeaderMap, body: &'static str) -> Result<(), VerifyError> {
    let mut intake = verifier.begin(&Head::new(headers), NOW)?;
    for chunk in body.as_bytes().chunks(7) {
        intake.push(chunk)?;
    }
    intake.finish(NOW).map(drop)
}

#[test]
fn what_is_signed_verifies_whole_and_in_chunks() {
    for declaration in DECLARATIONS {
        let provider = provider(declaration);
        let (private, public) = pair(provider.scheme.algorithm);
        let headers = sign(&provider, private);
        assert_eq!(headers, sign(&provider, pair(provider.scheme.algorithm).0), "{}", provider.slug);
        let verifier = Verifier::new(provider.clone(), public).unwrap();
        let delivery = verifier.verify(&Head::new(&headers), BODY, NOW).unwrap();
        assert!(delivery.is_body_signed());
        assert_eq!(delivery.key(), "primary");
        assert_eq!(in_chunks(&verifier, &headers, BODY), Ok(()), "{}", provider.slug);

        let tampered = r#"{"id":"evt_1","type":"a.c"}"#;
        let mismatch = VerifyError::SignatureMismatch { keys: 1 };
        let whole = verifier.verify(&Head::new(&headers), tampered, NOW).unwrap_err();
        assert_eq!(whole, mismatch, "{}", provider.slug);
        assert_eq!(in_chunks(&verifier, &headers, tampered), Err(mismatch), "{}", provider.slug);
    }
}

#[test]
fn a_signed_header_that_was_changed_is_refused() {
    let provider = declared("wechatpay-v3").unwrap();
    let (private, public) = pair(provider.scheme.algorithm);
    let mut headers = sign(&provider, private);
    let verifier = Verifier::new(provider, public).unwrap();
    headers.insert(nonce().0, HeaderValue::from_static("other"));
    let error = verifier.verify(&Head::new(&headers), BODY, NOW).unwrap_err();
    assert_eq!(error.kind().as_str(), "signature_mismatch");
    headers.remove(nonce().0);
    let error = verifier.verify(&Head::new(&headers), BODY, NOW).unwrap_err();
    assert_eq!(error.kind().as_str(), "missing_header");
}

#[test]
fn the_wrong_half_is_refused_when_it_is_given() {
    for declaration in DECLARATIONS {
        let provider = provider(declaration);
        let (private, public) = pair(provider.scheme.algorithm);
        let error = Verifier::new(provider.clone(), private).unwrap_err();
        assert!(error.to_string().contains("the verifier needs the public one"), "{error}");
        let error = Signer::new(provider, public).unwrap_err();
        assert!(error.to_string().contains("the signer needs the private one"), "{error}");
    }
}

#[test]
fn a_signer_and_a_verifier_of_standard_webhooks_take_its_keys() {
    // The key in the tests of the reference server, whose public half is that of vector v041.
    let private =
        "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
    let signer =
        Signer::new(declared("standard-webhooks-v1a").unwrap(), Secret::new(private).unwrap()).unwrap();
    let request = SigningRequest::new(r#"{"test": 2432232314}"#, UnixTime::from_secs(1_614_265_330));
    let headers = signer.sign(&request.with_id("msg_p5jXN8AQM9LWM0D4loKWxJek")).unwrap();
    let expected =
        "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
    assert_eq!(headers["webhook-signature"], expected);
    let error =
        Verifier::new(declared("standard-webhooks-v1a").unwrap(), Secret::new(private).unwrap()).unwrap_err();
    assert!(error.to_string().contains("the verifier needs the public one (`whpk_…`)"), "{error}");
}

#[test]
fn a_scheme_takes_the_keys_of_a_published_set_that_it_can_use() {
    // RFC 8037, appendix A, and RFC 7517, appendix A.1.
    let ed25519 =
        r#"{"kty":"OKP","crv":"Ed25519","kid":"ed","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let p256 = r#"{"kty":"EC","crv":"P-256","kid":"ec","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"#;
    let spare = r#"{"kty":"OKP","crv":"Ed25519","x":"ebVWLo_mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ"}"#;
    let set = SecretSet::from_jwks(&format!(r#"{{"keys":[{p256},{spare},{ed25519}]}}"#)).unwrap();
    assert_eq!(set.names().collect::<Vec<_>>(), ["ec", "1", "ed"]);

    // The private half of the key in RFC 8037.
    let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    let provider = declared("discord").unwrap();
    let headers = sign(&provider, Secret::new(seed).unwrap());
    let verifier = Verifier::new(provider, set.clone()).unwrap();
    let delivery = verifier.verify(&Head::new(&headers), BODY, NOW).unwrap();
    assert_eq!(delivery.key(), "ed");

    assert!(Verifier::new(declared("sendgrid").unwrap(), set.clone()).is_ok());
    let error = Verifier::new(declared("wise").unwrap(), set).unwrap_err();
    assert!(error.to_string().contains("the scheme needs an RSA key"), "{error}");
}

#[test]
fn strangers_cannot_order_many_verifications() {
    let provider = declared("standard-webhooks-v1a").unwrap();
    let (private, public) = pair(provider.scheme.algorithm);
    let mut headers = sign(&provider, private);
    let right = headers["webhook-signature"].to_str().unwrap().to_owned();
    let verifier = Verifier::new(provider, public).unwrap();
    for (more, kind) in [
        (Limits::PUBLIC_KEY_SIGNATURES - 1, None),
        (Limits::PUBLIC_KEY_SIGNATURES, Some("malformed_signature")),
    ] {
        let field = "v1a,AAAA ".repeat(more) + &right;
        headers.insert("webhook-signature", HeaderValue::from_str(&field).unwrap());
        let verdict = verifier.verify(&Head::new(&headers), BODY, NOW);
        assert_eq!(verdict.err().map(|error| error.kind().as_str()), kind);
    }
}

#[test]
fn other_peoples_vectors_have_the_expected_verdict() {
    let mut run = 0;
    for vector in &vectors::deliveries() {
        let text = |name: &str| vector[name].as_str().unwrap_or_default();
        let Some(provider) = declared(text("scheme_slug")) else { continue };
        let mut headers = HeaderMap::new();
        for (name, value) in vector["headers"].as_object().unwrap() {
            let value = HeaderValue::from_str(value.as_str().unwrap()).unwrap();
            headers.append(HeaderName::try_from(name).unwrap(), value);
        }
        let now = UnixTime::from_secs(vector["now_unix"].as_i64().unwrap_or_default());
        let verifier = Verifier::new(provider, Secret::new(text("secret")).unwrap());
        let verdict = match verifier {
            Ok(verifier) => match verifier.verify(&Head::new(&headers), text("body_utf8").to_owned(), now) {
                Ok(_) => "valid".to_owned(),
                Err(error) => error.kind().to_string(),
            },
            Err(error) => error.code().to_owned(),
        };
        assert_eq!(verdict, text("expect"), "{} {}", text("id"), text("name"));
        run += 1;
    }
    assert!(run >= 14, "only {run} vectors were run");
}
