//! Runs the conformance suite on the inbox in a file.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use std::time::Duration;

use common::Sqlite;
use countersign_testkit::conformance::inbox::{InboxHarness, sample_event};
use countersign_testkit::inbox_conformance;

// The reference keeps attempts for as long as events.
inbox_conformance!(Sqlite::with(|builder| builder.with_attempt_retention(Duration::MAX)));

/// The suite also accepts a store that does not support this.
#[test]
fn it_names_the_sources_that_have_something_due() {
    let harness = Sqlite::new();
    let inbox = harness.inbox();
    let named = harness.wait(inbox.due_sources(&["orders".to_owned()])).unwrap();
    assert_eq!(named, Some(Vec::new()));
    harness.wait(inbox.accept(sample_event("orders", "evt", "{}"))).unwrap();
    let woken = harness.wait(Box::pin(async { Ok(inbox.woken_since(0).await) })).unwrap();
    assert_eq!(woken.sources, Some(vec!["orders".to_owned()]));
}

/// The suite accepts a store that cannot count bytes; this one can.
#[test]
fn a_claim_ends_with_the_event_that_reaches_its_bytes() {
    let harness = Sqlite::new();
    let inbox = harness.inbox();
    for nth in 0..10 {
        harness.wait(inbox.accept(sample_event("orders", &nth.to_string(), vec![b'x'; 100_000]))).unwrap();
    }
    let mut claimed = Vec::new();
    for max_bytes in [0, 250_000, usize::MAX] {
        let mut request = common::claim_request(100);
        request.max_bytes = max_bytes;
        claimed.push(harness.wait(inbox.claim_due(&request)).unwrap().len());
    }
    assert_eq!(claimed, [1, 3, 6]);
}
