//! Tests that a declaration that loads is one that some request fits: what a signer makes of it verifies.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod bodies;
mod combinations;
mod content;
mod contradictions;
mod support;
