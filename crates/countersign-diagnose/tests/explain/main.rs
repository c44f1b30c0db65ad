//! Checks that known mistakes, made on a genuine request of every declaration where they are possible, are named.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "../../../countersign/tests/common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod fixtures;

mod bodies;
mod contents;
mod cost;
mod heads;
mod identified;
mod secrets;
mod sent;
mod variations;
