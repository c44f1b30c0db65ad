//! Tests of keys and of signatures that are verified with a public key.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod answers;
mod formats;
mod fuzz;
mod kinds;
mod signatures;
mod support;
