//! Tests that a budget counts at least a third of a request's actual memory, for any request.
#![cfg(not(miri))]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "../../crates/countersign/tests/common/fixtures.rs"]
#[allow(dead_code, unreachable_pub, clippy::indexing_slicing, reason = "each test uses its part")]
mod fixtures;
#[path = "../../crates/countersign/tests/common/hostile.rs"]
#[allow(dead_code, unreachable_pub, clippy::indexing_slicing, reason = "each test uses its part")]
mod hostile;
#[path = "../../crates/countersign/tests/common/policies.rs"]
mod policies;
#[path = "../../crates/countersign/tests/common/receive.rs"]
mod receive;

use allocation_counter::measure;
use countersign::receiver::{Budget, Receiver};
use countersign::{ErrorKind, providers};
use fixtures::Fixture;
use hostile::{Effort, Hostile};
use receive::{Early, begin};

/// The largest ratio of allocated to counted bytes.
const MOST: u64 = 3;
/// The additional memory of a request in structures of fixed size.
const FIXED: u64 = 32 << 10;

fn receiver(fixture: &Fixture, budget: Budget) -> Receiver {
    let builder = Receiver::builder(fixture.verifier.clone().with_body_limit(hostile::BYTES))
        .with_clock(fixtures::NOW)
        .with_budget(budget);
    policies::fitting(builder.with_public_url("https://hooks.example.com"), policies::ANSWERS)
}

/// Receives the request, with newly allocated head and body, in chunks of this size.
fn receive(receiver: &Receiver, request: &Hostile, chunk: usize) -> Option<ErrorKind> {
    let headers = request.headers.clone();
    match receive::receive(receiver, &request.method, &request.target, &headers, &request.body, chunk) {
        Err(Early::Rejected(rejection)) => Some(rejection.kind()),
        _ => None,
    }
}

fn check(fixture: &Fixture, request: &Hostile, chunk: usize) {
    let plenty = receiver(fixture, Budget::new(usize::MAX));
    let mut kind = None;
    let taken = measure(|| kind = receive(&plenty, request, chunk)).bytes_max.saturating_sub(FIXED);
    // Memory that is not held beyond the head is not counted.
    if taken < FIXED || kind.is_some_and(|kind| is_about_head(&plenty, request, kind)) {
        return;
    }
    let counted = usize::try_from(taken / MOST).unwrap();
    let scarce = receiver(fixture, Budget::new(counted - 1));
    let refused = receive(&scarce, request, chunk);
    assert_eq!(
        refused,
        Some(ErrorKind::BudgetSpent),
        "{}, chunks of {chunk}: {} takes {taken} bytes, which a budget of a third does not refuse",
        fixture.slug,
        request.name
    );
}

/// Returns whether the head was rejected: nothing is held after that.
fn is_about_head(receiver: &Receiver, request: &Hostile, kind: ErrorKind) -> bool {
    let headers = &request.headers;
    let begun = begin(receiver, &request.method, &request.target, headers);
    matches!(begun, Err(Early::Rejected(rejection)) if rejection.kind() == kind)
}

fn every_other_declaration(first: usize) {
    for provider in providers::all().skip(first).step_by(2) {
        let fixtures = fixtures::of(provider);
        let fixture = fixtures.first().unwrap();
        // The memory for a long query is released after the head was checked.
        // These differ from others in their signatures alone, and some are refused for them before the body is kept.
        let is_new = |request: &Hostile| !request.name.ends_with("signatures and a large body");
        let is_held = |request: &Hostile| request.target.len() < 10_000 && is_new(request);
        for request in hostile::requests(fixture, Effort::Short).into_iter().filter(is_held) {
            check(fixture, &request, hostile::BYTES);
        }
    }
}

#[test]
fn the_budget_counts_what_is_held() {
    every_other_declaration(0);
}

#[test]
fn the_budget_counts_what_is_held_by_the_other_declarations() {
    every_other_declaration(1);
}

#[test]
fn the_budget_counts_what_is_held_of_chunks_of_a_few_bytes() {
    for provider in providers::all() {
        let fixtures = fixtures::of(provider);
        let fixture = fixtures.first().unwrap();
        let mut requests = hostile::requests(fixture, Effort::Short);
        for request in requests.iter_mut().step_by(97).take(3) {
            request.body.truncate(100_000);
            for chunk in [1, 3_000] {
                check(fixture, request, chunk);
            }
        }
    }
}

#[test]
fn a_head_counts_with_all_its_bytes() {
    let provider = &providers::STRIPE;
    let fixture = fixtures::of(provider).swap_remove(0);
    let mut headers = fixture.headers.clone();
    headers.0.extend((0..100).map(|number| (format!("x-{number}"), vec![b'a'; 3_470])));
    let budget = Budget::new(1 << 20);
    let receiver = receiver(&fixture, budget.clone());
    let reception = begin(&receiver, &fixture.method, &fixture.target, &headers).unwrap();
    assert!(budget.in_use() >= 347_000, "{}", budget.in_use());
    drop(reception);
    assert_eq!(budget.in_use(), 0);
}
