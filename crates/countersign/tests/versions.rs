//! Tests of types whose data has versions.
#![cfg(feature = "derive")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::num::TryFromIntError;
use std::sync::LazyLock;

use common::Fixture;
use countersign::providers::preflix;
use countersign::{DecodeError, Event, EventCatalog, Provider};
use serde::Deserialize;

static VERSIONED: LazyLock<Provider> =
    LazyLock::new(|| preflix::PROVIDER.clone().with_event_version("/event_version"));

#[derive(Debug, EventCatalog)]
enum Pricing {
    #[event("pricing.completed", "pricing.changed", version = 3, earlier(1 = V1, 2 = V2))]
    Completed(V3),
    #[event("pricing.removed")]
    Removed,
    #[event(unknown)]
    Other,
}

#[derive(Debug, Deserialize)]
struct V1 {
    euros: i64,
}

#[derive(Debug, Deserialize)]
struct V2 {
    cents: i64,
}

#[derive(Debug, Deserialize, EventCatalog, PartialEq)]
#[event("pricing.completed", version = "2026-10", earlier("2026-04" = V2))]
struct V3 {
    amount: u64,
    currency: String,
}

impl From<V1> for V2 {
    fn from(earlier: V1) -> Self {
        Self { cents: earlier.euros * 100 }
    }
}

impl TryFrom<V2> for V3 {
    type Error = TryFromIntError;

    fn try_from(earlier: V2) -> Result<Self, TryFromIntError> {
        Ok(Self { amount: earlier.cents.try_into()?, currency: "EUR".to_owned() })
    }
}

fn decode<T: EventCatalog>(
    provider: &'static Provider,
    version: &str,
    event: &str,
    data: &str,
) -> Result<T, DecodeError> {
    let member = if version.is_empty() { String::new() } else { format!(r#""event_version":{version},"#) };
    let names = r#""id":"evt_1","created_at":"2023-11-14T22:13:20Z""#;
    let body = format!(r#"{{{names},"type":"{event}",{member}"data":{data}}}"#);
    let delivery = Fixture::new(provider).with_signed_body(body.as_bytes()).verify().unwrap();
    Event::decode(delivery).map(|event| event.data)
}

fn price(version: &str, data: &str) -> Result<(u64, String), DecodeError> {
    match decode::<Pricing>(&VERSIONED, version, "pricing.completed", data)? {
        Pricing::Completed(V3 { amount, currency }) => Ok((amount, currency)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn earlier_versions_are_converted_one_by_one_and_none_is_the_oldest() {
    let euros = || (700, "EUR".to_owned());
    for version in ["", "1", "\"1\""] {
        assert_eq!(price(version, r#"{"euros":7}"#).unwrap(), euros());
    }
    assert_eq!(price("2", r#"{"cents":700}"#).unwrap(), euros());
    assert_eq!(price("3", r#"{"amount":700,"currency":"EUR"}"#).unwrap(), euros());
    assert_eq!(Pricing::VERSIONS.len(), 2);
    let changed = decode::<Pricing>(&VERSIONED, "2", "pricing.changed", r#"{"cents":1}"#).unwrap();
    assert_eq!(changed.variant(), "Completed");
    let dated = decode::<V3>(&VERSIONED, "\"2026-04\"", "pricing.completed", r#"{"cents":1}"#).unwrap();
    assert_eq!(dated.amount, 1);
}

#[test]
fn each_version_has_a_shape_of_its_own_and_a_conversion_may_fail() {
    let error = price("2", r#"{"euros":7}"#).unwrap_err();
    assert_eq!((error.cause().unwrap(), error.path()), ("missing field `cents`".to_owned(), "data"));
    let error = price("1", r#"{"euros":-7}"#).unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("out of range"), "{error:?}");
}

#[test]
fn an_unknown_version_is_an_error_that_names_it_and_other_types_have_none() {
    let error = price("4", "{}").unwrap_err();
    assert_eq!(error.version(), Some("4"));
    let start = "version 4 of `pricing.completed` is unknown, known are 1, 2, 3: ";
    assert!(error.to_string().starts_with(start), "{error}");
    let error = price(r#""SECRET text\u0000""#, "{}").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("SECRET"), "{error}");
    for name in ["pricing.removed", "pricing.added"] {
        assert_ne!(decode::<Pricing>(&VERSIONED, "4", name, "{}").unwrap().variant(), "Completed");
    }
}

#[test]
fn a_declaration_without_a_place_for_versions_is_an_error_with_the_cure() {
    let error = decode::<Pricing>(&preflix::PROVIDER, "1", "pricing.completed", "{}").unwrap_err();
    assert!(error.to_string().contains("with_event_version"), "{error}");
}

#[test]
fn the_place_of_the_version_is_part_of_a_declaration_in_a_file() {
    let text = serde_json::to_string(&*VERSIONED).unwrap();
    let provider: Provider = serde_json::from_str(&text).unwrap();
    assert_eq!(provider.event.version, VERSIONED.event.version);
    let wrong = preflix::PROVIDER.clone().with_event_version("event_version");
    let error = countersign::Verifier::new(wrong, countersign::Secret::new("s3cret").unwrap()).unwrap_err();
    assert!(error.to_string().contains("event.version"), "{error}");
}
