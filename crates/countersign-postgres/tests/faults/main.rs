//! Tests of server restarts, broken connections, exhausted pools, and open transactions.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod answers;
#[path = "../common/mod.rs"]
mod common;
mod locks;
mod replacements;
mod restarts;
mod support;
mod timeouts;
