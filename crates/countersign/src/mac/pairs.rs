//! Recognises public and private keys by the form of their text.
//!
//! A public key is not secret. Used as a shared secret, it would let every sender make valid signatures.

use ::base64::Engine;
use ::base64::alphabet::STANDARD;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

#[cfg(any(feature = "jwt", feature = "rsa"))]
use crate::error::ConfigError;

/// The half of a key pair that is needed. A shared secret serves as both.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Role {
    Verifier,
    Signer,
}

/// A DER container of keys, recognised by its structure.
#[cfg_attr(not(feature = "jwt"), allow(dead_code, reason = "JWTs alone need to tell them apart"))]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Container {
    /// `SubjectPublicKeyInfo` (RFC 5280).
    Spki,
    /// `RSAPublicKey` (RFC 8017).
    Pkcs1,
    /// An X.509 certificate (RFC 5280).
    Certificate,
    /// `PrivateKeyInfo`, `RSAPrivateKey` or `ECPrivateKey`.
    Private,
}

/// Returns whether the text is a key of a pair in any usual form: PEM, DER in Base64 or hexadecimal, a JWK, a JWKS,
/// OpenSSH, or one of them encoded again.
pub(super) fn is_key_of_pair(text: &str) -> bool {
    holds_key(text.as_bytes(), 2)
}

/// Returns whether the bytes of a shared secret are a key of a pair.
#[cfg(feature = "jwt")]
pub(super) fn are_key_of_pair(bytes: &[u8]) -> bool {
    holds_key(bytes, 2)
}

/// Returns the container in the text, in Base64 of either alphabet or in hexadecimal, and its bytes.
#[cfg(feature = "jwt")]
pub(super) fn container(text: &str) -> Option<(Container, Zeroizing<Vec<u8>>)> {
    decodings(text).find_map(|bytes| Some((classify(&bytes)?, bytes)))
}

/// Returns whether the text is an OpenSSH key.
pub(super) fn is_ssh(text: &str) -> bool {
    // RFC 4253, section 6.6: the name of the kind follows its length. In Base64 the length begins alike for all
    // kinds.
    SSH_KINDS.iter().any(|kind| text.split(kind).skip(1).any(|rest| rest.trim_start().starts_with("AAAA")))
        || text.contains("BEGIN SSH2 PUBLIC KEY")
}

fn holds_key(bytes: &[u8], depth: u8) -> bool {
    if classify(bytes).is_some() || is_ssh_blob(bytes) {
        return true;
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    text.contains("-----BEGIN")
        || STANDARD_WEBHOOKS.iter().any(|prefix| text.starts_with(prefix))
        || is_ssh(text)
        || is_json(text)
        || depth > 0 && decodings(text).any(|bytes| holds_key(&bytes, depth - 1))
}

/// Returns the decodings of the text. Line breaks, quotes and colons between hexadecimal digits are ignored.
fn decodings(text: &str) -> impl Iterator<Item = Zeroizing<Vec<u8>>> {
    let mut digits = Zeroizing::new(text.replace("\\n", "").replace("\\r", ""));
    digits.retain(|char| !char.is_whitespace() && !matches!(char, '"' | '\'' | ','));
    let alphabet = Zeroizing::new(digits.trim_end_matches('=').replace('-', "+").replace('_', "/"));
    digits.retain(|char| char != ':');
    let hex = digits.strip_prefix("0x").unwrap_or(&digits);
    let found = [const_hex::decode(hex).ok(), LENIENT.decode(&*alphabet).ok()];
    found.into_iter().flatten().map(Zeroizing::new).filter(|bytes| bytes.len() >= SHORTEST)
}

/// Returns whether the text is a JSON Web Key, or a set or a list of them (RFC 7517).
fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    if !text.starts_with(['{', '[']) {
        return false;
    }
    let is_key = |value: &serde_json::Value| value.get("kty").is_some();
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Array(keys)) => keys.iter().any(is_key),
        Ok(value) => {
            let set = value.get("keys").and_then(serde_json::Value::as_array);
            is_key(&value) || set.is_some_and(|keys| keys.iter().any(is_key))
        }
        Err(_) => false,
    }
}

fn is_ssh_blob(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return false };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    let kind = rest.get(..length).and_then(|kind| std::str::from_utf8(kind).ok());
    kind.is_some_and(|kind| SSH_KINDS.contains(&kind))
}

/// Returns the kind of container that the bytes begin with.
pub(super) fn classify(der: &[u8]) -> Option<Container> {
    let (SEQUENCE, content, _) = element(der)? else { return None };
    let (first, head, rest) = element(content)?;
    let (second, body, rest) = element(rest)?;
    match (first, second) {
        (SEQUENCE, BIT_STRING) => matches!(element(head), Some((OBJECT_ID, ..))).then_some(Container::Spki),
        (SEQUENCE, SEQUENCE) => {
            matches!(element(rest), Some((BIT_STRING, ..))).then_some(Container::Certificate)
        }
        // A modulus of fewer bits is not a key, and could be a coincidence.
        (INTEGER, INTEGER) if head.len() >= 48 && rest.is_empty() => Some(Container::Pkcs1),
        (INTEGER, INTEGER) if body.len() >= 48 => Some(Container::Private),
        (INTEGER, SEQUENCE) => matches!(element(body), Some((OBJECT_ID, ..))).then_some(Container::Private),
        (INTEGER, OCTET_STRING) if head == [1] && body.len() >= 24 => Some(Container::Private),
        _ => None,
    }
}

/// Splits off the first element: its tag, its content, and the bytes after it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// Checks the numbers of an RSA key (RFC 8017, section 3.1). With an exponent of 1 every sender can make valid
/// signatures; an exponent or modulus is never even.
#[cfg(any(feature = "jwt", feature = "rsa"))]
pub(super) fn check_exponent(modulus: &[u8], exponent: &[u8]) -> Result<(), ConfigError> {
    let is_odd = |number: &[u8]| number.last().is_some_and(|digit| digit % 2 == 1);
    let zeros = exponent.iter().take_while(|digit| **digit == 0).count();
    let digits = exponent.get(zeros..).unwrap_or_default();
    // No library accepts more than 33 bits (RFC 8017 has no bound, FIPS 186-5 none below 2^256).
    let is_small = digits.len() <= 4 || digits.len() == 5 && digits.first() == Some(&1);
    if is_odd(exponent) && digits != [1] && is_small && is_odd(modulus) {
        return Ok(());
    }
    let problem = "is an RSA key with an even modulus, or with a public exponent that is even, 1 or above 2^33: \
                   signatures under it prove nothing. Use the provider's key; the exponent is mostly 65537 (`AQAB`)";
    Err(ConfigError::new("secret", problem))
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;

/// The prefixes of a pair's keys in Standard Webhooks.
const STANDARD_WEBHOOKS: [&str; 2] = ["whpk_", "whsk_"];
/// The names of key kinds in RFC 4253, RFC 5656 and RFC 8709.
const SSH_KINDS: [&str; 6] = [
    "ssh-rsa",
    "ssh-dss",
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
];
/// The shortest container in bytes: `SubjectPublicKeyInfo` of Ed25519 has 44, OpenSSH's form of it 51.
const SHORTEST: usize = 40;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

#[cfg(test)]
mod tests {
    use super::*;

    /// Encodes an element in DER.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        let length = match content.len() {
            0..=0x7f => vec![length[1]],
            0x80..=0xff => vec![0x81, length[1]],
            _ => vec![0x82, length[0], length[1]],
        };
        [&[tag], length.as_slice(), content].concat()
    }

    fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
        der(SEQUENCE, &elements.concat())
    }

    #[test]
    fn a_container_is_told_by_its_structure_and_a_coincidence_is_none() {
        let int = |length: usize| der(INTEGER, &vec![7; length]);
        let octets = |length: usize| der(OCTET_STRING, &vec![7; length]);
        let id = || sequence(&[der(OBJECT_ID, &[43, 101, 112])]);
        let bits = || der(BIT_STRING, &[0; 33]);
        let version = |number| der(INTEGER, &[number]);
        for (name, elements, container) in [
            ("SPKI", vec![id(), bits()], Some(Container::Spki)),
            ("a sequence without an algorithm", vec![sequence(&[int(1)]), bits()], None),
            ("PKCS#1", vec![int(48), int(3)], Some(Container::Pkcs1)),
            ("PKCS#1 with a long modulus", vec![int(257), int(3)], Some(Container::Pkcs1)),
            ("two numbers, the first too short", vec![int(47), int(3)], None),
            ("a long number, and three elements", vec![int(48), int(3), int(3)], None),
            ("a private key of RSA", vec![version(0), int(48), int(3)], Some(Container::Private)),
            ("a version and a short number", vec![version(0), int(47), int(3)], None),
            ("PKCS#8", vec![version(0), id(), octets(34)], Some(Container::Private)),
            ("a version and a sequence without an algorithm", vec![version(0), sequence(&[int(1)])], None),
            ("SEC 1", vec![version(1), octets(24)], Some(Container::Private)),
            ("SEC 1 with a short number", vec![version(1), octets(23)], None),
            ("another version than that of SEC 1", vec![version(0), octets(24)], None),
            ("a certificate", vec![sequence(&[]), id(), bits()], Some(Container::Certificate)),
            ("two sequences and no signature", vec![sequence(&[]), id(), octets(33)], None),
        ] {
            assert_eq!(classify(&sequence(&elements)), container, "{name}");
            assert_eq!(classify(&der(BIT_STRING, &elements.concat())), None, "{name}");
        }
    }

    #[test]
    fn a_key_is_found_under_two_encodings_and_not_looked_for_under_more() {
        let encode = |text: &str| STANDARD_BASE64.encode(text);
        let pem = "-----BEGIN PUBLIC KEY-----\nAQIDAQIDAQIDAQIDAQIDAQIDAQID\n-----END PUBLIC KEY-----\n";
        let (once, twice) = (encode(pem), encode(&encode(pem)));
        for text in [pem, &once, &twice] {
            assert!(is_key_of_pair(text), "{text}");
        }
        // Decoding is bounded: a secret of a megabyte is not decoded to the end.
        assert!(!is_key_of_pair(&encode(&twice)));
    }

    #[cfg(any(feature = "jwt", feature = "rsa"))]
    #[test]
    fn the_exponent_of_an_rsa_key_is_odd_above_one_and_not_long() {
        let modulus = [3; 256];
        for (exponent, is_accepted) in [
            (&[3][..], true),
            (&[1, 0, 1], true),
            (&[0, 1, 0, 1], true),
            (&[0xff, 0xff, 0xff, 0xff], true),
            (&[1, 0, 0, 0, 1], true),
            (&[0, 1, 0, 0, 0, 1], true),
            (&[2, 0, 0, 0, 1], false),
            (&[1, 0, 0, 0, 0, 1], false),
            (&[], false),
            (&[0], false),
            (&[1], false),
            (&[0, 1], false),
            (&[2], false),
            (&[1, 0, 0], false),
        ] {
            assert_eq!(check_exponent(&modulus, exponent).is_ok(), is_accepted, "{exponent:?}");
        }
        assert!(check_exponent(&[2; 256], &[3]).is_err(), "an even modulus");
    }

    const STANDARD_BASE64: GeneralPurpose = ::base64::engine::general_purpose::STANDARD;
}
