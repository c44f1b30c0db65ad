//! Tests of signatures computed by other implementations, and of forgeries.

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;

use super::support::{base64, key, sign, unhex, verify};
use crate::scheme::{Algorithm, Encoding};

#[test]
fn a_weak_ed25519_key_verifies_nothing() {
    // The neutral element: under the plain equation, its signature is valid for every message.
    let neutral = [&[1][..], &[0; 31]].concat();
    let forged = [&neutral[..], &[0; 32]].concat();
    let key = ed25519_dalek::VerifyingKey::from_bytes(neutral.as_slice().try_into().unwrap()).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&forged).unwrap();
    assert!(ed25519_dalek::Verifier::verify(&key, b"anything", &signature).is_ok(), "the attack is real");
    assert_eq!(verify(Algorithm::Ed25519, &base64(&neutral), b"anything", &base64(&forged)), Ok(false));
    // A point of order 4, and 32 bytes that are not a point.
    let no_point = [&[0; 31][..], &[1]].concat();
    for key in [base64([0; 32]), base64(&no_point)] {
        assert_eq!(verify(Algorithm::Ed25519, &key, b"anything", &base64(&forged)), Ok(false));
        assert_eq!(verify(Algorithm::Ed25519, &key, b"anything", &base64([0; 64])), Ok(false));
    }
}

#[test]
fn an_ed25519_signature_has_one_form() {
    // The order of the group, little-endian: adding it to S does not change the equation.
    let order = unhex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let text = sign(Algorithm::Ed25519, key!("ed.pkcs8.pem"), b"x", Encoding::Base64).unwrap();
    let mut signature = STANDARD.decode(&text).unwrap();
    let mut carry = 0;
    for (byte, more) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(more) + carry;
        (*byte, carry) = (sum as u8, sum >> 8);
    }
    assert_eq!(carry, 0);
    assert_eq!(verify(Algorithm::Ed25519, key!("ed.spki.pem"), b"x", &text), Ok(true));
    assert_eq!(verify(Algorithm::Ed25519, key!("ed.spki.pem"), b"x", &base64(signature)), Ok(false));
}

#[test]
fn ecdsa_gives_the_answers_of_its_rfc() {
    // RFC 6979, A.2.5.
    let private = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    let x = unhex("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6");
    let y = unhex("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
    let url = |bytes: &[u8]| ::base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
    let public = format!(r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#, url(&x), url(&y));
    let sha256 = concat!(
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    );
    let sha1 = concat!(
        "61340c88c3aaebeb4f6d667f672ca9759a6ccaa9fa8811313039ee4a35471d32",
        "6d7f147dac089441bb2e2fe8f7a3fa264b9c475098fdcf6e00d7c996e1b8b7eb"
    );
    for (algorithm, signature) in [(Algorithm::EcdsaP256Sha256, sha256), (Algorithm::EcdsaP256Sha1, sha1)] {
        let signature = base64(unhex(signature));
        assert_eq!(verify(algorithm, &public, b"sample", &signature), Ok(true), "{algorithm:?}");
        assert_eq!(verify(algorithm, &public, b"simple", &signature), Ok(false), "{algorithm:?}");
    }
    // `ECPrivateKey` with the scalar only.
    let sec1 = base64([&unhex("30250201010420")[..], &unhex(private)].concat());
    let signed = sign(Algorithm::EcdsaP256Sha256, &sec1, b"sample", Encoding::Base64).unwrap();
    let der = p256::ecdsa::Signature::from_der(&STANDARD.decode(signed).unwrap()).unwrap();
    assert_eq!(const_hex::encode(der.to_bytes()), sha256);
}

#[test]
fn rsa_gives_the_answers_of_openssl() {
    // printf 'a body' | openssl dgst -sha256 -sign rsa2048.pkcs8.pem | base64
    for (algorithm, expected) in [(Algorithm::RsaSha256, RSA_SHA256), (Algorithm::RsaSha1, RSA_SHA1)] {
        let private = key!("rsa2048.pkcs8.pem");
        assert_eq!(sign(algorithm, private, b"a body", Encoding::Base64).unwrap(), expected);
        let public = key!("rsa2048.spki.pem");
        assert_eq!(verify(algorithm, public, b"a body", expected), Ok(true));
        let jwk = format!(r#"{{"kty":"RSA","alg":"RS256","n":"{RSA_MODULUS}","e":"AQAB"}}"#);
        assert_eq!(verify(algorithm, &jwk, b"a body", expected), Ok(true));
    }
    assert_eq!(verify(Algorithm::RsaSha256, key!("rsa2048.spki.pem"), b"a body", RSA_SHA1), Ok(false));
}

#[test]
fn an_exponent_with_which_everything_is_signed_is_refused() {
    for exponent in ["AQ", "Ag", "AA", "AQABAQAB"] {
        let jwk = format!(r#"{{"kty":"RSA","n":"{RSA_MODULUS}","e":"{exponent}"}}"#);
        let error = verify(Algorithm::RsaSha256, &jwk, b"", "").unwrap_err();
        assert!(error.contains("public exponent"), "{exponent}: {error}");
    }
}

const RSA_SHA256: &str = concat!(
    "DJoNvj3grHDCVpwdOZr8CmyvttnSO37vtmhtdxBIhkIO4axqHVsVQRw9X/yW/Rxwwncs7KGeORkzkQOxVzhA5ymtIJ7ov3aG",
    "E7IcrwVxPp8ELeX5TkuN0apXH5Ouoo/gxjyOMuJrcJVatxwapWwhuTggF0MITRYQGfLDWNXXMM49km0n8OQG+0nmfE2EzLW2",
    "Z4d7+F3hQkE6hy0JOSgVXvaXYB+661usIpi8elS0vklL7VGFVgC+znRKRmdC6MwdAZoaQLpwnNRJiuVE2T90buaxstmXu8wW",
    "o2U0StXJed+PouZBCP2WWPt5KsuL4dKfg82/2SSBV3XTy+R90+2E/A==",
);
const RSA_SHA1: &str = concat!(
    "mGWrl0Gf986H9d8RvfwkeJbIRbJ0W49bcynk0cTduWG2rP/lc6gwK/rxhMVMCkOFnYZcqwKwynmpsh6CxUTNm9Sz4Tlqwa9z",
    "OL/+ovHO5bSO3r9+yYTj9lXm9pE1vxCJrpQGHP6Xxad2A2z+fccrffiInGUqYsVU6UiGjoOVA4pk9IVotqbSgdzNrEfeB4jx",
    "hvceszsfK44lSeiwgttO3Hqc4D8MPGZEgZTzSy+mjs8RF3kGm+Pxklfe+tsBa2tZ61LjKzAXEiFGGP33wG6R/q1uHnqinYDl",
    "cfTZwiKGXo70k6mYU//zneMDLTxowRIrgmfvVJPZLp6gqzoiHXre+A==",
);
const RSA_MODULUS: &str = concat!(
    "xqdq47lVlaMLpcp7R7EpjHlGXRzEjViQs9BJvHMDad-gKpKthzebi00bWtyThy4AT9Dy38Z7o3rN_fD2xzlyYnSuF4JJnwDr",
    "XEeAsILj71aUFTshSdDZygHPuxHcRuSDHQGyEt2RFbcYS9nUvWJnpKCBJmubiqx4DHgz6VVbSu56csCQ18-jydBD_KWNltFe",
    "XIDe8mM75cnr13_BeW7ResDo9UC8shhh8rtui_dNGCx7dhvikyGe_kPICrQbiQlptO9efaVg1yH1zjsCiWfgEbWhKcNE5IHa",
    "aw3mFIhjdDa_IlWvrAhRLLZQtGkkUiv4Sib34vtSf7YyoaimHEhAxQ",
);
