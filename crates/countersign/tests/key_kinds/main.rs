//! Checks that unusable keys are refused: public keys as shared secrets, and public keys that do not protect.
#![cfg(all(feature = "asymmetric", feature = "jwt", feature = "nfkd", feature = "crc32"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

#[path = "../common/fixtures/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
mod fixtures;

mod public_keys;
mod rsa;
mod shared_secrets;
mod support;
