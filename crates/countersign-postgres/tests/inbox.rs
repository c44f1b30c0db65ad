//! Runs the conformance suite of durable mode on two instances.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::time::Duration;

use countersign_testkit::conformance::inbox::{InboxBench, sample_event};
use countersign_testkit::inbox_conformance;

use self::common::Machines;

// The reference keeps bodies and attempts for as long as events.
inbox_conformance!(Machines::with(|builder| builder
    .with_body_retention(Duration::MAX)
    .with_attempt_retention(Duration::MAX)));

/// The suite also accepts a store that does not support this.
#[test]
fn it_names_the_sources_that_have_something_due() {
    let bench = Machines::new();
    let (inbox, other) = (bench.inbox(), bench.inbox());
    let named = bench.wait(other.due_sources(&["orders".to_owned()])).unwrap();
    assert_eq!(named, Some(Vec::new()));
    bench.wait(inbox.accept(sample_event("orders", "evt", "{}"))).unwrap();
    let woken = bench.wait(Box::pin(async { Ok(inbox.woken_since(0).await) })).unwrap();
    assert_eq!(woken.sources, Some(vec!["orders".to_owned()]));
    let named = bench.wait(other.due_sources(&["refunds".to_owned(), "orders".to_owned()])).unwrap();
    assert_eq!(named, Some(vec!["orders".to_owned()]));
}
