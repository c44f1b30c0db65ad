//! Every declaration of the catalogue has a request that verifies.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "common/scenes.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod scenes;

use countersign::providers;

#[test]
fn every_declaration_has_a_request_that_verifies() {
    for provider in providers::all() {
        assert!(!scenes::of(provider).is_empty(), "{}", provider.slug);
    }
}
