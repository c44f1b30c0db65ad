//! What is signed verifies, and nothing else does.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use common::NOW;
use countersign::{
    ErrorKind, Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, VerifyError,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use proptest::sample::{Index, select};

const URL: &str = "https://hooks.example.com/in?x=1";

fn provider() -> impl Strategy<Value = &'static Provider> {
    select(common::usual().collect::<Vec<_>>())
}

/// A body that the scheme can read what it needs from.
fn body_of(provider: &Provider, text: &str) -> Vec<u8> {
    match &*provider.slug {
        "proxiant" => {
            serde_json::json!({"id": "evt_1", "event": "a.b", "created_at": "2023-11-14T22:13:20Z", "text": text})
                .to_string()
                .into_bytes()
        }
        "twilio-form" => format!("Body={}", text.len()).into_bytes(),
        _ => text.as_bytes().to_vec(),
    }
}

fn sign(provider: &'static Provider, body: &[u8]) -> HeaderMap {
    let request = SigningRequest::new(body.to_vec(), UnixTime::from_secs(NOW))
        .with_id("msg_1")
        .with_event_type("a.b")
        .with_url(URL);
    Signer::new(provider, common::secret(provider)).unwrap().sign(&request).unwrap()
}

fn verify(
    provider: &'static Provider,
    secret: Secret,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), VerifyError> {
    let verifier = Verifier::new(provider, secret).unwrap();
    verifier.verify(&Head::new(headers).with_url(URL), body.to_vec(), UnixTime::from_secs(NOW)).map(drop)
}

/// Headers that the signature covers, and the signature itself.
fn covered(provider: &Provider, name: &HeaderName) -> bool {
    let unsigned = ["x-github-delivery", "x-github-event", "x-shopify-webhook-id", "x-shopify-topic"];
    let twilio = provider.slug == "twilio-form" && name == "i-twilio-idempotency-token";
    !unsigned.contains(&name.as_str()) && !twilio
}

proptest! {
    #[test]
    fn what_is_signed_verifies(provider in provider(), text in ".{0,300}") {
        let body = body_of(provider, &text);
        verify(provider, common::secret(provider), &sign(provider, &body), &body)?;
    }

    #[test]
    fn a_flipped_bit_of_the_body_is_rejected(provider in provider(), text in ".{1,300}", at: Index, bit in 0..8) {
        let body = body_of(provider, &text);
        let headers = sign(provider, &body);
        let mut tampered = body.clone();
        tampered[at.index(body.len())] ^= 1_u8 << bit;
        // A form is signed decoded: a `+` and `%20` for instance mean the same.
        prop_assume!(provider.slug != "twilio-form" || tampered.is_ascii());
        prop_assert!(verify(provider, common::secret(provider), &headers, &tampered).is_err());
    }

    #[test]
    fn a_flipped_bit_of_a_signed_header_is_rejected(provider in provider(), text in ".{0,300}", at: Index, bit in 0..7) {
        let body = body_of(provider, &text);
        let signed = sign(provider, &body);
        for name in signed.keys().filter(|name| covered(provider, name)) {
            let mut value = signed[name].as_bytes().to_vec();
            let index = at.index(value.len());
            value[index] ^= 1_u8 << bit;
            // Hexadecimal digits may be upper case.
            let same = value.eq_ignore_ascii_case(signed[name].as_bytes());
            let Ok(value) = HeaderValue::from_bytes(&value) else { continue };
            let mut headers = signed.clone();
            headers.insert(name, value);
            let accepted = verify(provider, common::secret(provider), &headers, &body).is_ok();
            prop_assert!(!accepted || same && provider.scheme.signature.encoding == countersign::scheme::Encoding::Hex);
        }
    }

    #[test]
    fn another_secret_is_rejected(provider in provider(), text in ".{0,300}", key in "[A-Za-z0-9]{8,40}") {
        let body = body_of(provider, &text);
        let other = Secret::new(key.repeat(4)).unwrap();
        let error = verify(provider, other, &sign(provider, &body), &body).unwrap_err();
        prop_assert_eq!(error.kind(), ErrorKind::SignatureMismatch);
    }

    #[test]
    fn a_missing_signature_has_its_own_kind(provider in provider(), text in ".{0,300}") {
        let body = body_of(provider, &text);
        let mut headers = sign(provider, &body);
        let countersign::scheme::Location::Header(names) = &provider.scheme.signature.at else { unreachable!() };
        headers.remove(names.split(',').next().unwrap());
        let error = verify(provider, common::secret(provider), &headers, &body).unwrap_err();
        prop_assert_eq!(error.kind(), ErrorKind::MissingSignature);
    }

    #[test]
    fn no_header_and_no_body_makes_the_verifier_panic(
        provider in provider(),
        values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 3),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut headers = sign(provider, &body_of(provider, "x"));
        let names: Vec<HeaderName> = headers.keys().cloned().collect();
        for (name, value) in names.iter().zip(values) {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.append(name, value);
            }
        }
        let _ = verify(provider, common::secret(provider), &headers, &body);
    }
}
