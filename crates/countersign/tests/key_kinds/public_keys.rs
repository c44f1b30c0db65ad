//! Tests that a public key is no shared secret, in whatever form.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use countersign::scheme::KeyEncoding;
use countersign::{Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
use serde_json::json;

use crate::fixtures;
use crate::support::{der, key, verifier};

/// Returns modulus and exponent of the test key.
pub(crate) fn numbers() -> (Vec<u8>, Vec<u8>) {
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
            error.contains("signing secret") || error.contains("JWTs are signed with HS"),
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
            let refused = Verifier::new(provider.clone(), secret).unwrap_err().to_string();
            assert!(refused.contains("one half of a pair"), "{encoding:?}: {form}: {refused}");
        }
    }
}
