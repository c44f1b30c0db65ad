//! Checks for every scheme of the catalogue that signed requests verify, and changed ones do not.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "../common/mod.rs"]
mod common;

mod changes;
mod in_bodies;
mod missing;
mod support;
#[path = "../common/vectors.rs"]
mod vectors;
