//! Tests of headers and URLs that changed in transit, and of deliveries without a signature.

use countersign::scheme::{Algorithm, Format, Location};
use countersign::{Provider, Secret, SecretSet, providers};
use countersign_diagnose::{Captured, Cause, Diagnosis, Effort, diagnose};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::fixtures::{self, NOW};
use crate::sent::{Sent, assert_named, body_signers, json, shared_body_signers};

fn in_headers(provider: &Provider) -> Option<(Sent, HeaderName)> {
    let sent = Sent::new(provider, json("1").as_bytes())?;
    let name = sent.signature_header()?;
    sent.headers.contains_key(&name).then_some((sent, name))
}

#[test]
fn a_signature_that_was_split_at_its_commas_is_named() {
    let mut seen = 0;
    for provider in shared_body_signers() {
        let Some((sent, name)) = in_headers(provider) else { continue };
        let Format::List { separator, .. } = &provider.scheme.signature.format else { continue };
        let value = sent.header(&name);
        let lines: Vec<&str> = value.split(',').map(str::trim).collect();
        if lines.len() < 2 {
            continue;
        }
        seen += 1;
        let split = sent.clone().with_lines(&name, &lines);
        if split.diagnose() != Diagnosis::Accepted {
            assert_named("split", &split, &["signature_split", "signature_repeated"]);
        }
        let joined = lines.join(" , ");
        let joined = sent.with_lines(&name, &[&joined]);
        if joined.diagnose() != Diagnosis::Accepted {
            assert_named("joined", &joined, &["signature_joined"]);
        }
        assert!(!separator.is_empty());
    }
    assert!(seen > 15, "{seen}");
}

#[test]
fn a_header_that_was_joined_with_itself_is_named() {
    for provider in shared_body_signers() {
        let scheme = &provider.scheme;
        if !matches!(scheme.signature.format, Format::Value { .. }) || scheme.algorithm == Algorithm::Token {
            continue;
        }
        let Some((sent, name)) = in_headers(provider) else { continue };
        let value = sent.header(&name);
        let twice = sent.clone().with_lines(&name, &[&format!("{value}, {value}")]);
        assert_named("twice", &twice, &["signature_joined", "signature_prefix_unexpected"]);
        let Some(Location::Header(stamp)) = scheme.timestamp.as_ref().map(|field| &field.at) else {
            continue;
        };
        let stamp: HeaderName = stamp.split(',').next().unwrap().parse().unwrap();
        if scheme.content.as_str().contains("{timestamp}") {
            let value = sent.header(&stamp);
            let twice = sent.with_lines(&stamp, &[&format!("{value}, {value}")]);
            assert_named("timestamp twice", &twice, &["header_joined"]);
        }
    }
}

#[test]
fn a_delivery_without_a_signature_is_said_to_be_one() {
    for provider in body_signers() {
        let Some((mut sent, _)) = in_headers(provider) else { continue };
        let Location::Header(names) = &provider.scheme.signature.at else { continue };
        for name in names.split(',') {
            sent.headers.remove(name.trim().replace('*', "1"));
        }
        let diagnosis = sent.diagnose_with(Effort::SHORT);
        let code = diagnosis.cause().map(Cause::code);
        let codes = [Some("unsigned_delivery"), Some("signature_missing")];
        assert!(codes.contains(&code), "{}: {diagnosis}", provider.slug);
        assert!(diagnosis.to_string().contains("no secret is set"), "{}: {diagnosis}", provider.slug);
    }
    for slug in ["github-sha256", "bitbucket", "proxiant", "gitea", "shopify", "jira"] {
        let provider = providers::find(slug).unwrap();
        let (mut sent, name) = in_headers(provider).unwrap();
        sent.headers.remove(name);
        assert_named("unsigned", &sent, &["unsigned_delivery"]);
    }
}

#[test]
fn a_token_that_is_not_sent_is_said_to_be_unset_at_the_provider() {
    for slug in ["gitlab", "telegram"] {
        let provider = providers::find(slug).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-gitlab-event", HeaderValue::from_static("Push Hook"));
        headers.insert("x-gitlab-instance", HeaderValue::from_static("https://gitlab.com"));
        let captured = Captured::new(headers, r#"{"object_kind":"push","update_id":1}"#);
        let secrets = SecretSet::new(Secret::new("a token").unwrap());
        let diagnosis = diagnose(provider, &secrets, &captured, NOW);
        let code = diagnosis.cause().map(Cause::code);
        assert!(matches!(code, Some("unsigned_delivery" | "signature_missing")), "{slug}: {diagnosis}");
    }
}

#[test]
fn raw_messages_of_sns_are_said_to_be_raw() {
    let provider = fixtures::complete(&providers::AWS_SNS);
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-sns-rawdelivery", HeaderValue::from_static("true"));
    headers.insert("x-amz-sns-message-id", HeaderValue::from_static("1"));
    let (_, public) = fixtures::keys(&provider);
    let diagnosis = diagnose(&provider, &SecretSet::new(public), &Captured::new(headers, "hello"), NOW);
    assert_eq!(diagnosis.cause().map(Cause::code), Some("unsigned_delivery"), "{diagnosis}");
    assert!(diagnosis.to_string().contains("raw message delivery"), "{diagnosis}");
}

#[test]
fn a_signed_header_that_was_lost_is_named() {
    for provider in shared_body_signers() {
        let Some((sent, _)) = in_headers(provider) else { continue };
        let Some(Location::Header(names)) = provider.scheme.timestamp.as_ref().map(|field| &field.at) else {
            continue;
        };
        if !provider.scheme.content.as_str().contains("{timestamp}")
            || provider.scheme.timestamp.as_ref().is_some_and(|field| field.optional)
        {
            continue;
        }
        let mut sent = sent;
        for name in names.split(',') {
            sent.headers.remove(name.trim());
        }
        let said = sent.diagnose().to_string();
        assert!(said.contains("is not there"), "{}: {said}", provider.slug);
    }
}

#[test]
fn another_provider_is_named_with_the_scheme_that_the_request_has() {
    for provider in shared_body_signers() {
        let Some((sent, _)) = in_headers(provider) else { continue };
        let believed = if provider.slug == "stripe" { &providers::SLACK } else { &providers::STRIPE };
        let genuine = sent.provider.clone();
        let sent = Sent { provider: believed.clone(), ..sent };
        let Diagnosis::Explained { causes, .. } = sent.diagnose() else {
            panic!("{}: {}", genuine.slug, sent.diagnose())
        };
        let said = causes[0].to_string();
        if causes[0].code() == "other_provider" {
            let named = providers::all().find(|other| said.contains(&format!("`{}`", other.slug))).unwrap();
            let signed = |provider: &Provider| {
                (provider.scheme.algorithm, provider.scheme.content.as_str().to_owned())
            };
            assert_eq!(signed(named), signed(&genuine), "{}: {said}", genuine.slug);
        }
    }
}

#[test]
fn a_url_that_was_changed_is_named() {
    let mut seen = 0;
    let signs_url = |provider: &&'static Provider| provider.scheme.content.as_str().contains("{url}");
    for provider in providers::all().filter(signs_url) {
        let body =
            if provider.scheme.content.as_str().contains("{form") { "a=1&b=2".to_owned() } else { json("1") };
        let Some(sent) = Sent::new(provider, body.as_bytes()) else { continue };
        if sent.diagnose() != Diagnosis::Accepted {
            continue;
        }
        seen += 1;
        let rows: [(&str, &str, &[&str]); 9] = [
            (
                "sorted",
                "https://hooks.example.com/in/hook?a=1&b=2&data.id=ab1&type=payment",
                &["url_query_order"],
            ),
            (
                "any order",
                "https://hooks.example.com/in/hook?a=1&data.id=ab1&b=2&type=payment",
                &["url_query_order"],
            ),
            ("http", "http://hooks.example.com/in/hook?b=2&data.id=ab1&type=payment&a=1", &["url_scheme"]),
            (
                "prefix",
                "https://hooks.example.com/api/in/hook?b=2&data.id=ab1&type=payment&a=1",
                &["url_path_prefix"],
            ),
            (
                "slash",
                "https://hooks.example.com/in/hook/?b=2&data.id=ab1&type=payment&a=1",
                &["url_trailing_slash"],
            ),
            (
                "host in upper case",
                "https://Hooks.Example.COM/in/hook?b=2&data.id=ab1&type=payment&a=1",
                &["url_case", "url_host"],
            ),
            ("inner host", "https://10.0.0.7/in/hook?b=2&data.id=ab1&type=payment&a=1", &["url_host"]),
            (
                "parameter added",
                "https://hooks.example.com/in/hook?b=2&data.id=ab1&type=payment&a=1&utm=x",
                &["url_query"],
            ),
            (
                "escape",
                "https://hooks.example.com/in/hook?b=2&data.id=ab1&type=payment&a=%31",
                &["url_percent_encoding", "url_query_reencoded"],
            ),
        ];
        for (name, url, codes) in rows {
            let sent = Sent { url: Some(url.to_owned()), ..sent.clone() };
            if sent.diagnose() != Diagnosis::Accepted {
                assert_named(name, &sent, codes);
            }
        }
    }
    assert!(seen >= 4, "{seen}");
}
