//! Tests of durable mode: acknowledged events are stored, on axum, plain tower and actix.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod builder;
mod composition;
mod disconnect;
mod http;
mod seen;
mod slow;
mod statistics;
mod stored;
mod support;
mod table;
