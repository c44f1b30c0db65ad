//! Shared parts of the benchmarks: signed requests, operations that verify them, and interleaved measurements.

#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

pub mod floor;
pub mod handwritten;
pub mod invoice;
pub mod keys;
pub mod operation;
pub mod ours;
pub mod peers;
pub mod race;
pub mod sample;
pub mod table;
