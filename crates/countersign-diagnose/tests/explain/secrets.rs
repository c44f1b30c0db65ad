//! Tests of secrets that are stored in another form, and of invalid signatures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::scheme::KeyEncoding;
use countersign::{Provider, Secret, providers};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::fixtures;
use crate::sent::{Sent, assert_named, hex_hmacs, json, shared_body_signers};

const STORED: &str = "s3cr3t-of-ours";

/// Returns the declarations whose key is the text of the secret.
fn text_keys() -> Vec<&'static Provider> {
    let mut all = shared_body_signers();
    all.retain(|provider| {
        let key = &provider.scheme.key;
        key.encoding == KeyEncoding::Utf8
            && key.after.is_empty()
            && key.separator.is_empty()
            && key.prefix.is_empty()
            && !key.sha1
    });
    all
}

#[test]
fn a_digest_of_the_secret_as_the_key_is_named() {
    let body = json("1");
    let keys = [
        const_hex::encode(Sha256::digest(STORED)),
        const_hex::encode(Md5::digest(STORED)),
        const_hex::encode(Sha1::digest(STORED)),
        STANDARD.encode(Sha256::digest(STORED)),
    ];
    for key in keys {
        for provider in text_keys() {
            let provider = fixtures::complete(provider);
            let key = Secret::new(key.as_str()).unwrap();
            let sent = Sent::signed(&provider, key, STORED, body.as_bytes()).unwrap();
            assert_named("digest", &sent, &["secret_digest"]);
        }
    }
}

#[test]
fn a_secret_that_is_stored_otherwise_is_named() {
    let body = json("1");
    let rows: [(&str, String, &[&str]); 9] = [
        ("line break", format!("{STORED}\n"), &["secret_trailing_newline"]),
        ("white space", format!(" {STORED}"), &["secret_white_space"]),
        ("quotes", format!("\"{STORED}\""), &["secret_quoted"]),
        ("name", format!("WEBHOOK_SECRET={STORED}"), &["secret_with_name"]),
        ("whsec_", format!("whsec_{STORED}"), &["secret_prefix_kept"]),
        ("Base64", STANDARD.encode(STORED), &["secret_as_base64", "secret_encoded_twice"]),
        ("hexadecimal", const_hex::encode(STORED), &["secret_as_hex"]),
        ("two", format!("older-secret,{STORED}"), &["secret_part"]),
        ("id in front", format!("app-12345:{STORED}"), &["secret_part"]),
    ];
    for (name, stored, codes) in rows {
        for provider in text_keys() {
            let provider = fixtures::complete(provider);
            let key = Secret::new(STORED).unwrap();
            let sent = Sent::signed(&provider, key, &stored, body.as_bytes()).unwrap();
            assert_named(name, &sent, codes);
        }
    }
}

#[test]
fn a_signature_with_no_secret_in_it_is_named() {
    let body = json("1");
    for (provider, prefix) in hex_hmacs(shared_body_signers()) {
        let scheme = &provider.scheme;
        let sent = Sent::new(provider, body.as_bytes()).unwrap();
        let name = sent.signature_header().unwrap();
        let (hash, with_secret) = (Sha256::digest(&body), Sha256::digest(format!("{}{body}", sent.secret)));
        let plain = sent.clone().with_lines(&name, &[&format!("{prefix}{}", const_hex::encode(hash))]);
        assert_named("plain hash", &plain, &["plain_hash"]);
        if scheme.content.as_str() == "{body}" && scheme.key == countersign::scheme::KeyFormat::UTF8 {
            let hashed = sent.with_lines(&name, &[&format!("{prefix}{}", const_hex::encode(with_secret))]);
            assert_named("hash of secret and body", &hashed, &["plain_hash_with_secret"]);
        }
    }
    for key in ["undefined", "null", "None"] {
        let provider = providers::GITHUB.clone();
        let sent = Sent::signed(&provider, Secret::new(key).unwrap(), STORED, body.as_bytes()).unwrap();
        assert_named("no secret", &sent, &["secret_missing_at_sender"]);
    }
}
