//! What the benchmarks share: signed requests, the ways to verify them, and a race between such ways.

#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

pub mod floor;
pub mod handwritten;
pub mod invoice;
pub mod keys;
pub mod lane;
pub mod ours;
pub mod peers;
pub mod race;
pub mod sample;
pub mod table;
