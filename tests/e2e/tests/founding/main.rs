//! Tests that the signer of each founding provider sends every event, and both frameworks receive it: inline and through
//! an inbox.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod apps;
mod conversation;
mod deliveries;

use countersign::providers::{preflix, printprice, proxiant, redpin};

use conversation::hold;

#[test]
fn every_event_of_preflix_is_handled_once_by_both_frameworks_inline_and_durable() {
    hold::<preflix::Event>(&preflix::PROVIDER);
}

#[test]
fn every_event_of_redpin_is_handled_once_by_both_frameworks_inline_and_durable() {
    hold::<redpin::Event>(&redpin::PROVIDER);
}

#[test]
fn every_event_of_printprice_is_handled_once_by_both_frameworks_inline_and_durable() {
    hold::<printprice::Event>(&printprice::PROVIDER);
}

#[test]
fn every_event_of_proxiant_is_handled_once_by_both_frameworks_inline_and_durable() {
    hold::<proxiant::Event>(&proxiant::PROVIDER);
}
