//! Regression tests of timestamps and tolerances.

use countersign::{ErrorKind, Secret, Tolerance, UnixTime, Verifier, VerifyError, providers};

use crate::common;
use crate::common::{BODY, Fixture, NOW};

#[test]
fn extreme_timestamps_do_not_panic() {
    for text in ["-9223372036854775808", "9223372036854775807", "9223372036854775808", "18446744073709551615"]
    {
        let error = Fixture::new(&providers::SVIX).with_header("svix-timestamp", text).reject();
        assert!(
            matches!(error, ErrorKind::MalformedTimestamp | ErrorKind::TimestampTooNew),
            "{text}: {error}"
        );
    }
}

#[test]
fn timestamps_are_digits_and_nothing_else() {
    for text in ["+1700000000", "-1700000000", "17 00000000", "1700000000.0", "0x6553F100", "1700000000s"] {
        let error = Fixture::new(&providers::SVIX).with_header("svix-timestamp", text).reject();
        assert_eq!(error, ErrorKind::MalformedTimestamp, "{text}");
        let header = format!("t={text},v1={}", "0".repeat(64));
        let error = Fixture::new(&providers::STRIPE).with_header("stripe-signature", &header).reject();
        assert_eq!(error, ErrorKind::MalformedTimestamp, "{text}");
    }
    let error = Fixture::new(&providers::SVIX).with_header("svix-timestamp", "").reject();
    assert_eq!(error, ErrorKind::MissingTimestamp);
}

#[test]
fn thirteen_digits_for_seconds_are_said_to_look_like_milliseconds() {
    let error = Fixture::new(&providers::SVIX).with_header("svix-timestamp", "1700000000000").error();
    assert!(error.to_string().contains("looks like milliseconds"), "{error}");
}

#[test]
fn the_timestamp_is_signed_as_received() {
    // The same second in other digits is another message.
    let error = Fixture::new(&providers::SVIX).with_header("svix-timestamp", "01700000000").reject();
    assert_eq!(error, ErrorKind::SignatureMismatch);
    // A sender that writes and signs this form is accepted.
    let headers = common::svix_headers("msg_1", "01700000000", BODY);
    Fixture::new(&providers::SVIX).with_headers(headers).verify().unwrap();
}

#[test]
fn a_stale_request_costs_no_mac() {
    // The head is sufficient: no byte of the body is needed.
    let fixture = Fixture::new(&providers::STRIPE);
    let error = fixture.verifier().begin(&fixture.head(), UnixTime::from_secs(NOW + 301)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimestampTooOld);
}

#[test]
fn future_timestamps_are_bounded() {
    for provider in common::usual() {
        let Some(timestamp) = &provider.scheme.timestamp else { continue };
        let tolerance = timestamp.tolerance.future().unwrap();
        let (fixture, earlier) = (Fixture::new(provider), NOW - i64::try_from(tolerance).unwrap());
        assert!(fixture.verify_at(earlier).is_ok(), "{}", provider.slug);
        let error = fixture.verify_at(earlier - 1).unwrap_err();
        let expected = VerifyError::TimestampTooNew { ahead: tolerance + 1, tolerance };
        assert_eq!(error, expected, "{}", provider.slug);
    }
}

/// A recorded delivery with a date in the future stays fresh until then.
#[test]
fn every_declaration_bounds_the_future() {
    for provider in providers::all() {
        let Some(timestamp) = &provider.scheme.timestamp else { continue };
        let (past, future) = (timestamp.tolerance.past(), timestamp.tolerance.future());
        let usual = past.unwrap_or_default().max(600);
        // The date of Klaviyo's page and of recorded requests is five hours ahead of the time in the signed body.
        let most = if provider.slug == "klaviyo" { 5 * 3600 + 300 } else { usual };
        assert!(future.is_some_and(|secs| secs <= most), "{}: {future:?}", provider.slug);
    }
}

#[test]
fn a_timestamp_item_that_is_there_twice_with_different_values_is_rejected() {
    let fixture = Fixture::new(&providers::STRIPE);
    let field = format!("t=1,{}", fixture.header("stripe-signature"));
    assert_eq!(fixture.with_header("stripe-signature", &field).reject(), ErrorKind::MalformedSignature);
}

#[test]
fn an_age_bound_closes_the_replay_window_of_a_scheme_without_a_timestamp() {
    let fixture = Fixture::new(&providers::proxiant::PROVIDER);
    assert!(fixture.verify_at(NOW + 2 * 3600).is_ok());
    let error = fixture.verify_at(NOW + 2 * 3600 + 1).unwrap_err();
    assert_eq!(error, VerifyError::TimestampTooOld { age: 7201, tolerance: 7200 });
    let delivery = fixture.verify().unwrap();
    assert!(delivery.timestamp().unwrap().is_signed());
}

#[test]
fn a_timestamp_in_the_body_has_to_be_there_and_to_be_one() {
    for (body, kind) in [
        (r#"{"id":"evt_1"}"#, ErrorKind::MissingTimestamp),
        (r#"{"created_at":null}"#, ErrorKind::MissingTimestamp),
        (r#"{"created_at":""}"#, ErrorKind::MissingTimestamp),
        (r#"{"created_at":"yesterday"}"#, ErrorKind::MalformedTimestamp),
        (r#"{"created_at":"2023-11-14T22:13:20"}"#, ErrorKind::MalformedTimestamp),
        (r#"{"created_at":1700000000}"#, ErrorKind::MalformedTimestamp),
        ("not json", ErrorKind::MalformedBody),
        ("", ErrorKind::MalformedBody),
    ] {
        let error = Fixture::new(&providers::proxiant::PROVIDER).with_signed_body(body.as_bytes()).reject();
        assert_eq!(error, kind, "{body}");
    }
}

#[test]
fn another_tolerance_is_one_call() {
    let fixture = Fixture::new(&providers::SVIX);
    let verifier = Verifier::builder(&providers::SVIX, Secret::new(common::BASE64_SECRET).unwrap())
        .with_tolerance(Tolerance::seconds(0))
        .build()
        .unwrap();
    assert!(verifier.verify(&fixture.head(), BODY, UnixTime::from_secs(NOW)).is_ok());
    assert!(verifier.verify(&fixture.head(), BODY, UnixTime::from_secs(NOW + 1)).is_err());
}
