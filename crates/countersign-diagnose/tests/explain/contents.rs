//! Tests of content that is signed otherwise than declared: in another order, as a plain hash, in another version.

use countersign::scheme::{Algorithm, Format, Template};
use countersign::{Provider, Secret, providers};
use countersign_diagnose::{Cause, Effort};
use http::HeaderValue;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::fixtures;
use crate::sent::{Sent, assert_named, distinct, hex_hmacs, json, shared_body_signers};

const SECRET: &str = "whsec_c2VjcmV0LW9mLW91cnM=";

/// Signs other content than the declared one.
fn signed(provider: &Provider, content: &str) -> Sent {
    let provider = fixtures::complete(provider);
    let mut other = provider.clone();
    other.scheme.content = Template::from(content.to_owned());
    let key = Secret::new(SECRET).unwrap();
    let sent = Sent::signed(&other, key, SECRET, json("1").as_bytes()).unwrap();
    Sent { provider, ..sent }
}

#[test]
fn content_without_optional_parts_is_advised_before_content_with_them() {
    for (provider, content) in [
        (&providers::STRIPE, "{timestamp}:{body}"),
        (&providers::SLACK, "{timestamp}:{body}"),
        (&providers::STRIPE, "{body}"),
        (&providers::SLACK, "{timestamp}.{body}"),
        (&providers::SVIX, "{timestamp}:{body}"),
    ] {
        let sent = signed(provider, content);
        let said = sent.diagnose().to_string();
        assert!(said.contains(&format!("`{content}`")), "{}: {content}: {said}", provider.slug);
    }
}

#[test]
fn the_declared_parts_in_another_order_are_named() {
    for (provider, content) in [
        (&providers::STRIPE, "{body}.{timestamp}"),
        (&providers::SVIX, "{timestamp}.{id}.{body}"),
        (&providers::SVIX, "{body}.{timestamp}.{id}"),
        (&providers::SLACK, "v0:{body}:{timestamp}"),
    ] {
        let sent = signed(provider, content);
        assert_named(content, &sent, &["signed_content"]);
        let said = sent.diagnose().to_string();
        assert!(said.contains(&format!("`{content}`")), "{said}");
    }
}

#[test]
fn a_plain_hash_is_named_with_every_algorithm() {
    let body = json("1");
    let mut seen = 0;
    for (provider, prefix) in hex_hmacs(distinct(shared_body_signers())) {
        let scheme = &provider.scheme;
        let sent = Sent::new(provider, body.as_bytes()).unwrap();
        let name = sent.signature_header().unwrap();
        let is_text = scheme.key == countersign::scheme::KeyFormat::UTF8;
        let secret = sent.secret.as_str();
        let rows = [
            ("plain_hash", body.clone()),
            ("plain_hash_with_secret", format!("{secret}{body}")),
            ("plain_hash_with_secret", format!("{body}{secret}")),
        ];
        for (code, text) in rows.into_iter().filter(|(code, _)| is_text || *code == "plain_hash") {
            for digest in [
                const_hex::encode(Md5::digest(&text)),
                const_hex::encode(Sha1::digest(&text)),
                const_hex::encode(Sha256::digest(&text)),
                const_hex::encode(Sha384::digest(&text)),
                const_hex::encode(Sha512::digest(&text)),
            ] {
                let hashed = sent.clone().with_lines(&name, &[&format!("{prefix}{digest}")]);
                // A provider may sign just so.
                assert_named(code, &hashed, &[code, "other_provider"]);
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn a_plain_hash_of_the_declared_content_is_named() {
    let body = json("1");
    let sent = Sent::new(&providers::STRIPE, body.as_bytes()).unwrap();
    let hash = const_hex::encode(Sha256::digest(format!("1700000000.{body}")));
    let name = sent.signature_header().unwrap();
    let sent = sent.with_lines(&name, &[&format!("t=1700000000,v1={hash}")]);
    assert_named("plain hash of the content", &sent, &["plain_hash"]);
}

#[test]
fn another_version_of_the_signature_is_named_with_its_tag() {
    let mut seen = 0;
    for provider in shared_body_signers() {
        let Format::List { assign, tags, .. } = &provider.scheme.signature.format else { continue };
        let tag = format!("{}{assign}", tags.split('|').next().unwrap());
        let Some(sent) = Sent::new(provider, json("1").as_bytes()) else { continue };
        let Some(name) = sent.signature_header().filter(|name| sent.headers.contains_key(name)) else {
            continue;
        };
        // The signature is of other bytes, so that it is not the tag alone that is wrong.
        let value = sent.header(&name);
        if assign.is_empty() || !value.contains(&tag) {
            continue;
        }
        seen += 1;
        let value = value.replace(&tag, &format!("v9{assign}"));
        let sent = sent.with_lines(&name, &[&value]).with_body("other");
        let diagnosis = sent.diagnose_with(Effort::SHORT);
        assert_eq!(
            diagnosis.cause().map(Cause::code),
            Some("signature_version"),
            "{}: {diagnosis}",
            provider.slug
        );
        let said = diagnosis.to_string();
        assert!(said.contains(&format!("`v9{assign}`")) && said.contains(&tag), "{}: {said}", provider.slug);
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn credentials_of_basic_that_are_encoded_otherwise_are_named() {
    let all: Vec<_> = providers::all().filter(|other| other.scheme.algorithm == Algorithm::Basic).collect();
    assert!(!all.is_empty());
    for provider in all {
        let sent = Sent::new(provider, json("1").as_bytes()).unwrap();
        let name = sent.signature_header().unwrap();
        let value = sent.header(&name);
        let (_, encoded) = value.split_once(' ').unwrap();
        for stored in [value.as_str(), encoded] {
            let sent = Sent { secret: stored.to_owned(), ..sent.clone() };
            assert_named("secret", &sent, &["secret_is_basic_header"]);
        }
        let plain = format!("Basic {}", sent.secret);
        assert_named("header", &sent.clone().with_lines(&name, &[&plain]), &["credentials_not_base64"]);
    }
}

#[test]
fn the_parts_of_a_message_signature_are_read_as_url_and_body() {
    let declaration = r#"{"slug":"own","name":"Own","doc":"x","scheme":{"algorithm":"hmac-sha256","content":"",
        "signature":{"at":"header:signature","encoding":"base64"},
        "timestamp":{"at":"sig:created","format":"seconds","tolerance":300},
        "message_signature":{"components":"@target-uri|content-digest"}}}"#;
    let provider: Provider = serde_json::from_str(declaration).unwrap();
    let body = json("1");
    let key = Secret::new(SECRET).unwrap();
    let sent = Sent::signed(&provider, key, SECRET, body.as_bytes()).unwrap();
    assert_eq!(sent.diagnose().to_string(), "the request verifies as it is");
    let url = sent.url.clone().unwrap().replace("https:", "http:");
    assert_named("URL", &Sent { url: Some(url), ..sent.clone() }, &["url_scheme"]);
    assert_named(
        "body",
        &sent.clone().with_body(format!("{body}\n")),
        &["body_trailing_newline", "body_white_space"],
    );
}

#[test]
fn a_secret_in_authorization_names_no_provider() {
    let mut sent = Sent::new(&providers::STRIPE, json("1").as_bytes()).unwrap();
    sent.headers.clear();
    let token = HeaderValue::try_from(format!("Bearer {}", sent.secret)).unwrap();
    sent.headers.insert("authorization", token);
    let diagnosis = sent.diagnose();
    assert_ne!(diagnosis.cause().map(Cause::code), Some("other_provider"), "{diagnosis}");
}
