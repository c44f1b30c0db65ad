//! HTTP Message Signatures, with the standard's own test vectors (RFC 9421, appendix B.2 to B.4).
#![cfg(all(feature = "asymmetric", feature = "message-signatures"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod algorithms;
mod candidates;
mod coverage;
mod digests;
mod support;
mod vectors;
