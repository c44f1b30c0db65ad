use countersign::{Head, Secret, SecretSet, Signer, SigningRequest, UnixTime, Verifier, providers};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::rarity::{Rarity, names};
use super::score::is_general;
use super::*;
use crate::Captured;

const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY: &str = concat!(
    r#"{"id":"evt_1","type":"a.b","event":"a.b","event_name":"a.b","event_id":"evt_1","#,
    r#""created_at":"2023-11-14T22:13:20Z","data":{}}"#
);
const HEX_40: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
const HEX_64: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const HEX_128: &str = concat!(
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce",
    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
);
const BASE64_28: &str = "2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
const BASE64_44: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn captured(headers: &[(&str, &str)], body: &'static str) -> Captured {
    let parsed = headers
        .iter()
        .map(|(name, value)| (HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap()));
    Captured::new(parsed.collect::<HeaderMap>(), body)
}

fn slugs(captured: &Captured) -> Vec<&'static str> {
    identify(captured, None, NOW).iter().map(|matched| &*matched.provider().slug).collect()
}

#[test]
fn a_kind_of_delivery_that_is_sent_unsigned_is_named_with_the_reason() {
    let kinds =
        providers::all().flat_map(|provider| provider.unsigned.iter().map(move |kind| (provider, kind)));
    let kinds: Vec<_> = kinds.collect();
    assert!(kinds.iter().any(|(provider, _)| provider.slug == "aws-sns"));
    for (provider, kind) in kinds {
        for body in ["{}", "any text", ""] {
            let request = captured(&[(&kind.header, "true"), ("content-type", "text/plain")], body);
            let matches = identify(&request, None, NOW);
            let first = matches.first().unwrap_or_else(|| panic!("{}: {body}", provider.slug));
            assert_eq!(first.provider().slug, provider.slug, "{matches:?}");
            assert!(first.unsigned() == Some(&*kind.reason) && !first.is_verified(), "{first:?}");
        }
    }
    let signed = identify(&captured(&[("x-amz-sns-message-type", "Notification")], BODY), None, NOW);
    assert!(signed.iter().all(|matched| matched.unsigned().is_none()), "{signed:?}");
}

#[test]
fn a_delivery_that_lost_its_signature_is_named_by_its_other_headers() {
    let rarity = Rarity::of(providers::all());
    let mut named = 0;
    for provider in providers::all().filter(|provider| names(&provider.scheme.signature.at).next().is_some())
    {
        let event = &provider.event;
        let beside = event.id.iter().chain(&event.event_type).flat_map(names);
        let own: Vec<_> = beside
            .filter(|name| rarity.weight(name, 100) == 100 && !is_general(name))
            .map(|name| (name, "1"))
            .collect();
        if own.is_empty() {
            continue;
        }
        let matches = identify(&captured(&own, "no JSON"), None, NOW);
        let matched = matches.iter().find(|matched| matched.provider().slug == provider.slug);
        let matched = matched.unwrap_or_else(|| panic!("{}: {own:?}: {matches:?}", provider.slug));
        assert!(
            !matched.is_verified()
                && matched.unsigned().is_some_and(|reason| reason.contains("no secret is set"))
        );
        named += 1;
    }
    assert!(named > 20, "{named}");
    for (slug, headers) in [
        ("github-sha256", ["x-github-event", "x-github-delivery"].as_slice()),
        ("linear", &["linear-event", "linear-delivery"]),
        ("shopify", &["x-shopify-topic", "x-shopify-webhook-id"]),
    ] {
        let headers: Vec<_> = headers.iter().map(|name| (*name, "1")).collect();
        let matches = slugs(&captured(&headers, BODY));
        assert!(matches.contains(&slug), "{slug}: {matches:?}");
    }
    assert!(slugs(&captured(&[("x-request-id", "1"), ("x-timestamp", "1")], BODY)).is_empty());
}

#[test]
fn captured_requests_are_named_by_their_headers() {
    let stripe = format!("t=1700000000,v1={HEX_64}");
    let slack = format!("v0={HEX_64}");
    let github = format!("sha256={HEX_64}");
    let rows: &[(&str, &[(&str, &str)])] = &[
        ("stripe", &[("stripe-signature", &stripe)]),
        ("slack", &[("x-slack-signature", &slack), ("x-slack-request-timestamp", "1700000000")]),
        (
            "github-sha256",
            &[
                ("x-hub-signature-256", &github),
                ("x-github-event", "push"),
                ("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
            ],
        ),
        ("shopify", &[("x-shopify-hmac-sha256", BASE64_44), ("x-shopify-topic", "orders/create")]),
        ("preflix", &[("preflixai-signature", HEX_64), ("preflixai-timestamp", "1700000000")]),
        ("proxiant", &[("x-proxiant-signature", &github)]),
        (
            "twilio-form",
            &[("x-twilio-signature", BASE64_28), ("content-type", "application/x-www-form-urlencoded")],
        ),
    ];
    for (slug, headers) in rows {
        let found = slugs(&captured(headers, BODY));
        assert_eq!(found.first(), Some(slug), "{slug}: {found:?}");
    }
}

#[test]
fn headers_that_many_share_name_all_of_them() {
    let svix = format!("v1,{BASE64_44}");
    for (slug, prefix) in [("svix", "svix"), ("redpin", "svix"), ("standard-webhooks-v1", "webhook")] {
        let names = ["id", "timestamp", "signature"].map(|name| format!("{prefix}-{name}"));
        let values = ["msg_1", "1700000000", &svix];
        let headers: Vec<_> = names.iter().map(String::as_str).zip(values).collect();
        let found = slugs(&captured(&headers, BODY));
        assert!(found.contains(&slug), "{slug}: {found:?}");
    }
}

#[test]
fn one_header_of_several_providers_is_told_apart_by_what_else_is_there() {
    let (sha1, sha256) = (format!("sha1={HEX_40}"), format!("sha256={HEX_64}"));
    let rows: &[(&str, &[(&str, &str)])] = &[
        (
            "github-sha1",
            &[("x-hub-signature", &sha1), ("x-github-event", "push"), ("x-github-delivery", "1")],
        ),
        ("bitbucket", &[("x-hub-signature", &sha256), ("x-event-key", "repo:push"), ("x-request-uuid", "1")]),
    ];
    for (slug, headers) in rows {
        let found = slugs(&captured(headers, BODY));
        // Only those that are in the catalogue.
        if providers::find(slug).is_some() {
            assert_eq!(found.first(), Some(slug), "{slug}: {found:?}");
        }
    }
}

#[test]
fn both_signatures_of_one_provider_are_the_stronger_ones() {
    let headers = [
        ("x-hub-signature", format!("sha1={HEX_40}")),
        ("x-hub-signature-256", format!("sha256={HEX_64}")),
        ("x-github-event", "push".to_owned()),
        ("x-github-delivery", "1".to_owned()),
    ];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(slugs(&captured(&headers, "{}")).first(), Some(&"github-sha256"));
}

#[test]
fn a_signature_of_another_length_or_prefix_does_not_fit() {
    let matches =
        |name: &str, value: &str, slug: &str| slugs(&captured(&[(name, value)], "{}")).contains(&slug);
    for (value, expected) in [
        (format!("sha256={HEX_64}"), true),
        (format!("sha256={HEX_40}"), false),
        (format!("sha256={HEX_128}"), false),
        (format!("sha256={}", HEX_64.replace('e', "x")), false),
        (format!("sha1={HEX_64}"), false),
        (HEX_64.to_owned(), false),
    ] {
        assert_eq!(matches("x-hub-signature-256", &value, "github-sha256"), expected, "{value}");
    }
    for (value, expected) in
        [(BASE64_44, true), (&BASE64_44[..43], true), (BASE64_28, false), (HEX_64, false), ("", false)]
    {
        assert_eq!(matches("x-shopify-hmac-sha256", value, "shopify"), expected, "{value}");
    }
}

#[test]
fn a_request_without_a_signature_fits_no_provider_by_headers_that_many_senders_have() {
    let plain =
        captured(&[("content-type", "application/json"), ("x-event-id", "1"), ("x-request-id", "2")], "{}");
    assert!(slugs(&plain).is_empty(), "{:?}", slugs(&plain));
}

#[test]
fn what_verifies_comes_first() {
    let secrets = SecretSet::new(Secret::new(SECRET).unwrap());
    let mut seen = 0;
    for provider in providers::all() {
        let request = SigningRequest::new(BODY, NOW).with_id("msg_1").with_url("https://a.b/c");
        let signed =
            Signer::new(provider, secrets.clone()).ok().and_then(|signer| signer.sign(&request).ok());
        let verifier = Verifier::new(provider, secrets.clone());
        // Providers with other keys or other bodies have tests of their own.
        let (Some(headers), Ok(verifier)) = (signed, verifier) else { continue };
        let head = Head::new(&headers).with_url("https://a.b/c");
        if verifier.verify(&head, BODY, NOW).is_err() {
            continue;
        }
        seen += 1;
        let captured = Captured::new(headers, BODY).with_url("https://a.b/c");
        // Years later: the time does not count.
        let matches = identify(&captured, Some(&secrets), UnixTime::from_secs(1_900_000_000));
        let own = matches.iter().find(|matched| matched.provider().slug == provider.slug);
        assert!(own.is_some_and(Match::is_verified), "{}: {matches:?}", provider.slug);
        assert!(matches[0].is_verified(), "{}", provider.slug);
        let wrong = SecretSet::new(Secret::new("whsec_c29tZWJvZHkgZWxzZSdz").unwrap());
        assert!(!identify(&captured, Some(&wrong), NOW).iter().any(Match::is_verified), "{}", provider.slug);
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn evidence_that_few_share_counts_more() {
    let signature = format!("sha256={HEX_64}");
    let alone = captured(&[("x-hub-signature-256", &signature)], "{}");
    let with_event = captured(&[("x-hub-signature-256", &signature), ("x-github-event", "push")], "{}");
    let score = |captured: &Captured| {
        let matches = identify(captured, None, NOW);
        matches.iter().find(|matched| matched.provider().slug == "github-sha256").unwrap().score()
    };
    assert!(score(&with_event) > score(&alone));
}

/// Requests with the headers and members that the pages of the providers show. The signatures are not genuine.
#[test]
fn requests_as_providers_send_them_are_named() {
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../tests/data/identify/requests.json")).unwrap();
    assert!(rows.len() >= 100, "{}", rows.len());
    for row in rows {
        let mut headers = HeaderMap::new();
        for (name, value) in row["headers"].as_object().unwrap() {
            headers.insert(
                HeaderName::try_from(name).unwrap(),
                HeaderValue::try_from(value.as_str().unwrap()).unwrap(),
            );
        }
        let url = "https://h.example/hook?data.id=1";
        let captured = Captured::new(headers, row["body"].as_str().unwrap().to_owned()).with_url(url);
        let matches = identify(&captured, None, NOW);
        let first: Vec<_> =
            matches.iter().take(5).map(|matched| (&*matched.provider().slug, matched.score())).collect();
        assert_eq!(first.first().map(|(slug, _)| *slug), row["provider"].as_str(), "{first:?}");
    }
}
