//! Checks that every declaration of the catalogue has a request that verifies.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod fixtures;

use countersign::{VerifyError, providers};

#[test]
fn every_declaration_has_a_request_that_verifies() {
    for provider in providers::all() {
        assert!(!fixtures::of(provider).is_empty(), "{}", provider.slug);
    }
}

/// A marker that no error may contain.
const MARK: &str = "markedvalue123";

/// Errors are logged, and a value of a request may be secret.
#[test]
fn errors_show_no_value_of_a_request() {
    let mut errors = 0;
    let mut check = |fixture: &fixtures::Fixture, what: &str| {
        let Err(error) = fixture.verify() else { return };
        // The name of a covered header or parameter is not a value, although the sender writes it into a list.
        if matches!(error, VerifyError::MissingHeader { .. } | VerifyError::MissingParameter { .. }) {
            return;
        }
        let mut shown = format!("{error} {error:?} {error:#?}");
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            shown.push_str(&format!("{error} {error:?}"));
            source = error.source();
        }
        assert!(!shown.contains(MARK), "{}, {what}: {shown}", fixture.slug);
        errors += 1;
    };
    for fixture in providers::all().flat_map(fixtures::of) {
        for at in 0..fixture.headers.0.len() {
            let (name, value) = fixture.headers.0[at].clone();
            let value = String::from_utf8_lossy(&value).into_owned();
            for changed in [
                MARK.to_owned(),
                format!("{value}{MARK}"),
                format!("{MARK}{value}"),
                format!("{value},{MARK}"),
                format!("{value} {MARK}"),
                format!("{value},{MARK}={MARK}"),
                value.replace('"', &format!("\"{MARK}")),
                value.replace('=', &format!("={MARK}")),
                value.replace(' ', &format!(" {MARK} ")),
            ] {
                let mut fixture = fixture.clone();
                fixture.headers.0[at].1 = changed.clone().into_bytes();
                check(&fixture, &format!("{name}: {changed}"));
                fixture.headers.0.push((name.clone(), value.clone().into_bytes()));
                check(&fixture, &format!("{name} twice: {changed}"));
            }
        }
        let body = String::from_utf8_lossy(&fixture.body).into_owned();
        for changed in [
            MARK.to_owned(),
            format!("{body}{MARK}"),
            format!("{body}&{MARK}={MARK}"),
            body.replace(":\"", &format!(":\"{MARK}")),
            body.replace('"', &format!("\"{MARK}")),
            body.replace('=', &format!("={MARK}")),
            body.replace('.', &format!(".{MARK}")),
        ] {
            check(&fixtures::Fixture { body: changed.clone().into_bytes(), ..fixture.clone() }, &changed);
        }
        for target in [format!("/{MARK}?{MARK}"), fixture.target.replace('=', &format!("={MARK}"))] {
            let url = fixture.url.as_ref().map(|_| format!("https://hooks.example.com{target}"));
            check(&fixtures::Fixture { target: target.clone(), url, ..fixture.clone() }, &target);
        }
    }
    assert!(errors > 5_000, "{errors}");
}
