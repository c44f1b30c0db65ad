//! Tests of payloads that are signed in a special form: detached JWTs over more than the body, JWTs with
//! certificates, and JSON in PHP's form.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod certificates;
mod detached_jwts;
mod members;
mod signed_headers;
mod support;
