//! Tests of maintenance: partitions are created and dropped, and old data is deleted.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod ages;
mod attempts;
#[path = "../common/mod.rs"]
mod common;
mod errors;
mod partitions;
mod replays;
mod support;
