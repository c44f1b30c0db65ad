//! Inline mode: each delivery is handled once, and none is lost, in every framework.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod connections;
mod leases;
mod peers;
mod support;
mod table;
mod telemetry;
