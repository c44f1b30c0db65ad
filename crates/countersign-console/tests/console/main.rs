//! The pages over a store in memory and one in a file, as a browser without scripts sees them.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod actions;
#[cfg(all(feature = "actix", feature = "axum"))]
mod adapters;
mod attempts;
mod bounds;
mod bulk;
mod bulk_bounds;
mod compare;
mod controls;
mod credentials;
mod forms;
mod hostile;
mod limits;
mod overview;
mod pages;
mod pauses;
mod replays;
mod roles;
mod support;
