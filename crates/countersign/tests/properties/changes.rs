//! Checks that signed requests verify, and that no changed one does.

use countersign::scheme::{Encoding, Location};
use countersign::{ErrorKind, Provider, Secret, providers};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::common::{is_available, secret, secret_text, signs_form};
use crate::support::{
    ELSEWHERE, URL, body_of, catalogue, covered, for_each_provider, free_start, is_complete, sign, verify,
};

#[test]
fn what_is_signed_verifies() {
    for_each_provider!(provider in catalogue(), |(text in ".{0,300}")| {
        let body = body_of(provider, &text);
        verify(provider, secret(provider), &sign(provider, &body), (URL, &body))?;
    });
}

#[test]
fn a_flipped_bit_of_the_body_is_rejected() {
    let signs_body = |provider: &&Provider| provider.coverage().unwrap().body || signs_form(provider);
    for_each_provider!(provider in catalogue().filter(signs_body), |(text in ".{1,300}", at: Index, bit in 0..8)| {
        let body = body_of(provider, &text);
        let headers = sign(provider, &body);
        let mut tampered = body.clone();
        tampered[at.index(body.len())] ^= 1_u8 << bit;
        // A form is signed decoded: for example `+` and `%20` are equivalent.
        prop_assume!(!signs_form(provider) || tampered.is_ascii());
        prop_assert!(verify(provider, secret(provider), &headers, (URL, &tampered)).is_err());
    });
}

#[test]
fn a_flipped_bit_of_a_signed_header_is_rejected() {
    for_each_provider!(provider in catalogue(), |(text in ".{0,300}", at: Index, bit in 0..7)| {
        let body = body_of(provider, &text);
        let signed = sign(provider, &body);
        for (name, _) in covered(provider) {
            let mut value = signed[&name].as_bytes().to_vec();
            let is_signature = matches!(&provider.scheme.signature.at, Location::Header(names) if names.replace('*', "1").starts_with(name.as_str()));
            let start = if is_signature { free_start(provider, &value) } else { 0 };
            let index = start + at.index(value.len() - start);
            value[index] ^= 1_u8 << bit;
            // Hexadecimal digits may be upper case.
            let same = is_signature && provider.scheme.signature.encoding == Encoding::Hex && value.eq_ignore_ascii_case(signed[&name].as_bytes());
            // So may the authentication scheme.
            let original = signed[&name].as_bytes();
            let scheme = original.iter().position(|byte| *byte == b' ').filter(|_| name == "authorization");
            let same = same || scheme.is_some_and(|end| {
                value[end..] == original[end..] && value[..end].eq_ignore_ascii_case(&original[..end])
            });
            let Ok(value) = HeaderValue::from_bytes(&value) else { continue };
            let mut headers = signed.clone();
            headers.insert(&name, value);
            let accepted = verify(provider, secret(provider), &headers, (URL, &body)).is_ok();
            prop_assert!(!accepted || same, "{name}: {headers:?}");
        }
    });
}

#[test]
fn a_flipped_bit_of_the_signed_url_is_rejected() {
    let signs = |provider: &&Provider| provider.scheme.content.as_str().contains("{url");
    for_each_provider!(provider in catalogue().filter(signs), |(text in ".{0,300}", at: Index, bit in 0..7)| {
        let body = body_of(provider, &text);
        let headers = sign(provider, &body);
        let signed = if provider.scheme.content.as_str().contains("{url}") { URL } else { URL.split('?').next().unwrap() };
        let mut url = URL.as_bytes().to_vec();
        url[at.index(signed.len())] ^= 1_u8 << bit;
        let Ok(url) = String::from_utf8(url) else { return Ok(()) };
        prop_assert!(verify(provider, secret(provider), &headers, (&url, &body)).is_err(), "{url}");
    });
}

#[test]
fn another_secret_is_rejected() {
    for_each_provider!(provider in catalogue(), |(text in ".{0,300}", key in "[A-Za-z0-9]{8,40}")| {
        let body = body_of(provider, &text);
        let other = match provider.scheme.algorithm.feature() {
            Some(feature) => other_public_key(feature),
            None => secret_text(provider, &key, &key.repeat(4)),
        };
        let other = Secret::new(other).unwrap();
        let error = verify(provider, other, &sign(provider, &body), (URL, &body)).unwrap_err();
        prop_assert_eq!(error.kind(), ErrorKind::SignatureMismatch);
    });
}

/// Returns a public key of a provider, unrelated to the test keys.
fn other_public_key(feature: &str) -> String {
    let slug = match feature {
        "ed25519" => "discord",
        "ecdsa" => "sendgrid",
        _ => "wise",
    };
    let vectors = crate::vectors::deliveries();
    let vector = vectors.iter().find(|vector| vector["scheme_slug"] == slug && vector["expect"] == "valid");
    vector.unwrap()["secret"].as_str().unwrap().to_owned()
}

#[test]
fn no_header_and_no_body_makes_the_verifier_panic() {
    let complete = providers::all().filter(|provider| is_available(provider) && is_complete(provider));
    for_each_provider!(provider in complete, |(
        values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 3),
        body in prop::collection::vec(any::<u8>(), 0..200),
    )| {
        let signable = ELSEWHERE.iter().all(|(slug, _)| *slug != provider.slug);
        let mut headers = if signable { sign(provider, &body_of(provider, "x")) } else { HeaderMap::new() };
        let names: Vec<HeaderName> = headers.keys().cloned().collect();
        for (name, value) in names.iter().zip(&values) {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                headers.append(name, value);
            }
        }
        let _ = verify(provider, secret(provider), &headers, (URL, &body));
    });
}
