//! Tests of schemes whose documentation and code disagree: both readings are accepted.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::scheme::{Algorithm, Encoding, Location, Scheme, SignatureField, Template};
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
fn a_start_is_optional_only_where_there_is_one() {
    let mut provider = providers::LINKEDIN.clone();
    provider.scheme.any_port = true;
    assert_eq!(provider.check().unwrap_err().field(), "scheme.content");
    let mut plain = providers::NOTION.clone();
    plain.scheme = plain.scheme.with_optional_start();
    let error = plain.check().unwrap_err().to_string();
    assert!(error.contains("has to be a literal"), "{error}");
    // A value behind the literal could begin with it, so that an id would be signed in two forms.
    for content in
        ["v1:{id}.{body}", "v1:{header:x-id}.{body}", "v1:{json:/id}", "v1:{form:id}", "v1:{body}.{id}"]
    {
        let mut own = providers::LINKEDIN.clone().with_id(Location::header("x-id"));
        own.scheme.content = Template::from(content.to_owned());
        assert_eq!(own.check().unwrap_err().field(), "scheme.content", "{content}");
    }
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
