//! Tests of schemes whose documentation and code disagree: both readings are accepted.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::scheme::{Algorithm, Encoding, Scheme, SignatureField};
use countersign::{ErrorKind, Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha1::Sha1;
use sha2::Sha256;

const NOW: UnixTime = UnixTime::from_secs(1_764_000_000);
const BODY: &str = r#"{"type":"LEAD_ACTION","id":"a"}"#;

fn verdict(provider: &Provider, name: &'static str, value: &str, body: &str) -> Result<(), ErrorKind> {
    let verifier = Verifier::new(provider.clone(), Secret::new("client secret").unwrap()).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    verifier.verify(&Head::new(&headers), body.to_owned(), NOW).map(drop).map_err(|error| error.kind())
}

fn sha256(content: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"client secret").unwrap();
    mac.update(content.as_bytes());
    const_hex::encode(mac.finalize().into_bytes())
}

fn sha1(content: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha1>::new_from_slice(b"client secret").unwrap();
    mac.update(content.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[test]
fn both_readings_of_linkedin_verify_and_a_body_that_fits_both_is_refused() {
    let linkedin = |value: &str, body: &str| verdict(&providers::LINKEDIN, "x-li-signature", value, body);
    let (of_page, of_others) = (sha256(&format!("hmacsha256={BODY}")), sha256(BODY));
    for signature in [&of_page, &of_others] {
        assert_eq!(linkedin(signature, BODY), Ok(()));
        assert_eq!(linkedin(&format!("hmacsha256={signature}"), BODY), Ok(()));
        assert_eq!(linkedin(signature, &format!("{BODY} ")), Err(ErrorKind::SignatureMismatch));
    }
    // The signed text for one body would be valid for another.
    let other = format!("hmacsha256={BODY}");
    assert!(linkedin(&of_page, &other).is_err());
}

#[test]
fn what_stands_behind_an_optional_start_is_signed_in_both_readings() {
    let field = SignatureField::header("x-own-signature", Encoding::Hex);
    let scheme = Scheme::hmac_sha256(field, "v0:{header:x-own-nonce}:{body}").with_optional_start();
    let verifier = Verifier::new(Provider::new("own", "Own", scheme), Secret::new("client secret").unwrap());
    let verifier = verifier.unwrap();
    let verdict = |content: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("x-own-nonce", HeaderValue::from_static("7"));
        headers.insert("x-own-signature", sha256(content).parse().unwrap());
        verifier.verify(&Head::new(&headers), BODY, NOW).map(drop).map_err(|error| error.kind())
    };
    assert_eq!(verdict(&format!("v0:7:{BODY}")), Ok(()));
    assert_eq!(verdict(&format!("7:{BODY}")), Ok(()));
    for other in [BODY.to_owned(), format!("v0:{BODY}"), format!("v0:8:{BODY}"), format!("8:{BODY}")] {
        assert_eq!(verdict(&other), Err(ErrorKind::SignatureMismatch), "{other}");
    }
}

#[test]
fn a_start_is_optional_only_where_there_is_one() {
    let mut provider = providers::LINKEDIN.clone();
    provider.scheme.any_port = true;
    assert_eq!(provider.check().unwrap_err().field(), "scheme.content");
    let mut plain = providers::NOTION.clone();
    plain.scheme = plain.scheme.with_optional_start();
    let error = plain.check().unwrap_err().to_string();
    assert!(error.contains("begin with a literal"), "{error}");
}

#[test]
fn hexadecimal_and_base64_of_atlas_verify() {
    let atlas = |value: &str| verdict(&providers::MONGODB_ATLAS, "x-mms-signature", value, BODY);
    let mac = sha1(BODY);
    for signature in [const_hex::encode(&mac), const_hex::encode_upper(&mac), STANDARD.encode(&mac)] {
        assert_eq!(atlas(&signature), Ok(()), "{signature}");
    }
    assert_eq!(atlas(STANDARD.encode(&mac).trim_end_matches('=')), Ok(()));
    let mut wrong = mac.clone();
    *wrong.first_mut().unwrap() ^= 1;
    for signature in
        [const_hex::encode(&wrong), STANDARD.encode(&wrong), const_hex::encode(STANDARD.encode(&mac))]
    {
        assert_eq!(atlas(&signature), Err(ErrorKind::SignatureMismatch), "{signature}");
    }
}

#[test]
fn both_texts_are_known_for_every_length_of_a_result() {
    for scheme in [
        Scheme::hmac_sha256(SignatureField::header("x-signature", Encoding::HexOrBase64), "{body}"),
        Scheme::new(
            Algorithm::HmacSha512,
            SignatureField::header("x-signature", Encoding::HexOrBase64),
            "{body}",
        ),
    ] {
        let declared = |encoding| {
            let mut scheme = scheme.clone();
            scheme.signature.encoding = encoding;
            Provider::new("p", "P", scheme)
        };
        for encoding in [Encoding::Hex, Encoding::Base64] {
            let signer = Signer::new(declared(encoding), Secret::new("client secret").unwrap());
            let headers = signer.unwrap().sign(&SigningRequest::new(BODY, NOW)).unwrap();
            let value = headers.get("x-signature").unwrap().to_str().unwrap();
            assert_eq!(verdict(&declared(Encoding::HexOrBase64), "x-signature", value, BODY), Ok(()));
        }
    }
}
