//! Regression tests of the values of a delivery, and of those that are missing.

use countersign::{ErrorKind, providers};
use http::HeaderValue;

use crate::common;
use crate::common::{BODY, Fixture};

#[test]
fn svix_and_webhook_names_are_both_read() {
    for provider in [&providers::SVIX, &providers::redpin::PROVIDER] {
        let fixture = Fixture::new(provider);
        let unbranded = fixture.renamed("svix-", "webhook-");
        assert_eq!(unbranded.verify().unwrap().id().unwrap().as_str(), "msg_1");
        let error = fixture.append_header("webhook-id", HeaderValue::from_static("msg_2")).reject();
        assert_eq!(error, ErrorKind::MalformedId, "two names, two values");
    }
}

#[test]
fn an_id_that_contains_the_separator_is_rejected() {
    // `msg.1` with timestamp and body could be read as another id, timestamp and body.
    let headers = common::svix_headers("msg.1", "1700000000", BODY);
    let error = Fixture::new(&providers::SVIX).with_headers(headers).reject();
    assert_eq!(error, ErrorKind::MalformedId);
    // An id outside the signed content may contain the separator.
    Fixture::new(&providers::GITHUB).with_header("x-github-delivery", "a.b").verify().unwrap();
}

#[test]
fn each_field_says_whether_it_is_signed() {
    for (provider, id, event_type) in [
        (&providers::GITHUB, false, false),
        (&providers::SHOPIFY, false, false),
        (&providers::SVIX, true, true),
        (&providers::STRIPE, true, true),
        (&providers::proxiant::PROVIDER, true, true),
    ] {
        let delivery = Fixture::new(provider).verify().unwrap();
        assert_eq!(delivery.id().unwrap().is_signed(), id, "{}", provider.slug);
        assert_eq!(delivery.event_type().unwrap().is_signed(), event_type, "{}", provider.slug);
        assert!(delivery.is_body_signed());
    }
}

#[test]
fn what_is_missing_is_named() {
    let svix = Fixture::new(&providers::SVIX);
    for (name, kind) in [
        ("svix-id", ErrorKind::MissingId),
        ("svix-timestamp", ErrorKind::MissingTimestamp),
        ("svix-signature", ErrorKind::MissingSignature),
    ] {
        assert_eq!(svix.clone().without_header(name).reject(), kind);
        assert_eq!(svix.clone().with_header(name, "").reject(), kind, "empty");
    }
    let twilio = Fixture::new(&providers::TWILIO).without_url();
    assert_eq!(twilio.reject(), ErrorKind::MissingUrl);
    let json = Fixture::new(&providers::TWILIO).with_header("content-type", "application/json");
    assert_eq!(json.reject(), ErrorKind::UnsupportedContentType);
}
