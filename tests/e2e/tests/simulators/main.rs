//! Tests of the simulated providers over HTTP: against the examples, and against receivers that fail as a test says.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod examples;
mod faults;
#[path = "../inbox_examples/support.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod inbox;
mod policies;
mod printprice;
mod proxiant;
mod subscriptions;
mod support;
