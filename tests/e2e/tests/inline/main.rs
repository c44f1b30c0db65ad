//! Tests of inline mode: each delivery is handled once, and none is lost, in every framework.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod connections;
#[path = "../../../../crates/countersign/tests/common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of the core")]
mod fixtures;
mod identity;
mod leases;
mod peers;
mod settling;
mod support;
mod table;
mod telemetry;
