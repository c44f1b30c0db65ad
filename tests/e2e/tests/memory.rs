//! Tests that a budget counts at least the memory that a request takes, for any request.
#![cfg(not(miri))]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

#[path = "../../../crates/countersign/tests/common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, clippy::indexing_slicing, reason = "each test uses its part")]
mod fixtures;
#[path = "../../../crates/countersign/tests/common/hostile/mod.rs"]
#[allow(dead_code, unreachable_pub, clippy::indexing_slicing, reason = "each test uses its part")]
mod hostile;
#[path = "../../../crates/countersign/tests/common/policies.rs"]
mod policies;
#[path = "../../../crates/countersign/tests/common/receive.rs"]
mod receive;

use allocation_counter::measure;
use bytes::Bytes;
use countersign::receiver::{Budget, Receiver, ReceiverBuilder, RejectedRequest, RequestHead};
use countersign::{ErrorKind, Provider, Secret, Verifier, providers};
use fixtures::Fixture;
use hostile::{Effort, Hostile};
use receive::{Early, begin};

/// The memory of a request in structures of fixed size, such as the numbers of a public key, which is not counted.
const FIXED: u64 = 16 << 10;

const AS_IT_IS: Variant = |builder, _| builder;

/// Changes a receiver.
type Variant = fn(ReceiverBuilder, &Fixture) -> ReceiverBuilder;

fn receiver(fixture: &Fixture, budget: Budget) -> Receiver {
    receiver_with(fixture, budget, AS_IT_IS)
}

fn receiver_with(fixture: &Fixture, budget: Budget, variant: Variant) -> Receiver {
    let builder = Receiver::builder(fixture.verifier.clone().with_body_limit(hostile::BYTES))
        .with_clock(fixtures::NOW)
        .with_budget(budget);
    let builder = variant(builder.with_public_url("https://hooks.example.com"), fixture);
    policies::fitting(builder, policies::ANSWERS)
}

/// Receives the request, with newly allocated head and body, in chunks of this size.
fn receive(receiver: &Receiver, request: &Hostile, chunk: usize) -> Option<ErrorKind> {
    let headers = request.headers.clone();
    match receive::receive(receiver, &request.method, &request.target, &headers, &request.body, chunk) {
        Err(Early::Rejected(rejection)) => Some(rejection.kind()),
        _ => None,
    }
}

/// More of the requests of a test than this take enough memory to be checked.
const LEAST: usize = 700;

/// Checks that a budget of fewer bytes than the request takes refuses it. Returns `false` for a request that takes too few
/// for that.
fn check(fixture: &Fixture, request: &Hostile, chunk: usize, variant: Variant) -> bool {
    let plenty = receiver_with(fixture, Budget::new(usize::MAX), variant);
    let taken = measure(|| _ = receive(&plenty, request, chunk)).bytes_max;
    let Some(counted) = taken.checked_sub(FIXED + 1) else { return false };
    let scarce = receiver_with(fixture, Budget::new(usize::try_from(counted).unwrap()), variant);
    // Without room for an explanation there is none.
    let mut refused = None;
    let less = measure(|| refused = receive(&scarce, request, chunk)).bytes_max;
    assert!(
        refused == Some(ErrorKind::BudgetSpent) || less <= counted + FIXED,
        "{}, chunks of {chunk}: {} takes {taken} bytes, which a budget of {counted} does not refuse",
        fixture.slug,
        request.name
    );
    true
}

/// Returns whether a body counts. A long signature field is refused before the body is looked at, and the body is the
/// framework's then.
fn is_read(request: &Hostile) -> bool {
    !request.name.ends_with("signatures and a large body")
}

fn every_other_declaration(first: usize) {
    let mut checked = 0;
    for provider in providers::all().skip(first).step_by(2) {
        let fixtures = fixtures::of(provider);
        let fixture = fixtures.first().unwrap();
        for request in hostile::requests(fixture, Effort::Short).into_iter().filter(is_read) {
            checked += usize::from(check(fixture, &request, hostile::BYTES, AS_IT_IS));
        }
    }
    assert!(checked > LEAST, "{checked}");
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
fn the_budget_counts_what_is_held_of_bodies_in_chunks() {
    let mut checked = 0;
    for provider in providers::all() {
        let fixtures = fixtures::of(provider);
        let fixture = fixtures.first().unwrap();
        let mut requests = hostile::requests(fixture, Effort::Short);
        requests.retain(is_read);
        for request in requests.iter_mut().step_by(97).take(3) {
            checked += usize::from(check(fixture, request, 400_000, AS_IT_IS));
            request.body.truncate(100_000);
            for chunk in [1, 3_000] {
                checked += usize::from(check(fixture, request, chunk, AS_IT_IS));
            }
        }
    }
    assert!(checked > LEAST, "{checked}");
}

/// The options that hold more of a request: a second declaration, explanations, observation.
const VARIANTS: [Variant; 4] = [
    |builder, fixture| builder.with_fallback(fixture.verifier.clone().with_body_limit(hostile::BYTES)),
    |builder, _| builder.with_explainer(|_: &RejectedRequest| None),
    |builder, _| builder.insecure_observe_only(),
    |builder, _| builder.with_tenants(async |_: RequestHead| Ok(None)),
];

#[test]
fn the_budget_counts_what_is_held_by_each_option() {
    let mut checked = 0;
    for (number, provider) in providers::all().enumerate() {
        let fixtures = fixtures::of(provider);
        let fixture = fixtures.first().unwrap();
        let mut requests = hostile::requests(fixture, Effort::Short);
        requests.retain(is_read);
        for request in requests.iter_mut().skip(number % 31).step_by(31) {
            request.body.truncate(50_000);
            for variant in VARIANTS {
                for chunk in [3_000, hostile::BYTES] {
                    checked += usize::from(check(fixture, request, chunk, variant));
                }
            }
        }
    }
    assert!(checked > LEAST, "{checked}");
}

/// Content that repeats values of the head takes as many copies.
#[test]
fn the_budget_counts_the_values_that_a_declaration_of_ones_own_repeats() {
    let declared = |content: &str, more: &str| {
        let toml = format!(
            "slug = 'own'\nname = 'Own'\ndoc = 'https://own.example'\n[scheme]\nalgorithm = 'hmac-sha256'\n\
             content = '{content}'\nsignature = {{ at = 'header:x-signature', encoding = 'hex' }}\n{more}"
        );
        Provider::from_toml(&toml).unwrap()
    };
    let id = "[event]\nid = 'header:x-a'\n";
    let check_of = "checks = [{ at = 'header:x-a', equals = '{header:x-b}{header:x-b}' }]\n";
    for (content, more) in [
        ("{header:x-a}.{header:x-a}.{header:x-a}.{header:x-a}.{body}", ""),
        ("{id}.{header:x-a}.{id}.{body}.{id}", id),
        ("{url}{url}{url}.{body}", "any_port = true\n"),
        ("{url:sorted-query}{query:canonical}{target:encoded-query}.{body}", ""),
        ("{header:x-a}.{body}", check_of),
        ("{?{header:x-a}.?}{header:x-b}.{body}", ""),
    ] {
        let verifier = Verifier::new(declared(content, more), Secret::new("a secret").unwrap()).unwrap();
        let (a, b) = (vec![b'a'; 50_000], vec![b'b'; 40_000]);
        let mut headers = vec![("x-a".to_owned(), a), ("x-b".to_owned(), b)];
        headers.push(("x-signature".to_owned(), b"00".to_vec()));
        let fixture = Fixture { verifier, ..fixtures::of(&providers::STRIPE).swap_remove(0) };
        let request = Hostile {
            name: content.to_owned(),
            method: "POST".to_owned(),
            target: format!("/?{}", "%=&".repeat(20_000)),
            headers: fixtures::Fields(headers),
            body: Bytes::from_static(b"{}"),
        };
        assert!(check(&fixture, &request, hostile::BYTES, AS_IT_IS), "{content}");
    }
}

#[test]
fn a_head_counts_with_all_its_bytes() {
    let provider = &providers::STRIPE;
    let fixture = fixtures::of(provider).swap_remove(0);
    let mut headers = fixture.headers.clone();
    headers.0.extend((0..100).map(|number| (format!("x-{number}"), vec![b'a'; 3_470])));
    let budget = Budget::new(2 << 20);
    let receiver = receiver(&fixture, budget.clone());
    let reception = begin(&receiver, &fixture.method, &fixture.target, &headers).unwrap();
    assert!(budget.in_use() >= 347_000, "{}", budget.in_use());
    drop(reception);
    assert_eq!(budget.in_use(), 0);
}
