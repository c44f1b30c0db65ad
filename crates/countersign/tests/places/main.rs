//! Tests of values in one of several places, in the query, in a form field with JSON, in multipart/form-data and in
//! gzip.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod alternatives;
mod payloads;
#[path = "../common/receive.rs"]
mod receive;
mod support;
