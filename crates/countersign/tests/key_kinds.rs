//! Checks that unusable keys are refused: public keys as shared secrets, and public keys that do not protect.
#![cfg(all(feature = "asymmetric", feature = "jwt", feature = "nfkd", feature = "crc32"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "common/fixtures.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod fixtures;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use countersign::scheme::KeyEncoding;
use countersign::{
    ConfigError, Provider, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, providers,
};
use serde_json::json;

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("data/keys/", $name))
    };
}

fn der(pem: &str) -> Vec<u8> {
    let digits: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(digits).unwrap()
}

fn verifier(provider: &Provider, text: &str) -> Result<Verifier, ConfigError> {
    Verifier::new(fixtures::complete(provider), Secret::new(text)?)
}

/// Returns modulus and exponent of the test key.
fn numbers() -> (Vec<u8>, Vec<u8>) {
    let pkcs1 = der(key!("rsa2048.pkcs1-public.pem"));
    // SEQUENCE, INTEGER with a leading zero, INTEGER.
    (pkcs1[9..9 + 256].to_vec(), pkcs1[pkcs1.len() - 3..].to_vec())
}

/// Returns a key in OpenSSH's format (RFC 4253, section 6.6).
fn openssh(kind: &str, parts: &[&[u8]]) -> String {
    let mut blob = Vec::new();
    for part in [&[kind.as_bytes()], parts].concat() {
        blob.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
        blob.extend(part);
    }
    STANDARD.encode(blob)
}

/// Returns each usual form of public keys, by name.
fn forms() -> Vec<(String, String)> {
    let mut forms = Vec::new();
    for (name, pem) in [
        ("RSA, SPKI", key!("rsa2048.spki.pem")),
        ("RSA, PKCS#1", key!("rsa2048.pkcs1-public.pem")),
        ("certificate", key!("rsa2048.cert.pem")),
        ("P-256, SPKI", key!("ec.spki.pem")),
        ("Ed25519, SPKI", key!("ed.spki.pem")),
        ("P-384, SPKI", key!("p384.spki.pem")),
        ("RSA, PKCS#8", key!("rsa2048.pkcs8.pem")),
        ("RSA, PKCS#1, private", key!("rsa2048.pkcs1.pem")),
        ("P-256, SEC1", key!("ec.sec1.pem")),
    ] {
        let bytes = der(pem);
        let base64 = STANDARD.encode(&bytes);
        let lines: Vec<_> =
            base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let hex = const_hex::encode(&bytes);
        let colons: Vec<_> = hex.as_bytes().chunks(2).map(|two| std::str::from_utf8(two).unwrap()).collect();
        for (form, text) in [
            ("PEM", pem.to_owned()),
            ("PEM in one line", pem.trim_end().replace('\n', "\\n")),
            ("PEM behind its label", format!("public key: {}", pem.trim_end())),
            ("PEM in Base64", STANDARD.encode(pem)),
            ("DER in Base64", base64.clone()),
            ("DER in Base64 without padding", base64.trim_end_matches('=').to_owned()),
            ("DER in Base64 with line breaks", lines.join("\n")),
            ("DER in Base64 with Windows's line breaks", lines.join("\r\n")),
            ("DER in Base64 with escaped line breaks", lines.join("\\n")),
            ("DER in Base64url", URL_SAFE.encode(&bytes)),
            ("DER in Base64url without padding", URL_SAFE_NO_PAD.encode(&bytes)),
            ("DER in Base64 twice", STANDARD.encode(&base64)),
            ("DER in hexadecimal", hex.clone()),
            ("DER in upper-case hexadecimal", hex.to_uppercase()),
            ("DER in hexadecimal behind 0x", format!("0x{hex}")),
            ("DER in hexadecimal with colons", colons.join(":")),
        ] {
            forms.push((format!("{name} as {form}"), text));
        }
    }
    let (n, e) = numbers();
    let [n_text, e_text] = [&n, &e].map(|number| URL_SAFE_NO_PAD.encode(number));
    let rsa = json!({"kty": "RSA", "n": n_text, "e": e_text, "kid": "1"});
    let okp = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode([7; 32])});
    let ssh = openssh("ssh-rsa", &[&e, &[&[0], &n[..]].concat()]);
    let ssh_ed = openssh("ssh-ed25519", &[&[7; 32]]);
    for (form, text) in [
        ("JWK", rsa.to_string()),
        ("JWK of Ed25519", okp.to_string()),
        ("JWK in many lines", serde_json::to_string_pretty(&rsa).unwrap()),
        ("JWK in Base64", STANDARD.encode(rsa.to_string())),
        ("JWKS", json!({"keys": [rsa, okp]}).to_string()),
        ("list of JWKs", json!([rsa]).to_string()),
        ("OpenSSH", format!("ssh-rsa {ssh} me@example.com")),
        ("OpenSSH without its kind", ssh.clone()),
        ("OpenSSH with options", format!("no-pty ssh-rsa {ssh}")),
        ("OpenSSH of Ed25519", format!("ssh-ed25519 {ssh_ed}")),
        ("SSH2", format!("---- BEGIN SSH2 PUBLIC KEY ----\n{ssh}\n---- END SSH2 PUBLIC KEY ----")),
        ("Standard Webhooks", format!("whpk_{}", STANDARD.encode([7; 32]))),
    ] {
        forms.push((form.to_owned(), text));
    }
    forms
}

#[test]
fn a_public_key_in_any_form_is_no_shared_secret() {
    let forms = forms();
    let (mut declarations, mut formats) = (0, Vec::new());
    for provider in providers::all() {
        let scheme = &provider.scheme;
        let hashes = scheme.jwt.as_ref().is_some_and(|token| token.algorithms.contains("HS"));
        if scheme.algorithm.is_asymmetric() || scheme.jwt.is_some() && !hashes {
            continue;
        }
        declarations += 1;
        // Mixed declarations recognise these forms as RSA keys and keys on curves.
        let mixed = scheme.jwt.as_ref().is_some_and(|token| !token.algorithms.starts_with("HS"));
        let id = if scheme.key.after.is_empty() { String::new() } else { format!("id{}", scheme.key.after) };
        let prefix = scheme.key.prefix.split('|').next().unwrap();
        // All forms for each conversion of text into keys, and some for each declaration.
        let format = (&scheme.key, mixed);
        let is_new = !formats.contains(&format);
        formats.extend(is_new.then_some(format));
        let (first, step) = if is_new { (0, 1) } else { (declarations % 29, 29) };
        for (form, text) in forms.iter().skip(first).step_by(step) {
            for text in [format!("{id}{text}"), format!("{id}{prefix}{text}")] {
                let (Ok(secret), false) = (Secret::new(text.clone()), mixed) else { continue };
                let built = Verifier::new(fixtures::complete(provider), secret).map(drop);
                assert!(built.is_err(), "{}: {form} is taken as a shared secret", provider.slug);
                let error = built.unwrap_err();
                assert!(
                    ["secret", "scheme.algorithm"].contains(&error.field()),
                    "{}: {error}",
                    provider.slug
                );
            }
        }
    }
    assert!(declarations > 150, "{declarations}");
}

#[test]
fn a_refused_public_key_comes_with_the_cure() {
    let pkcs1 = STANDARD.encode(der(key!("rsa2048.pkcs1-public.pem")));
    for provider in [&providers::STRIPE, &providers::NETLIFY, &providers::GITHUB, &providers::FUSIONAUTH_HMAC]
    {
        let error = verifier(provider, &pkcs1).unwrap_err().to_string();
        assert!(
            error.contains("signing secret") || error.contains("tokens are signed with HS"),
            "{}: {error}",
            provider.slug
        );
    }
}

#[test]
fn common_secrets_are_no_public_keys() {
    for text in [
        "secret",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
        "ssh-rsa is no key",
        r#"{"keys":"none"}"#,
        r#"{"a":1}"#,
        "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm",
        &"A".repeat(300),
    ] {
        assert!(verifier(&providers::GITHUB, text).is_ok(), "{text}");
    }
}

#[test]
fn a_shared_secret_is_opt_in_where_families_mix() {
    let mut mixed = 0;
    for provider in providers::all() {
        let Some(rules) = &provider.scheme.jwt else { continue };
        let shared = rules.algorithms.split('|').filter(|name| name.starts_with("HS")).count();
        if shared == 0 || shared == rules.algorithms.split('|').count() {
            continue;
        }
        mixed += 1;
        let error = verifier(provider, "a secret of ours").unwrap_err().to_string();
        assert!(error.contains("with_shared_secrets"), "{}: {error}", provider.slug);
        assert!(verifier(&provider.clone().with_shared_secrets(), "a secret of ours").is_ok());
        assert!(Signer::new(fixtures::complete(provider), Secret::new("a secret of ours").unwrap()).is_err());
        // Public keys in unusual forms stay public keys, whether or not shared secrets are enabled.
        let now = UnixTime::from_secs(1_700_000_000);
        let signer = Secret::new(key!("rsa2048.pkcs8.pem")).unwrap();
        let signer = Signer::new(fixtures::complete(provider), signer).unwrap();
        let headers = signer.sign(&SigningRequest::new("{}", now)).unwrap();
        for provider in [provider.clone(), provider.clone().with_shared_secrets()] {
            for pem in [key!("rsa2048.pkcs1-public.pem"), key!("rsa2048.spki.pem"), key!("rsa2048.cert.pem")]
            {
                for text in [STANDARD.encode(der(pem)), URL_SAFE_NO_PAD.encode(der(pem))] {
                    let verifier = verifier(&provider, &text).unwrap();
                    assert!(verifier.verify(&countersign::Head::new(&headers), "{}", now).is_ok());
                }
            }
        }
    }
    assert_eq!(mixed, 1);
}

#[test]
fn an_rsa_key_under_which_everybody_or_nobody_signs_is_refused() {
    let (n, _) = numbers();
    let mut even = n.clone();
    even[255] &= 0xfe;
    let jwk = |n: &[u8], e: &[u8]| {
        json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode(n), "e": URL_SAFE_NO_PAD.encode(e)}).to_string()
    };
    let spki = |e: &[u8]| {
        let integer = |number: &[u8]| {
            let length = u16::try_from(number.len()).unwrap().to_be_bytes();
            [&[2, 0x82], &length[..], number].concat()
        };
        let within = |tag: u8, content: &[u8]| {
            let length = u16::try_from(content.len()).unwrap().to_be_bytes();
            [&[tag, 0x82], &length[..], content].concat()
        };
        let short = |number: &[u8]| [&[2, u8::try_from(number.len()).unwrap()], number].concat();
        let pkcs1 = within(0x30, &[integer(&[&[0], &n[..]].concat()), short(e)].concat());
        format!("-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n", STANDARD.encode(pkcs1))
    };
    let families = || [&providers::WISE, &providers::FUSIONAUTH, &providers::KINDE, &providers::AWS_SNS];
    let large = [1, 0, 0, 0, 0, 1];
    for exponent in [&[0][..], &[1], &[2], &[4], &[1, 0, 0], &[0, 0, 1], &[1, 0, 2], &large] {
        for provider in families() {
            let error = verifier(provider, &jwk(&n, exponent)).map(drop);
            assert!(error.is_err(), "{}: an exponent of {exponent:?} is taken", provider.slug);
            assert_eq!(error.unwrap_err().field(), "secret");
            if exponent.len() == 1 {
                assert!(verifier(provider, &spki(exponent)).is_err(), "{}, PEM: {exponent:?}", provider.slug);
            }
        }
    }
    for provider in families() {
        for exponent in [&[3][..], &[17], &[1, 0, 1], &[0, 1, 0, 1]] {
            verifier(provider, &jwk(&n, exponent)).unwrap();
        }
        assert!(verifier(provider, &jwk(&even, &[1, 0, 1])).is_err(), "{}: even modulus", provider.slug);
        for length in [64, 128, 255] {
            assert!(verifier(provider, &jwk(&n[256 - length..], &[1, 0, 1])).is_err(), "{length} bytes");
        }
        assert!(verifier(provider, key!("rsa1024.spki.pem")).is_err(), "{}", provider.slug);
    }
    // In a published set, too.
    let set = format!(r#"{{"keys":[{}]}}"#, jwk(&n, &[1]));
    let set = SecretSet::from_jwks(&set).unwrap();
    assert!(Verifier::new(&providers::WISE, set.clone()).is_err());
    assert!(Verifier::new(&providers::KINDE, set).is_err());
}

#[test]
fn an_hmac_key_in_a_jwk_is_no_public_key() {
    let jwk = |bytes: &[u8]| json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(bytes)}).to_string();
    for provider in [&providers::FUSIONAUTH, &providers::FUSIONAUTH_HMAC] {
        verifier(provider, &jwk(&[7; 32])).unwrap();
        for bytes in [der(key!("rsa2048.spki.pem")), key!("rsa2048.spki.pem").into()] {
            assert!(verifier(provider, &jwk(&bytes)).is_err(), "{}", provider.slug);
        }
    }
}

#[test]
fn keys_in_other_encodings_are_public_keys_all_the_same() {
    let formats = [KeyEncoding::Utf8, KeyEncoding::Base64, KeyEncoding::Hex];
    for encoding in formats {
        let mut provider = providers::GITHUB.clone();
        provider.scheme.key.encoding = encoding;
        for (form, text) in forms() {
            let Ok(secret) = Secret::new(text) else { continue };
            assert!(Verifier::new(provider.clone(), secret).is_err(), "{encoding:?}: {form}");
        }
    }
}

#[test]
fn polars_secrets_of_both_kinds_verify_and_the_newer_kind_signs() {
    // The same secret before September 2026 (the key is the text) and since then (the key is the Base64 after
    // `whsec_`).
    let secret = || Secret::new("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=").unwrap();
    let body = r#"{"type":"order.created","timestamp":"2026-09-20T10:00:00Z","data":{"id":"ord-1"}}"#;
    let now = UnixTime::from_secs(1_790_000_000);
    let (old, new) = (
        "v1,8A4gXAi333K3dYglOxCsTxmehbE0trg5AY2eKKMhZAw=",
        "v1,EeVOdkV0Z1B9ALP7tcT/g+FeJLKDf+gGJ16F3J/34x8=",
    );
    let verifier = Verifier::new(&providers::POLAR, secret()).unwrap();
    for (signature, accepted) in [(old, true), (new, true), (&*old.replace('8', "9"), false)] {
        let mut headers = http::HeaderMap::new();
        for (name, value) in
            [("webhook-id", "msg_1"), ("webhook-timestamp", "1790000000"), ("webhook-signature", signature)]
        {
            headers.insert(name, value.parse().unwrap());
        }
        let verdict = verifier.verify(&countersign::Head::new(&headers), body, now);
        assert_eq!(
            verdict.map(|delivery| delivery.key() == "primary").unwrap_or_default(),
            accepted,
            "{signature}"
        );
    }
    let signer = Signer::new(&providers::POLAR, secret()).unwrap();
    let signed = signer.sign(&SigningRequest::new(body, now).with_id("msg_1")).unwrap();
    assert_eq!(signed["webhook-signature"], new);
}

#[test]
fn plain_and_longer_hashes_verify_what_openssl_computes() {
    use countersign::scheme::{Algorithm, Encoding, Scheme, SignatureField};

    // `printf %s 'bodysecret' | openssl dgst -md5` (and -sha512), `printf %s body | openssl dgst -sha384 -hmac secret`.
    for (algorithm, content, expected) in [
        (Algorithm::Md5, "{body}{secret}", MD5),
        (Algorithm::Sha512, "{body}{secret}", SHA512),
        (Algorithm::HmacSha384, "{body}", HMAC_SHA384),
    ] {
        let signature = SignatureField::header("x-signature", Encoding::Hex);
        let provider = Provider::new("own", "Own", Scheme::new(algorithm, signature, content));
        provider.check().unwrap();
        let secret = || Secret::new("secret").unwrap();
        let now = UnixTime::from_secs(0);
        let headers =
            Signer::new(provider.clone(), secret()).unwrap().sign(&SigningRequest::new("body", now));
        let headers = headers.unwrap();
        assert_eq!(headers["x-signature"], expected, "{algorithm:?}");
        let verifier = Verifier::new(provider, secret()).unwrap();
        assert!(verifier.verify(&countersign::Head::new(&headers), "body", now).is_ok());
        assert!(verifier.verify(&countersign::Head::new(&headers), "bodz", now).is_err());
    }
}

const MD5: &str = "5b10c492bffea48ea107885bfec9f135";
const SHA512: &str = concat!(
    "9118e238c8c9582e3b9eab23e2731d79592328e1ab4d68a844f28de576e75ef1",
    "56f5025222d324e767c68d621bc8f992256d556c5d2841cf28ac0890a8e74a8b"
);
const HMAC_SHA384: &str =
    "ad10d2f2362ff0d063353e51c631bd545244456ef64ea31871021a1681e44e973c7913cbde7bd978cfd254a83ab2ae19";

#[test]
fn rsa_with_sha_512_verifies_what_openssl_signs() {
    use countersign::scheme::{Algorithm, Encoding, Scheme, SignatureField};

    let signature = SignatureField::header("x-signature", Encoding::Base64);
    let provider = Provider::new("own", "Own", Scheme::new(Algorithm::RsaSha512, signature, "{body}"));
    let secret = |text| Secret::new(text).unwrap();
    let now = UnixTime::from_secs(0);
    let signer = Signer::new(provider.clone(), secret(key!("rsa2048.pkcs8.pem"))).unwrap();
    let headers = signer.sign(&SigningRequest::new("body", now)).unwrap();
    // `printf %s body | openssl dgst -sha512 -sign rsa2048.pkcs8.pem`, which is the same each time.
    assert_eq!(headers["x-signature"], RSA_SHA512);
    let verifier = Verifier::new(provider, secret(key!("rsa2048.spki.pem"))).unwrap();
    assert!(verifier.verify(&countersign::Head::new(&headers), "body", now).is_ok());
    assert!(verifier.verify(&countersign::Head::new(&headers), "bodz", now).is_err());
}

#[test]
fn midtrans_signs_order_status_and_amount() {
    // SHA-512 of "order-10" "200" "10000.00" "server-key", by OpenSSL.
    let verifier = Verifier::new(&providers::MIDTRANS, Secret::new("server-key").unwrap()).unwrap();
    let body = |amount: &str| {
        json!({"order_id": "order-10", "status_code": "200", "gross_amount": amount, "transaction_id": "t1",
            "transaction_status": "settlement", "signature_key": MIDTRANS})
        .to_string()
    };
    let verify = |body: String| {
        let headers = http::HeaderMap::new();
        verifier.verify(&countersign::Head::new(&headers), body, UnixTime::from_secs(0))
    };
    let delivery = verify(body("10000.00")).unwrap();
    assert!(!delivery.is_body_signed() && delivery.id().is_none());
    assert!(!delivery.event_type().unwrap().is_signed());
    assert!(verify(body("10000.01")).is_err());
}

const RSA_SHA512: &str = concat!(
    "WUUydKq51H2jJsC9BqgiMTjIBq6X1yIjvNvzq12Du4ubN2Lo7sLDWNTWrtqrR727YZVHXb9eYMotxYd6Cww6j5i82LxorlNz",
    "U3tJ207QqCV1JyJR3AtEWkSEbTst4UnnYSDnaQF8RBKhFg93k1GhYOSZKvjQ4nEzHCTLTClCVXisjesgb+KwAxGBsIyKK4Iq",
    "2IvrwPUbB9Z6lE6PWzZpoyvXQz+BhbunlgJAxVgNEiWDH1T6zErOhJ/GXpUWkqBWrANvxarRWl5NnoLzOU3gNHQxRcCup1wp",
    "u+IPAl7FCorpe2FUAJX9uUgfwBSf8TDyOZK1vO1QNMD4t0y2HKszTQ==",
);
const MIDTRANS: &str = concat!(
    "079441744ebccde64c383b6cacebfc1fd97c690ee50d12e992ffb2826844b2b31f5c55e2fa069adef870028280c90a36",
    "43e1a1aaab49227d70699f298da4f4a7",
);
