//! Attacks that give one signature two readings, by moving the boundaries of the signed content. Each must be
//! rejected or leave the signed values unchanged.
#![cfg(feature = "full")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod header_lists;
mod moved_bytes;
mod plain_hashes;
mod sns;
mod support;
