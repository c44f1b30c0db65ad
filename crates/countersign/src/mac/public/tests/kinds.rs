//! Tests that keys of other kinds are refused, with their names.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;

use super::support::{base64, body, key, loaded, sign, unhex, verify};
use crate::mac::Role;
use crate::scheme::{Algorithm, Encoding};

/// Encodes an element in DER, of up to 65,535 bytes.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let length = match content.len() {
        0..=0x7f => vec![low],
        0x80..=0xff => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag], length.as_slice(), content].concat()
}

/// Encodes `SubjectPublicKeyInfo` of a key with this algorithm.
fn spki(algorithm: &[Vec<u8>], key: &[u8]) -> String {
    let key = der(0x03, &[&[0], key].concat());
    base64(der(0x30, &[der(0x30, &algorithm.concat()), key].concat()))
}

fn oid(digits: &str) -> Vec<u8> {
    der(0x06, &unhex(digits))
}

/// Returns the error about a key for ECDSA over P-256.
fn refusal(key: &str) -> String {
    loaded(Algorithm::EcdsaP256Sha256, Role::Verifier, key).map(drop).unwrap_err()
}

#[test]
fn a_key_of_another_kind_is_refused_by_its_name_in_a_container() {
    // RFC 8410, RFC 5480 and SEC 2.
    let curve = |digits| [oid("2a8648ce3d0201"), oid(digits)];
    for (key, name) in [
        (spki(&[oid("2b656e")], &[7; 32]), "is an X25519 key"),
        (spki(&[oid("2b6570")], &[7; 32]), "is an Ed25519 key"),
        (spki(&[oid("2b6571")], &[7; 57]), "is an Ed448 key"),
        (spki(&[oid("2b6501")], &[7; 57]), "is a key of another kind"),
        (spki(&curve("2b81040022"), &[4; 97]), "is a P-384 key"),
        (spki(&curve("2b81040023"), &[4; 133]), "is a P-521 key"),
        (spki(&curve("2b8104000a"), &[4; 65]), "is a secp256k1 key"),
        (spki(&curve("2b81040001"), &[4; 65]), "is a key on another curve"),
        (spki(&[oid("2a864886f70d01010a")], &[7; 260]), "is an RSA-PSS key"),
        (body(key!("rsa2048.spki.pem")), "is an RSA key"),
        (body(key!("rsa2048.cert.pem")), "is an RSA key"),
    ] {
        let error = refusal(&key);
        assert!(error.contains(name) && error.contains("needs a P-256 key"), "{name}: {error}");
    }
}

#[test]
fn a_key_of_another_kind_is_refused_by_its_name_as_a_jwk() {
    let [short, long] =
        [32, 48].map(|length| ::base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(vec![7_u8; length]));
    for (key, name) in [
        (format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{short}"}}"#), "is an Ed25519 key"),
        (format!(r#"{{"kty":"OKP","crv":"Ed448","x":"{short}"}}"#), "is a key of another kind"),
        (format!(r#"{{"kty":"EC","crv":"P-384","x":"{long}","y":"{long}"}}"#), "is a P-384 key"),
        (format!(r#"{{"kty":"EC","crv":"P-521","x":"{long}","y":"{long}"}}"#), "is a P-521 key"),
        (format!(r#"{{"kty":"EC","crv":"secp256k1","x":"{short}","y":"{short}"}}"#), "is a secp256k1 key"),
        (r#"{"kty":"oct"}"#.to_owned(), "is a shared secret"),
        // Each coordinate must have full length.
        (
            format!(r#"{{"kty":"EC","crv":"P-256","x":"{long}","y":"{short}"}}"#),
            "without a proper `x` and `y`",
        ),
        (
            format!(r#"{{"kty":"EC","crv":"P-256","x":"{short}","y":"{long}"}}"#),
            "without a proper `x` and `y`",
        ),
    ] {
        let error = refusal(&key);
        assert!(error.contains(name), "{name}: {error}");
    }
}

#[test]
fn a_key_for_pss_alone_verifies_pss_and_nothing_else() {
    let whole = STANDARD.decode(body(key!("rsa2048.spki.pem"))).unwrap();
    // SEQUENCE, the algorithm in 15 bytes, BIT STRING with its four bytes of length and one of unused bits.
    let key = spki(&[oid("2a864886f70d01010a")], &whole[4 + 15 + 5..]);
    let signature =
        sign(Algorithm::RsaPssSha512, key!("rsa2048.pkcs8.pem"), b"a body", Encoding::Base64).unwrap();
    assert_eq!(verify(Algorithm::RsaPssSha512, &key, b"a body", &signature), Ok(true));
    assert_eq!(verify(Algorithm::RsaPssSha512, &key, b"a bodY", &signature), Ok(false));
    let error = loaded(Algorithm::RsaSha256, Role::Verifier, &key).map(drop).unwrap_err();
    assert!(error.contains("is an RSA-PSS key, and the scheme needs an RSA key"), "{error}");
}

#[test]
fn the_salt_of_a_signature_depends_on_the_content() {
    // RFC 8017, section 9.1.1: the trailer is preceded by the masked salt, so equal salts over equal content give
    // equal signatures, which a test can observe.
    let sign = |message: &[u8]| {
        sign(Algorithm::RsaPssSha512, key!("rsa2048.pkcs8.pem"), message, Encoding::Base64).unwrap()
    };
    assert_eq!(sign(b"a body"), sign(b"a body"));
    assert_ne!(sign(b"a body"), sign(b"a bodY"));
}
