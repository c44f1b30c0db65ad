//! Tests of creating, upgrading and refusing tables.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "../common/mod.rs"]
mod common;
mod creation;
mod owners;
mod roles;
mod support;
mod upgrades;
