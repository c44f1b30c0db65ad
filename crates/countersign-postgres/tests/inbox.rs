//! Runs the conformance suite of durable mode on two instances.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::time::Duration;

use countersign_testkit::conformance::inbox::{InboxHarness, sample_event};
use countersign_testkit::inbox_conformance;

use self::common::Machines;

// The reference keeps bodies and attempts for as long as events.
inbox_conformance!(Machines::with(|builder| builder
    // Patient, because the machine may be busy.
    .with_acquire_timeout(Duration::from_secs(60))
    .with_operation_timeout(Duration::from_secs(60))
    .with_body_retention(Duration::MAX)
    .with_attempt_retention(Duration::MAX)));

/// The suite also accepts a store that does not support this.
#[test]
fn it_names_the_sources_that_have_something_due() {
    let harness = Machines::new();
    let (inbox, other) = (harness.inbox(), harness.inbox());
    let named = harness.wait(other.due_sources(&["orders".to_owned()])).unwrap();
    assert_eq!(named, Some(Vec::new()));
    harness.wait(inbox.accept(sample_event("orders", "evt", "{}"))).unwrap();
    let woken = harness.wait(Box::pin(async { Ok(inbox.woken_since(0).await) })).unwrap();
    assert_eq!(woken.sources, Some(vec!["orders".to_owned()]));
    let named = harness.wait(other.due_sources(&["refunds".to_owned(), "orders".to_owned()])).unwrap();
    assert_eq!(named, Some(vec!["orders".to_owned()]));
}
