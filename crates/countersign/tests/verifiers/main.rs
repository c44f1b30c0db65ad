//! Tests of verifiers of declarations that are made for a single rule.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod bodies;
mod checks;
mod configuration;
mod limits;
mod places;
mod same_delivery;
mod signed_values;
mod support;
