//! Tests of JSON Web Tokens: vectors of other libraries, JWTs of the signer, and JWTs that must be rejected.
#![cfg(feature = "jwt")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod catalogue;
mod claims;
mod foreign;
mod keys;
mod support;
