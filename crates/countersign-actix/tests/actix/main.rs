//! Tests of the middleware and the extractors inside a real actix service, without a server, a clock or sleeping.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod bodies;
mod composition;
mod configs;
mod extract;
mod limits;
mod log;
mod support;
mod tenants;
mod wrap;
