//! Tests of the receiver without an adapter: tenants, published keys, checks of a head alone.
#![cfg(feature = "full")]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod explained;
mod handshakes;
mod heads;
mod keys;
mod observing;
#[path = "../common/receive.rs"]
mod receive;
mod support;
mod surface;
mod tenants;
