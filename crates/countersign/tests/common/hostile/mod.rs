//! Generates the most expensive requests that an attacker can send to each declaration: bodies of 1 MiB and full
//! heads.
#![allow(unused_imports, reason = "each test file uses its part")]

mod bodies;
mod common_bodies;
mod heads;
mod requests;

pub use bodies::Effort;
pub use common_bodies::BYTES;
pub use requests::{Hostile, requests};
