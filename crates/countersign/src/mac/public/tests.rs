#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use ::base64::Engine;
use ::base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;
use crate::scheme::Encoding;

/// A file of `tests/data/keys`.
macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../../../tests/data/keys/", $name))
    };
}

const PAIRS: [(Algorithm, &str, &str); 5] = [
    (Algorithm::Ed25519, key!("ed.pkcs8.pem"), key!("ed.spki.pem")),
    (Algorithm::EcdsaP256Sha256, key!("ec.pkcs8.pem"), key!("ec.spki.pem")),
    (Algorithm::EcdsaP256Sha1, key!("ec.sec1.pem"), key!("ec.spki.pem")),
    (Algorithm::RsaSha256, key!("rsa2048.pkcs8.pem"), key!("rsa2048.spki.pem")),
    (Algorithm::RsaSha1, key!("rsa2048.pkcs1.pem"), key!("rsa2048.cert.pem")),
];
const ENCODINGS: [Encoding; 3] = [Encoding::Hex, Encoding::Base64, Encoding::Base64Url];

fn loaded(algorithm: Algorithm, role: Role, key: &str) -> Result<Running, String> {
    let running = load(algorithm, &KeyFormat::base64("whpk_"), key, role);
    running.map_err(|error| error.to_string())
}

fn sign(algorithm: Algorithm, key: &str, message: &[u8], encoding: Encoding) -> Result<String, String> {
    Ok(loaded(algorithm, Role::Signer, key)?.sign(&[message], encoding))
}

fn verify(algorithm: Algorithm, key: &str, message: &[u8], signature: &str) -> Result<bool, String> {
    let mut running = loaded(algorithm, Role::Verifier, key)?;
    running.update(message);
    Ok(running.verifies(&[signature.as_bytes()], Encoding::Base64))
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

fn unhex(digits: &str) -> Vec<u8> {
    const_hex::decode(digits).unwrap()
}

/// The Base64 in a PEM file.
fn body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

#[test]
fn what_is_signed_verifies_and_any_flipped_bit_does_not() {
    for (algorithm, private, public) in PAIRS {
        for encoding in ENCODINGS {
            let text = sign(algorithm, private, b"a body", encoding).unwrap();
            let check = |message: &[u8]| {
                let mut running = loaded(algorithm, Role::Verifier, public).unwrap();
                running.update(message);
                running.verifies(&[b"", b"AAAA", text.as_bytes()], encoding)
            };
            assert!(check(b"a body"), "{algorithm:?} {encoding:?}");
            assert!(!check(b"a bodY"), "{algorithm:?} {encoding:?}");
        }
        let text = sign(algorithm, private, b"a body", Encoding::Base64).unwrap();
        let signature = STANDARD.decode(&text).unwrap();
        let mut running = loaded(algorithm, Role::Verifier, public).unwrap();
        running.update(b"a body");
        let accepts = |bytes: &[u8]| running.clone().verifies(&[base64(bytes).as_bytes()], Encoding::Base64);
        assert!(accepts(&signature));
        // All but Ed25519 is slow without optimisation: there each byte has one of its bits flipped.
        let step = if signature.len() > 64 { 9 } else { 1 };
        for bit in (0..signature.len() * 8).step_by(step) {
            let mut flipped = signature.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!accepts(&flipped), "{algorithm:?} bit {bit}");
        }
        for length in [0, 1, signature.len() - 1] {
            assert!(!accepts(&signature[..length]), "{algorithm:?} {length}");
        }
        assert!(!accepts(&[&signature[..], &[0]].concat()), "{algorithm:?}");
    }
}

#[test]
fn content_in_pieces_is_the_same_content() {
    for (algorithm, private, public) in PAIRS {
        let text = sign(algorithm, private, b"in three pieces", Encoding::Base64).unwrap();
        let mut running = loaded(algorithm, Role::Verifier, public).unwrap();
        for piece in ["in ", "", "three", " pieces"] {
            running.update(piece.as_bytes());
        }
        assert!(running.verifies(&[text.as_bytes()], Encoding::Base64), "{algorithm:?}");
    }
}

#[test]
fn neither_half_does_what_the_other_is_for() {
    for (algorithm, private, public) in PAIRS {
        let text = sign(algorithm, private, b"", Encoding::Base64).unwrap();
        let signer = loaded(algorithm, Role::Signer, private).unwrap();
        assert!(!signer.verifies(&[text.as_bytes(), b""], Encoding::Base64));
        assert_eq!(loaded(algorithm, Role::Verifier, public).unwrap().sign(&[], Encoding::Base64), "");
    }
}

#[test]
fn a_key_is_read_in_every_format_that_it_is_handed_out_in() {
    let seed = unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let public = unhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let pair = [&seed[..], &public].concat();
    let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    // RFC 8032, 7.1, test 1, with the empty message.
    let expected = unhex(concat!(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b",
        "d25bf5f0595bbe24655141438e7a100b"
    ));
    let prefixed = |prefix: &str, bytes: &[u8]| format!("{prefix}{}", base64(bytes));
    let seed_of_rfc = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    for text in [seed_of_rfc.to_owned(), base64(&seed), prefixed("whsk_", &pair), prefixed("whsk_", &seed)] {
        assert_eq!(sign(Algorithm::Ed25519, &text, b"", Encoding::Base64).unwrap(), base64(&expected));
    }
    let hex = const_hex::encode(&public);
    let unpadded = base64(&public).trim_end_matches('=').to_owned();
    for text in [hex.to_uppercase(), hex, unpadded, prefixed("whpk_", &public), jwk.to_owned()] {
        assert_eq!(verify(Algorithm::Ed25519, &text, b"", &base64(&expected)), Ok(true), "{text}");
    }

    for (algorithm, private, public) in [
        (Algorithm::Ed25519, &[key!("ed.pkcs8.pem")][..], &[key!("ed.spki.pem")][..]),
        (Algorithm::EcdsaP256Sha256, &[key!("ec.pkcs8.pem"), key!("ec.sec1.pem")], &[key!("ec.spki.pem")]),
        (
            Algorithm::RsaSha256,
            &[key!("rsa2048.pkcs8.pem"), key!("rsa2048.pkcs1.pem")],
            &[key!("rsa2048.spki.pem"), key!("rsa2048.pkcs1-public.pem"), key!("rsa2048.cert.pem")],
        ),
    ] {
        let signature = sign(algorithm, private[0], b"x", Encoding::Base64).unwrap();
        for pem in private {
            for text in [(*pem).to_owned(), body(pem), pem.replace('\n', "\r\n"), pem.replace('\n', "\\n")] {
                assert_eq!(sign(algorithm, &text, b"x", Encoding::Base64).unwrap(), signature, "{text}");
            }
        }
        for pem in public {
            for text in [(*pem).to_owned(), body(pem), pem.replace('\n', "\r\n"), pem.replace('\n', "\\n")] {
                assert_eq!(verify(algorithm, &text, b"x", &signature), Ok(true), "{text}");
            }
        }
    }
    sign(Algorithm::EcdsaP256Sha256, key!("ec.parameters.pem"), b"", Encoding::Hex).unwrap();
}

#[test]
fn the_wrong_key_is_refused_with_the_cure() {
    use Algorithm::{EcdsaP256Sha1, EcdsaP256Sha256, Ed25519, RsaSha1, RsaSha256};
    use Role::{Signer, Verifier};
    let pair = format!("whsk_{}", base64([7; 64]));
    let jwk = |fields: &str| format!("{{{fields}}}");
    for (algorithm, role, key, problem) in [
        (Ed25519, Verifier, key!("ed.pkcs8.pem"), "is a private key; the verifier needs the public one"),
        (
            EcdsaP256Sha256,
            Verifier,
            key!("ec.sec1.pem"),
            "is a private key; the verifier needs the public one",
        ),
        (
            RsaSha256,
            Verifier,
            key!("rsa2048.pkcs1.pem"),
            "is a private key; the verifier needs the public one",
        ),
        (
            Ed25519,
            Verifier,
            &pair,
            "is a private key (`whsk_…`); the verifier needs the public one (`whpk_…`)",
        ),
        (Ed25519, Verifier, &base64([7; 64]), "is a private key; the verifier needs the public one"),
        (Ed25519, Signer, &pair, "public half does not belong to the private one"),
        (Ed25519, Signer, "whpk_AA", "is a public key (`whpk_…`)"),
        (Ed25519, Signer, key!("ed.spki.pem"), "is a public key; the signer needs the private one"),
        (EcdsaP256Sha1, Signer, key!("ec.spki.pem"), "is a public key; the signer needs the private one"),
        (RsaSha1, Signer, key!("rsa2048.cert.pem"), "is a public key; the signer needs the private one"),
        (Ed25519, Verifier, key!("rsa2048.spki.pem"), "is an RSA key, and the scheme needs an Ed25519 key"),
        (
            EcdsaP256Sha256,
            Verifier,
            key!("rsa2048.cert.pem"),
            "is an RSA key, and the scheme needs a P-256 key",
        ),
        (
            EcdsaP256Sha256,
            Verifier,
            key!("p384.spki.pem"),
            "is a P-384 key, and the scheme needs a P-256 key",
        ),
        (RsaSha256, Verifier, key!("ed.spki.pem"), "is an Ed25519 key, and the scheme needs an RSA key"),
        (Ed25519, Verifier, key!("x25519.spki.pem"), "is an X25519 key, which signs nothing"),
        (RsaSha256, Verifier, key!("rsa1024.spki.pem"), "is an RSA key of 1024 bits"),
        (RsaSha256, Signer, key!("rsa.encrypted.pem"), "is protected by a passphrase"),
        (Ed25519, Verifier, "AQID", "has 3 bytes, and an Ed25519 key has 32"),
        (Ed25519, Verifier, "not a key!", "is in no format that keys are read in"),
        (RsaSha256, Verifier, &base64([7; 32]), "is in no format that keys are read in"),
        (RsaSha256, Verifier, "{", "looks like a JSON Web Key and is none"),
        (RsaSha256, Verifier, &jwk(r#""kty":"RSA","n":"AQAB","e":"AQAB"#), "looks like a JSON Web Key"),
        (
            RsaSha256,
            Verifier,
            &jwk(r#""kty":"RSA","n":"AQAB","e":"AQAB","d":"AQ""#),
            "is a private JSON Web Key",
        ),
        (RsaSha256, Verifier, &jwk(r#""kty":"RSA","use":"enc""#), "for something else"),
        (RsaSha256, Verifier, &jwk(r#""kty":"RSA","e":"AQAB""#), "without a proper `n`"),
        (RsaSha256, Verifier, &jwk(r#""kty":"RSA","n":"AQAB","e":"AQAB""#), "is an RSA key of 17 bits"),
        (
            EcdsaP256Sha256,
            Verifier,
            &jwk(r#""kty":"EC","crv":"P-256","x":"AQ","y":"AQ""#),
            "proper `x` and `y`",
        ),
        (EcdsaP256Sha256, Verifier, &jwk(r#""kty":"EC","crv":"P-384""#), "is a P-384 key"),
    ] {
        let error = loaded(algorithm, role, key).err().unwrap();
        assert!(error.starts_with("`secret`:") && error.contains(problem), "{algorithm:?} {key}: {error}");
    }
}

#[test]
fn a_weak_ed25519_key_signs_nothing_for_anybody() {
    // The neutral element: with the plain equation its signature is right over every message.
    let neutral = [&[1][..], &[0; 31]].concat();
    let forged = [&neutral[..], &[0; 32]].concat();
    let key = ed25519_dalek::VerifyingKey::from_bytes(neutral.as_slice().try_into().unwrap()).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&forged).unwrap();
    assert!(ed25519_dalek::Verifier::verify(&key, b"anything", &signature).is_ok(), "the attack is real");
    assert_eq!(verify(Algorithm::Ed25519, &base64(&neutral), b"anything", &base64(&forged)), Ok(false));
    // A point of order 4, and 32 bytes that are no point.
    let no_point = [&[0; 31][..], &[1]].concat();
    for key in [base64([0; 32]), base64(&no_point)] {
        assert_eq!(verify(Algorithm::Ed25519, &key, b"anything", &base64(&forged)), Ok(false));
        assert_eq!(verify(Algorithm::Ed25519, &key, b"anything", &base64([0; 64])), Ok(false));
    }
}

#[test]
fn an_ed25519_signature_has_one_form() {
    // The order of the group, little-endian: adding it to S changes nothing in the equation.
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
    // `ECPrivateKey` with nothing but the scalar.
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
        assert!(error.contains("do not belong together"), "{exponent}: {error}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_a_key_panic(
        text in "[ -~]{1,200}|-----BEGIN [A-Z ]{0,9}-----[A-Za-z0-9+/=\\\\n]{0,99}(-----END [A-Z ]{0,9}-----)?|\\{.{0,99}\\}",
        bytes in prop::collection::vec(any::<u8>(), 1..200),
        pair in 0..5_usize,
    ) {
        let mut sequence = vec![0x30, u8::try_from(bytes.len().min(127)).unwrap()];
        sequence.extend_from_slice(&bytes);
        for text in [text.trim().to_owned(), base64(&bytes), base64(&sequence)] {
            for role in [Role::Verifier, Role::Signer] {
                let _ = loaded(PAIRS[pair].0, role, &text);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_key_panics_nowhere(pair in 0..5_usize, at: prop::sample::Index, byte: u8) {
        let (algorithm, private, public) = PAIRS[pair];
        for (role, pem) in [(Role::Signer, private), (Role::Verifier, public)] {
            let mut der = STANDARD.decode(body(pem)).unwrap();
            let index = at.index(der.len());
            der[index] = byte;
            if let Ok(running) = loaded(algorithm, role, &base64(der)) {
                running.sign(&[b"x"], Encoding::Base64);
                running.verifies(&[&[b'A'; 344]], Encoding::Base64);
            }
        }
    }

    #[test]
    fn nothing_that_is_sent_makes_a_key_panic_or_agree(
        pair in 0..5_usize,
        encoding in 0..3_usize,
        candidate in prop::collection::vec(any::<u8>(), 0..700),
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let (algorithm, _, public) = PAIRS[pair];
        let running = loaded(algorithm, Role::Verifier, public).unwrap();
        let encoding = ENCODINGS[encoding];
        prop_assert!(!running.verifies(&[&candidate, text::encode(&bytes, encoding).as_bytes()], encoding));
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
