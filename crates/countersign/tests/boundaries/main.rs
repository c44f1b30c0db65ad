//! Checks that values reported as signed cannot be changed, by moving bytes between the values of each request.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "../common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod fixtures;

mod carriers;
mod catalogue;
mod random;
mod recut;
