//! Regression tests for known bugs of webhook receivers.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use common::{BODY, Fixture, NOW};
use countersign::scheme::DuplicateHeaders;
use countersign::{
    ErrorKind, Provider, Secret, SecretSet, Tolerance, UnixTime, Verifier, VerifyError, providers,
};
use http::HeaderValue;

#[test]
fn an_empty_secret_is_refused() {
    assert_eq!(Secret::new("").unwrap_err().code(), "empty_secret");
    for provider in [&providers::SVIX, &providers::redpin::PROVIDER] {
        let error = Verifier::new(provider, Secret::new("whsec_").unwrap()).unwrap_err();
        assert_eq!(error.code(), "empty_secret");
    }
}

#[test]
fn a_base64_secret_that_does_not_decode_is_refused() {
    let error = Verifier::new(&providers::SVIX, Secret::new("whsec_!!").unwrap()).unwrap_err();
    assert!(error.to_string().contains("not Base64"), "{error}");
}

#[test]
fn a_body_need_not_be_utf_8() {
    for provider in common::usual().filter(|provider| provider.slug != "proxiant") {
        let body = b"\xff\xfe\x00 not text";
        Fixture::new(provider).with_body(body).verify().unwrap();
    }
}

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
fn six_thousand_signatures_in_one_header_cost_at_most_one_mac() {
    let fixture = Fixture::new(&providers::STRIPE);
    let valid = fixture.header("stripe-signature");
    let junk = format!(",v1={}", "0".repeat(64));
    // Beyond the limit of the field: rejected before any work.
    let six_thousand = format!("{valid}{}", junk.repeat(6000));
    let error = fixture.clone().with_header("stripe-signature", &six_thousand).error();
    assert!(matches!(error, VerifyError::MalformedSignature { .. }), "{error}");
    // Beyond the limit on their number, within that of the field.
    let different: String = (0..128).map(|number| format!(",v1={number:064}")).collect();
    let error = fixture.clone().with_header("stripe-signature", &format!("{valid}{different}")).error();
    assert!(error.to_string().contains("more signatures than the limit"), "{error}");
    // Within the limit: all signatures are compared with one result, at any position.
    let (stamp, signature) = valid.split_once(',').unwrap();
    let hundred = format!("{stamp}{},{signature}", junk.repeat(100));
    fixture.with_header("stripe-signature", &hundred).verify().unwrap();
}

#[test]
fn a_stale_request_costs_no_mac() {
    // The head is sufficient: no byte of the body is needed.
    let fixture = Fixture::new(&providers::STRIPE);
    let error = fixture.verifier().begin(&fixture.head(), UnixTime::from_secs(NOW + 301)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimestampTooOld);
}

#[test]
fn two_signature_headers_with_different_values_are_rejected() {
    for provider in
        common::usual().filter(|provider| provider.scheme.signature.repeat == DuplicateHeaders::Equal)
    {
        let fixture = Fixture::new(provider);
        let name = fixture.signature_header();
        let same = HeaderValue::from_str(&fixture.header(&name)).unwrap();
        fixture.clone().append_header(&name, same).verify().unwrap();
        let error = fixture.append_header(&name, HeaderValue::from_static("v1,other")).reject();
        assert_eq!(error, ErrorKind::MalformedSignature, "{}", provider.slug);
    }
}

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
fn the_body_is_never_changed_before_the_mac() {
    let form_or_dated = |provider: &Provider| provider.slug == "proxiant" || common::signs_form(provider);
    for provider in common::usual().filter(|provider| !form_or_dated(provider)) {
        let body = "\u{feff}{ \"b\" : 1,\r\n\"a\":\t2 }\n\n ";
        let delivery = Fixture::new(provider).with_body(body.as_bytes()).verify().unwrap();
        assert_eq!(delivery.body(), body.as_bytes(), "{}", provider.slug);
    }
}

#[test]
fn debug_and_errors_show_no_secret_and_no_expected_signature() {
    for provider in common::usual() {
        let fixture = Fixture::new(provider);
        let good = fixture.header(&fixture.signature_header());
        let error =
            fixture.clone().with_body(b"{\"created_at\":\"2023-11-14T22:13:20Z\",\"id\":\"x\"} ").error();
        let delivery = fixture.verify().unwrap();
        let intake = fixture.verifier().begin(&fixture.head(), UnixTime::from_secs(NOW)).unwrap();
        let shown = format!("{error} {error:?} {delivery:?} {:?} {intake:?}", fixture.verifier());
        for secret in [common::SECRET, common::BASE64_SECRET, good.as_str(), "a body that nobody should see"]
        {
            assert!(!shown.contains(secret), "{}: {shown}", provider.slug);
        }
    }
}

#[test]
fn malformed_sibling_signatures_are_skipped() {
    let fixture = Fixture::new(&providers::SVIX);
    let valid = fixture.header("svix-signature");
    for siblings in [format!("v1,!!! v1, junk v2,abc {valid}"), format!("v1a,xyz {valid} v1,AAAA")] {
        fixture.clone().with_header("svix-signature", &siblings).verify().unwrap();
    }
}

#[test]
fn no_recognised_version_at_all_is_malformed() {
    for field in ["v2,AAAA", "v1a,AAAA v9,BBBB", "AAAA", ",", "v1"] {
        let error = Fixture::new(&providers::SVIX).with_header("svix-signature", field).reject();
        assert_eq!(error, ErrorKind::MalformedSignature, "{field}");
    }
}

#[test]
fn hex_refuses_signs() {
    let fixture = Fixture::new(&providers::GITHUB);
    let forged = fixture.header("x-hub-signature-256").replacen("sha256=0", "sha256=+", 1);
    for field in [forged, format!("sha256={}", "+a".repeat(32)), format!("sha256={}", " a".repeat(32))] {
        if field != fixture.header("x-hub-signature-256") {
            assert_eq!(
                fixture.clone().with_header("x-hub-signature-256", &field).reject(),
                ErrorKind::SignatureMismatch
            );
        }
    }
}

#[test]
fn downgrades_are_refused() {
    let github = Fixture::new(&providers::GITHUB);
    for field in ["sha1=0000000000000000000000000000000000000000", "md5=00", "=00"] {
        let error = github.clone().with_header("x-hub-signature-256", field).reject();
        assert_eq!(error, ErrorKind::MalformedSignature, "{field}");
    }
    let stripe = Fixture::new(&providers::STRIPE);
    let v0 = stripe.header("stripe-signature").replace("v1=", "v0=");
    let error = stripe.with_header("stripe-signature", &v0).reject();
    assert_eq!(error, ErrorKind::NoSignatureForExpectedVersion);
    let slack = Fixture::new(&providers::SLACK);
    let v1 = slack.header("x-slack-signature").replace("v0=", "v1=");
    assert_eq!(slack.with_header("x-slack-signature", &v1).reject(), ErrorKind::MalformedSignature);
}

#[test]
fn upper_case_hex_is_accepted() {
    for (provider, name, prefix) in [
        (&providers::GITHUB, "x-hub-signature-256", "sha256="),
        (&providers::proxiant::PROVIDER, "x-proxiant-signature", "sha256="),
        (&providers::preflix::PROVIDER, "preflixai-signature", ""),
    ] {
        let fixture = Fixture::new(provider);
        let upper = fixture.header(name).trim_start_matches(prefix).to_uppercase();
        fixture.with_header(name, &format!("{prefix}{upper}")).verify().unwrap();
    }
}

#[test]
fn preflix_signatures_may_have_a_prefix() {
    let fixture = Fixture::new(&providers::preflix::PROVIDER);
    let bare = fixture.header("preflixai-signature");
    for prefix in ["", "sha256=", "v1="] {
        fixture.clone().with_header("preflixai-signature", &format!("{prefix}{bare}")).verify().unwrap();
    }
    for prefix in ["sha1=", "v0=", "sha256"] {
        fixture.clone().with_header("preflixai-signature", &format!("{prefix}{bare}")).reject();
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
fn the_body_is_bounded_announced_or_not() {
    let fixture = Fixture::new(&providers::SVIX).with_signed_body(&vec![b' '; (1 << 20) + 1]);
    assert_eq!(fixture.error(), VerifyError::PayloadTooLarge { limit: 1 << 20 });
    let announced = Fixture::new(&providers::SVIX).with_header("content-length", "1048577");
    let error = announced.verifier().begin(&announced.head(), UnixTime::from_secs(NOW)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PayloadTooLarge);
    Fixture::new(&providers::GITHUB).with_signed_body(&vec![b' '; 25 << 20]).verify().unwrap();
}

#[test]
fn several_keys_verify_at_once_and_the_delivery_says_which() {
    let provider = &providers::GITHUB;
    let fixture = Fixture::new(provider);
    let secrets = SecretSet::named("new", Secret::new("another").unwrap())
        .with("old", Secret::new(common::SECRET).unwrap())
        .with_until("expired", Secret::new(common::SECRET).unwrap(), UnixTime::from_secs(NOW - 1));
    let verifier = Verifier::new(provider, secrets).unwrap();
    let delivery = verifier.verify(&fixture.head(), BODY, UnixTime::from_secs(NOW)).unwrap();
    assert_eq!(delivery.key(), "old");

    let expired = SecretSet::named("new", Secret::new("another").unwrap()).with_until(
        "old",
        Secret::new(common::SECRET).unwrap(),
        UnixTime::from_secs(NOW - 1),
    );
    let verifier = Verifier::new(provider, expired).unwrap();
    let error = verifier.verify(&fixture.head(), BODY, UnixTime::from_secs(NOW)).unwrap_err();
    assert_eq!(error, VerifyError::SignatureMismatch { keys: 1 });
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
fn another_tolerance_is_one_call() {
    let fixture = Fixture::new(&providers::SVIX);
    let verifier = Verifier::builder(&providers::SVIX, Secret::new(common::BASE64_SECRET).unwrap())
        .with_tolerance(Tolerance::seconds(0))
        .build()
        .unwrap();
    assert!(verifier.verify(&fixture.head(), BODY, UnixTime::from_secs(NOW)).is_ok());
    assert!(verifier.verify(&fixture.head(), BODY, UnixTime::from_secs(NOW + 1)).is_err());
}

#[test]
fn chunks_and_one_piece_decide_alike() {
    for provider in common::usual() {
        let fixture = Fixture::new(provider);
        let whole = fixture.verify().unwrap();
        for size in [1, 2, 7, 64, 4096] {
            let mut intake = fixture.verifier().begin(&fixture.head(), UnixTime::from_secs(NOW)).unwrap();
            for chunk in fixture.body().chunks(size) {
                intake.push(chunk.to_vec()).unwrap();
            }
            let delivery = intake.finish(UnixTime::from_secs(NOW)).unwrap();
            assert_eq!(delivery.body(), whole.body(), "{} in chunks of {size}", provider.slug);
            assert_eq!(delivery.key(), whole.key());
        }
        let mut intake = fixture.verifier().begin(&fixture.head(), UnixTime::from_secs(NOW)).unwrap();
        intake.push(fixture.body().to_vec()).unwrap();
        intake.push(" ").unwrap();
        if !common::signs_form(provider) {
            let error = intake.finish(UnixTime::from_secs(NOW)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::SignatureMismatch, "{}", provider.slug);
        }
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
