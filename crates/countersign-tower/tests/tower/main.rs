//! Tests of the layers and the extractors, without a server, a clock or sleeping.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod accepted;
mod compile;
#[cfg(all(feature = "axum", feature = "inbox"))]
mod composition;
#[cfg(feature = "axum")]
mod extract;
#[cfg(feature = "axum")]
mod log;
mod rejected;
mod support;
