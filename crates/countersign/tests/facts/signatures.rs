//! Regression tests of signatures and of the headers that hold them.

use countersign::scheme::DuplicateHeaders;
use countersign::{ErrorKind, VerifyError, providers};
use http::HeaderValue;

use crate::common;
use crate::common::Fixture;

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
