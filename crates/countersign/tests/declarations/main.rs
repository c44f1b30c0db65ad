//! Tests of declaration files, and of the errors for mistakes in them.
#![cfg(feature = "toml")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod loading;
mod refused;
mod schemes;
