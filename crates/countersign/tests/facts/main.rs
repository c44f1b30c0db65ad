//! Regression tests for known bugs of webhook receivers.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "../common/mod.rs"]
mod common;

mod bodies;
mod secrets;
mod signatures;
mod timestamps;
mod values;
