//! Tests with the vectors of Wycheproof, CCTV and the RFCs, through a verifier. See `data/suites/README.md`.
#![cfg(all(feature = "asymmetric", feature = "jwt"))]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use countersign::{Head, Provider, Secret, Signer, SigningRequest, UnixTime, Verifier, VerifyError};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

/// The tests of `json_web_signature.json` with another result here, each with the reason.
const DIFFERENCES: [(u64, &str); 5] = [
    (346, "the token says PS384, and the key is for PS256"),
    (350, "the token says PS384, and the key is for PS256"),
    (367, "the token is a right one: the file has lost the padding that was to be refused"),
    (370, "the token is a right one: the file has lost the padding that was to be refused"),
    (372, "a letter in the header that is not Base64 is refused here, not ignored"),
];

/// The tests of `json_web_key.json` with another result here, each with the reason.
const KEY_DIFFERENCES: [(u64, &str); 6] = [
    (1, "published sets have keys of several kinds: each is used with its own algorithms alone"),
    (4, "a set with two keys of one name: both are tried"),
    (7, "the weakness of a modulus (ROCA) is not looked for: the provider made the key"),
    (10, "the provider chose the length of the secret: RFC 7518, section 3.2, wants 32 bytes"),
    (11, "the provider chose the length of the secret: RFC 7518, section 3.2, wants 48 bytes"),
    (12, "the provider chose the length of the secret: RFC 7518, section 3.2, wants 64 bytes"),
];

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// Includes a file of `data/suites`.
macro_rules! suite {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("data/suites/", $name, ".json"))).unwrap()
    };
}

#[test]
fn hmac_agrees_with_wycheproof() {
    let suites = [
        ("hmac-sha1", suite!("hmac_sha1"), 20),
        ("hmac-sha256", suite!("hmac_sha256"), 32),
        ("hmac-sha384", suite!("hmac_sha384"), 48),
        ("hmac-sha512", suite!("hmac_sha512"), 64),
    ];
    for (algorithm, suite, length) in suites {
        let verdicts = of_groups(&suite, algorithm, "hex", |test| {
            // A part of a tag is no signature of these schemes, although it is a valid tag.
            let is_whole = text(&test[2]).len() == 2 * length;
            is_whole && test[3] == 1
        });
        assert!(verdicts >= 170, "{algorithm}: {verdicts}");
    }
}

#[test]
fn ecdsa_agrees_with_wycheproof_in_der_and_in_raw_numbers() {
    let suite = suite!("ecdsa_secp256r1_sha256");
    assert_eq!(of_groups(&suite, "ecdsa-p256-sha256", "base64", is_valid), 484);
    let suite = suite!("ecdsa_secp256r1_sha256_p1363");
    assert_eq!(of_groups(&suite, "ecdsa-p256-sha256", "base64", is_valid), 262);
}

#[test]
fn ed25519_agrees_with_wycheproof() {
    assert_eq!(of_groups(&suite!("ed25519"), "ed25519", "base64", is_valid), 151);
}

#[test]
fn rsa_agrees_with_wycheproof() {
    // "Acceptable" ones, whose digest lacks its NULL, are refused.
    assert_eq!(of_groups(&suite!("rsa_signature_2048_sha256"), "rsa-sha256", "base64", is_valid), 259);
}

#[test]
fn ed25519_is_strict_about_the_points_of_cctv() {
    const REFUSED: [&str; 6] = [
        "low_order_A",
        "low_order_R",
        "non_canonical_A",
        "non_canonical_R",
        "low_order_residue",
        "reencoded_k",
    ];
    let verdicts = of_groups(&suite!("cctv_ed25519"), "ed25519", "hex", |test| {
        !text(&test[3]).split(',').any(|flag| REFUSED.contains(&flag))
    });
    assert_eq!(verdicts, 914);
}

#[test]
fn signatures_agree_with_the_rfcs() {
    let mut count = 0;
    for group in suite!("rfc")["groups"].as_array().unwrap() {
        let algorithm = text(&group["algorithm"]);
        let encoding = if algorithm.starts_with("ecdsa") { "base64" } else { "hex" };
        count += of_groups(&json!({ "groups": [group] }), algorithm, encoding, is_valid);
        let Some(private) = group["private"].as_str() else { continue };
        // RFC 6979 says what the signature is.
        let signer = Signer::new(provider(algorithm, "hex"), Secret::new(private).unwrap()).unwrap();
        for test in group["tests"].as_array().unwrap().iter().filter(|test| is_valid(test) && is_der(test)) {
            let request = SigningRequest::new(unhex(&test[1]), NOW);
            assert_eq!(signer.signature(&request).unwrap(), text(&test[2]));
        }
    }
    assert_eq!(count, 48);
}

#[test]
fn tokens_agree_with_the_rfcs() {
    for row in suite!("rfc_tokens").as_array().unwrap() {
        let (algorithm, key) = (text(&row["algorithm"]), row["key"].to_string());
        let payload = unhex(&row["payload"]);
        let verdict = token(algorithm, &key, text(&row["token"]), &payload);
        assert!(verdict.is_ok(), "{}: {verdict:?}", row["source"]);
        let changed = [&payload[..], b" "].concat();
        assert!(token(algorithm, &key, text(&row["token"]), &changed).is_err(), "{}", row["source"]);
    }
}

#[test]
fn tokens_agree_with_wycheproof() {
    let (mut accepted, mut refused, mut wrong, mut seen) = (0, 0, Vec::new(), BTreeSet::new());
    for group in suite!("json_web_signature")["groups"].as_array().unwrap() {
        let mut key = group["key"].clone();
        if key["alg"] == "ES521" {
            // The file confuses the curve with the hash: RFC 7518, section 3.1, calls the algorithm ES512.
            key["alg"] = json!("ES512");
        }
        let algorithm = key["alg"].as_str().unwrap_or("RS256");
        for test in group["tests"].as_array().unwrap() {
            let Some((token, payload)) = detached(text(&test[1])) else { continue };
            let verdict = self::token(algorithm, &key.to_string(), &token, &payload);
            seen.insert(algorithm.to_owned());
            let differs = DIFFERENCES.iter().any(|(number, _)| test[0] == *number);
            let expected = (test[2] == 1) != differs;
            if verdict.is_ok() == expected {
                *(if expected { &mut accepted } else { &mut refused }) += 1;
            } else {
                wrong.push(format!("{} of {key}: {verdict:?}", test[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(accepted >= 40 && refused >= 100, "{accepted} {refused}");
    let all = ["ES256", "ES512", "HS256", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"];
    assert!(seen.iter().eq(all), "{seen:?}");
}

/// A key, or a set of keys, and a token of each: most keys are unfit, and their tokens would be right ones.
#[test]
fn keys_of_tokens_agree_with_wycheproof() {
    let (mut accepted, mut refused, mut wrong) = (0, 0, Vec::new());
    for group in suite!("json_web_key")["groups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            let (token, payload) = detached(text(&test[1])).unwrap();
            let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
            let header: Value = serde_json::from_slice(&header).unwrap();
            let verdict = self::token(text(&header["alg"]), &group["key"].to_string(), &token, &payload);
            let differs = KEY_DIFFERENCES.iter().any(|(number, _)| test[0] == *number);
            let expected = (test[2] == 1) != differs;
            if verdict.is_ok() == expected {
                *(if expected { &mut accepted } else { &mut refused }) += 1;
            } else {
                wrong.push(format!("{} of {}: {verdict:?}", test[0], group["key"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(accepted + refused, 26);
}

/// Checks the tests of all groups, and returns their number.
fn of_groups(suite: &Value, algorithm: &str, encoding: &str, expected: impl Fn(&Value) -> bool) -> usize {
    let (mut count, mut wrong) = (0, Vec::new());
    for group in suite["groups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            count += 1;
            let verdict = verdict(algorithm, encoding, text(&group["key"]), test);
            if verdict.as_ref().is_ok_and(Result::is_ok) != expected(test) {
                wrong.push(format!("{algorithm} {}: {verdict:?}", test[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}: {}", wrong.len(), wrong.join("\n"));
    count
}

/// Verifies one test. The outer error is that of a key that is refused.
fn verdict(
    algorithm: &str,
    encoding: &str,
    key: &str,
    test: &Value,
) -> Result<Result<(), VerifyError>, String> {
    let secret = Secret::new(key).map_err(|error| error.to_string())?;
    let verifier = Verifier::new(provider(algorithm, encoding), secret).map_err(|error| error.to_string())?;
    let signature = unhex(&test[2]);
    let signature = if encoding == "hex" { text(&test[2]).to_owned() } else { STANDARD.encode(signature) };
    let headers = HeaderMap::from_iter([(
        http::HeaderName::from_static("x-signature"),
        HeaderValue::from_str(&signature).unwrap(),
    )]);
    Ok(verifier.verify(&Head::new(&headers), Bytes::from(unhex(&test[1])), NOW).map(drop))
}

fn provider(algorithm: &str, encoding: &str) -> Provider {
    let declaration = json!({
        "slug": "suite",
        "name": "Suite",
        "doc": "",
        "scheme": {
            "algorithm": algorithm,
            "content": "{body}",
            "key": { "encoding": if encoding == "hex" { "hex" } else { "utf8" } },
            "signature": { "at": "header:x-signature", "encoding": encoding },
        },
    });
    Provider::from_json(&declaration.to_string()).unwrap()
}

fn token(algorithm: &str, key: &str, token: &str, payload: &[u8]) -> Result<(), String> {
    let declaration = json!({
        "slug": "suite",
        "name": "Suite",
        "doc": "",
        "scheme": {
            "algorithm": "jwt",
            "signature": { "at": "header:x-signature", "encoding": "base64url" },
            "jwt": { "algorithms": algorithm, "detached": true },
        },
    });
    let provider = Provider::from_json(&declaration.to_string()).unwrap();
    let secret = Secret::new(key).map_err(|error| error.to_string())?;
    let verifier = Verifier::new(provider, secret).map_err(|error| error.to_string())?;
    let value = HeaderValue::from_str(token).map_err(|error| error.to_string())?;
    let headers = HeaderMap::from_iter([(http::HeaderName::from_static("x-signature"), value)]);
    let verified = verifier.verify(&Head::new(&headers), Bytes::copy_from_slice(payload), NOW);
    verified.map(drop).map_err(|error| error.to_string())
}

/// Takes the payload out of a token, where that is the same token (RFC 7515, appendix F).
fn detached(token: &str) -> Option<(String, Vec<u8>)> {
    let parts: Vec<_> = token.split('.').collect();
    let &[header, payload, signature] = parts.as_slice() else { return None };
    let bytes = URL_SAFE_NO_PAD.decode(payload).ok()?;
    Some((format!("{header}..{signature}"), bytes))
}

/// Returns whether a signature is in DER, in which the signer writes it.
fn is_der(test: &Value) -> bool {
    text(&test[2]).starts_with("30")
}

fn is_valid(test: &Value) -> bool {
    test[3] == 1
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

fn unhex(value: &Value) -> Vec<u8> {
    const_hex::decode(text(value)).unwrap()
}
