//! Tests of facts in declaration files: absent ids and types, and retries.
#![cfg(feature = "toml")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use countersign::scheme::Location;
use countersign::{BodyLimit, Placement, Provider, Retries, providers};

const HEAD: &str = r#"
slug = "acme"
name = "Acme"
doc = "https://acme.example/docs/webhooks"
"#;

const SCHEME: &str = r#"
[scheme]
algorithm = "hmac-sha256"
content = "{body}"
signature = { at = "header:acme-signature", encoding = "hex" }
"#;

fn load(head: &str, tail: &str) -> Result<Provider, countersign::ConfigError> {
    Provider::from_toml(&format!("{HEAD}{head}{SCHEME}{tail}"))
}

#[test]
fn an_absent_id_differs_from_an_unknown_one_in_every_form() {
    let provider =
        load("", "[event]\nid = { none = true, source = \"https://a.example\" }\ntype = \"json:/type\"\n")
            .unwrap();
    assert_eq!(provider.event.id, None);
    assert_eq!(provider.event.id_placement(), Placement::None { source: "https://a.example" });
    assert_eq!(provider.event.type_placement(), Placement::At(&Location::json("/type")));
    let json = serde_json::to_value(&provider).unwrap();
    assert_eq!(json["event"]["id"], serde_json::json!({ "none": true, "source": "https://a.example" }));
    assert_eq!(Provider::from_json(&json.to_string()).unwrap(), provider);
    let text = toml::to_string(&provider).unwrap();
    assert_eq!(Provider::from_toml(&text).unwrap(), provider);

    let silent = load("", "").unwrap();
    assert_eq!(silent.event.id_placement(), Placement::Unknown);
    assert_eq!(serde_json::to_value(&silent).unwrap()["event"].get("id"), None);
}

#[test]
fn a_place_that_is_declared_later_counts() {
    let none = providers::STRIPE.clone().without_id("https://a.example");
    assert_eq!(none.event.id_placement(), Placement::None { source: "https://a.example" });
    none.check().unwrap();
    let some = none.with_id(Location::json("/id"));
    assert_eq!(some, providers::STRIPE);
    let typed = providers::STRIPE.clone().without_event_type("https://a.example");
    assert_eq!(typed.event.type_placement(), Placement::None { source: "https://a.example" });
    assert_eq!(typed.with_event_type(Location::json("/type")), providers::STRIPE);
}

#[test]
fn a_fact_that_cannot_be_names_its_field() {
    for (head, tail, field, problem) in [
        ("", "[event]\nid = { none = true }", "event.id", "missing field `source`"),
        ("", "[event]\nid = { none = false, source = \"x\" }", "event.id", "`none` is `true`"),
        ("", "[event]\nid = { none = true, source = \" \" }", "event.id", "without a `source`"),
        ("", "[event]\ntype = { none = true, sauce = \"x\" }", "event.type.sauce", "unknown field `sauce`"),
        ("", "[event]\nid = 7", "event.id", "a place such as `json:/id`"),
        ("", "[event]\nid = \"json:id\"", "event.id", "has to start with `/`"),
        ("retries = { none = true, attempts = 3 }", "", "retries", "`none` says that there is one attempt"),
        ("retries = { attempts = 0 }", "", "retries", "at least 1"),
        (
            "retries = { attempts = 3 }\nretry_delays_secs = [60]",
            "",
            "retry_delays_secs",
            "one delay for each",
        ),
        ("checked = \"yesterday\"", "", "checked", "is not a month such as `2026-11`"),
        ("checked = \"2026-13\"", "", "checked", "is not a month"),
    ] {
        let error = load(head, tail).unwrap_err();
        assert_eq!(error.field(), field, "{head}{tail}: {error}");
        assert!(error.to_string().contains(problem), "{head}{tail}: {error}");
    }
    for (limit, field, problem) in [
        ("body_limit = { none = true }", "body_limit", "without `sources.body_limit`"),
        ("body_limit = { none = false }", "body_limit", "`none` is `true`"),
        ("body_limit = { none = true, some = 1 }", "body_limit.some", "unknown field `some`"),
        ("body_limit = -1", "body_limit", "out of range"),
        ("body_limit = \"1 MiB\"", "body_limit", "a number of bytes"),
    ] {
        let error = load(limit, "").unwrap_err();
        assert_eq!(error.field(), field, "{limit}: {error}");
        assert!(error.to_string().contains(problem), "{limit}: {error}");
    }
    let mut both = providers::STRIPE.clone();
    both.event.no_id = Some("https://a.example".into());
    let error = both.check().unwrap_err().to_string();
    assert!(error.contains("`event.id`") && error.contains("remove one of them"), "{error}");
}

#[test]
fn retries_that_are_documented_as_none_say_so() {
    let provider = load("retries = { none = true, ack_secs = 10 }", "").unwrap();
    assert_eq!(provider.retries, Some(Retries::NONE.answered_in(10)));
    assert!(provider.retries.unwrap().is_none());
    let json = serde_json::to_value(&provider).unwrap();
    assert_eq!(json["retries"], serde_json::json!({ "none": true, "attempts": 1, "ack_secs": 10 }));
    assert_eq!(Provider::from_json(&json.to_string()).unwrap(), provider);
}

#[test]
fn a_schedule_gives_the_attempts_and_their_duration() {
    let provider = providers::STRIPE.clone().with_retry_delays(&[5, 300, 1800]);
    assert_eq!(provider.retries, Some(Retries::attempts(4).within(2105)));
    assert_eq!(provider.retry_delays_secs[..], [5, 300, 1800]);
    let loaded = load("retries = { attempts = 3 }\nretry_delays_secs = [60, 3600]", "").unwrap();
    assert_eq!(loaded.retry_delays_secs[..], [60, 3600]);
    assert!(provider.with_retries(Retries::NONE).retry_delays_secs.is_empty());
}

#[test]
fn bodies_of_the_documented_size_are_accepted() {
    let source = "https://a.example";
    let small = providers::STRIPE.clone().with_body_limit(1000, source);
    assert_eq!((small.body_limit, small.scheme.limits.body_bytes), (Some(BodyLimit::Bytes(1000)), 1 << 20));
    let large = providers::STRIPE.clone().with_body_limit(5 << 20, source);
    assert_eq!(
        (large.body_limit, large.scheme.limits.body_bytes),
        (Some(BodyLimit::Bytes(5 << 20)), 5 << 20)
    );
    assert_eq!(large.sources.body_limit, source);
}

#[test]
fn a_limit_that_no_page_names_differs_from_an_unknown_one_in_every_form() {
    let source = "https://a.example";
    let provider =
        load("body_limit = { none = true }\nsources = { body_limit = \"https://a.example\" }", "").unwrap();
    assert_eq!(provider.body_limit, Some(BodyLimit::None));
    assert_eq!(provider.body_limit.unwrap().bytes(), None);
    let json = serde_json::to_value(&provider).unwrap();
    assert_eq!(json["body_limit"], serde_json::json!({ "none": true }));
    assert_eq!(Provider::from_json(&json.to_string()).unwrap(), provider);
    let text = toml::to_string(&provider).unwrap();
    assert_eq!(Provider::from_toml(&text).unwrap(), provider);

    let silent = load("", "").unwrap();
    assert_eq!(silent.body_limit, None);
    assert_eq!(serde_json::to_value(&silent).unwrap().get("body_limit"), None);
    let known = silent.without_body_limit(source).with_body_limit(7, source);
    assert_eq!(serde_json::to_value(&known).unwrap()["body_limit"], 7);
    assert_eq!(known.without_body_limit(source).body_limit, Some(BodyLimit::None));
}
