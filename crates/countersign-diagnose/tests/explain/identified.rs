//! Checks that `identify` ranks the provider of every genuine request first, or in a justified tie.

use countersign::scheme::Location;
use countersign::{Provider, SecretSet, providers};
use countersign_diagnose::{Captured, identify};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::fixtures::{self, Fixture, NOW};

fn captured(fixture: &Fixture) -> Captured {
    let headers =
        fixture.headers.0.iter().map(|(name, value)| {
            (name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value).unwrap())
        });
    let captured = Captured::new(headers.collect::<HeaderMap>(), fixture.body.clone());
    captured.with_url(format!("https://hooks.example.com{}", fixture.target))
}

/// Returns whether both read the signature from a place of the same name, so that only other values can tell them
/// apart.
fn shares_place(one: &Provider, other: &Provider) -> bool {
    let names = |provider: &Provider| match &provider.scheme.signature.at {
        Location::Header(names) => names.split(',').map(|name| name.trim().to_owned()).collect(),
        at => vec![at.to_string()],
    };
    let others = names(other);
    names(one).iter().any(|name| others.contains(name))
}

#[test]
fn a_genuine_request_names_its_provider_before_all_that_do_not_share_its_signature_header() {
    let mut wrong = Vec::new();
    for provider in providers::all() {
        for (index, fixture) in fixtures::of(provider).iter().enumerate() {
            let matches = identify(&captured(fixture), None, NOW);
            let own = matches.iter().position(|matched| matched.provider().slug == provider.slug);
            let before = &matches[..own.unwrap_or(matches.len())];
            let score = own.map(|own| matches[own].score());
            let strangers = before.iter().filter(|matched| {
                !shares_place(matched.provider(), provider) && Some(matched.score()) != score
            });
            let strangers: Vec<_> =
                strangers.map(|matched| (&matched.provider().slug, matched.score())).collect();
            if own.is_none() || !strangers.is_empty() {
                wrong.push(format!("{} {index}: {score:?} {strangers:?}", provider.slug));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn with_its_secret_a_genuine_request_is_verified_first() {
    for provider in providers::all() {
        let (_, public) = fixtures::keys(&fixtures::complete(provider));
        // Parameters are set by the developer: without them nothing verifies.
        if fixtures::complete(provider) != *provider {
            continue;
        }
        let secrets = SecretSet::new(public);
        for fixture in fixtures::of(provider) {
            let matches = identify(&captured(&fixture), Some(&secrets), NOW);
            assert!(matches[0].is_verified(), "{}: {matches:?}", provider.slug);
            let own = matches.iter().find(|matched| matched.provider().slug == provider.slug);
            assert!(own.is_some_and(|matched| matched.is_verified()), "{}: {matches:?}", provider.slug);
        }
    }
}

#[test]
fn the_generic_scheme_is_named_before_those_that_use_it() {
    for (first, prefix) in [("standard-webhooks-v1", "webhook"), ("svix", "svix")] {
        let mut headers = HeaderMap::new();
        let value = "v1,47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        for (name, value) in [("id", "msg_1"), ("timestamp", "1700000000"), ("signature", value)] {
            let name: HeaderName = format!("{prefix}-{name}").parse().unwrap();
            headers.insert(name, HeaderValue::from_static(value));
        }
        for body in [r#"{"type":"a.b"}"#, r#"{"type":"a.b","data":{}}"#, "{}"] {
            let matches = identify(&Captured::new(headers.clone(), body), None, NOW);
            assert_eq!(matches[0].provider().slug, first, "{body}: {matches:?}");
        }
    }
}

#[test]
fn a_request_without_a_signature_names_the_current_declaration_of_its_provider() {
    let mut headers = HeaderMap::new();
    headers.insert("x-github-event", HeaderValue::from_static("push"));
    headers.insert("x-github-delivery", HeaderValue::from_static("1"));
    let matches = identify(&Captured::new(headers, "{}"), None, NOW);
    assert_eq!(matches[0].provider().slug, "github-sha256", "{matches:?}");
}

#[test]
fn of_forges_that_send_the_headers_of_others_the_newest_is_named() {
    let hex = "b7b8caa480772c20496460e4f725fe369c1dd9c80538ac1c21a89b5c493b4a3e";
    let forges = ["forgejo", "gitea", "gogs"];
    for (position, first) in forges.iter().enumerate() {
        let mut headers = HeaderMap::new();
        for forge in forges.iter().skip(position).chain(&["github"]) {
            for (name, value) in
                [("delivery", "d1"), ("event", "push"), ("event-type", "push"), ("signature", hex)]
            {
                let name: HeaderName = format!("x-{forge}-{name}").parse().unwrap();
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
        headers.remove("x-github-signature");
        headers.insert("x-hub-signature-256", HeaderValue::try_from(format!("sha256={hex}")).unwrap());
        let matches = identify(&Captured::new(headers, "{}"), None, NOW);
        assert_eq!(matches[0].provider().slug, *first, "{matches:?}");
    }
}
