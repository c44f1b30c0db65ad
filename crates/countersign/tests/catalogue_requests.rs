//! Checks that every declaration of the catalogue has a request that verifies.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "common/scenes.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod scenes;

use countersign::{VerifyError, providers};

#[test]
fn every_declaration_has_a_request_that_verifies() {
    for provider in providers::all() {
        assert!(!scenes::of(provider).is_empty(), "{}", provider.slug);
    }
}

/// A marker that no error may contain.
const MARK: &str = "markedvalue123";

/// Errors are logged, and a value of a request may be secret.
#[test]
fn errors_show_no_value_of_a_request() {
    let mut errors = 0;
    let mut check = |scene: &scenes::Scene, what: &str| {
        let Err(error) = scene.verify() else { return };
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
        assert!(!shown.contains(MARK), "{}, {what}: {shown}", scene.slug);
        errors += 1;
    };
    for scene in providers::all().flat_map(scenes::of) {
        for at in 0..scene.headers.0.len() {
            let (name, value) = scene.headers.0[at].clone();
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
                let mut scene = scene.clone();
                scene.headers.0[at].1 = changed.clone().into_bytes();
                check(&scene, &format!("{name}: {changed}"));
                scene.headers.0.push((name.clone(), value.clone().into_bytes()));
                check(&scene, &format!("{name} twice: {changed}"));
            }
        }
        let body = String::from_utf8_lossy(&scene.body).into_owned();
        for changed in [
            MARK.to_owned(),
            format!("{body}{MARK}"),
            format!("{body}&{MARK}={MARK}"),
            body.replace(":\"", &format!(":\"{MARK}")),
            body.replace('"', &format!("\"{MARK}")),
            body.replace('=', &format!("={MARK}")),
            body.replace('.', &format!(".{MARK}")),
        ] {
            check(&scenes::Scene { body: changed.clone().into_bytes(), ..scene.clone() }, &changed);
        }
        for target in [format!("/{MARK}?{MARK}"), scene.target.replace('=', &format!("={MARK}"))] {
            let url = scene.url.as_ref().map(|_| format!("https://hooks.example.com{target}"));
            check(&scenes::Scene { target: target.clone(), url, ..scene.clone() }, &target);
        }
    }
    assert!(errors > 5_000, "{errors}");
}
