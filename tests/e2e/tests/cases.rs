//! Tests that axum, plain tower and actix give the same responses to the same requests.
#![allow(clippy::expect_used, reason = "a test stops at the first surprise")]

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use actix_web::rt::System;
use countersign::providers;
use countersign_tests::cases;
use countersign_tests::frameworks::{Actix, Axum, Framework, Tower, play};
use countersign_tests::{Answer, Case, Expected, UNSENT};
use tokio::time::timeout;

#[test]
fn every_framework_answers_every_case_as_expected() {
    let cases = cases::all();
    let failures: Vec<_> = System::with_tokio_rt(paused).block_on(async {
        let mut failures = Vec::new();
        for case in cases {
            failures.extend(failures_of(case).await);
        }
        failures
    });
    assert!(
        failures.is_empty(),
        "{} failures in {} cases:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

async fn failures_of(case: &Case) -> Vec<String> {
    let _playing = Playing(&case.name);
    let answers = [
        ("axum", answer::<Axum>(case).await),
        ("tower", answer::<Tower>(case).await),
        ("actix", answer::<Actix>(case).await),
    ];
    let mut failures: Vec<_> = answers
        .iter()
        .filter_map(|(framework, answer)| Some((framework, case.check(answer).err()?)))
        .map(|(framework, failure)| format!("{framework}: {}: {failure}", case.name))
        .collect();
    // The router's own responses differ.
    let [(_, first), others @ ..] = &answers;
    let alike = |answer: &Answer| match case.expected {
        Expected::Routed(_) => answer.status == first.status,
        _ => answer == first,
    };
    if !others.iter().all(|(_, answer)| alike(answer)) {
        failures.push(format!("{}: not alike: {answers:?}", case.name));
    }
    failures
}

/// Returns the response, if there is one.
async fn answer<F: Framework>(case: &Case) -> Answer {
    timeout(Duration::from_secs(3600), play::<F>(case)).await.expect("an answer within the hour")
}

/// Names the case that panics.
struct Playing<'c>(&'c str);

impl Drop for Playing<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("panicked in the case {}", self.0);
        }
    }
}

/// Creates a runtime on which time passes only when all tasks wait, so that deadlines take no real time.
fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime")
}

#[test]
fn names_tell_cases_apart() {
    let mut names = HashSet::new();
    for case in cases::all() {
        assert!(names.insert(case.name.clone()), "two cases are named {:?}", case.name);
    }
}

#[test]
fn every_provider_of_the_catalogue_is_in_the_table() {
    let cases = cases::all();
    for provider in providers::all().filter(|provider| provider.scheme.jwt.is_none()) {
        let sends = |case: &Case| case.sender.provider.slug == provider.slug;
        let is_unsent = UNSENT.iter().any(|(slug, _)| *slug == provider.slug);
        assert!(
            cases.iter().any(sends) != is_unsent,
            "{} is missing, or sent though it cannot be",
            provider.slug
        );
    }
}
