//! End-to-end tests across the crates.
//!
//! * `tests/cases.rs`: one table of requests and responses, for axum, plain tower and actix.
//! * `tests/handshakes.rs`: a table for handshakes, with the middleware in all positions.
//! * `tests/inline`: each delivery is handled once, in every framework, with a store that fails on demand.
//! * `tests/durable`: durable mode, for the same three, with a scripted store.
//! * `tests/sdk.rs`: official SDKs sign and send, and the example programs receive.
//! * `tests/sdk_verifies.rs`: the `countersign` command signs, and official SDKs verify.
//! * `tests/sdk_catalogue`: official SDKs verify requests of the signer with the same results as this crate, and
//!   this crate verifies theirs.
//! * `tests/examples.rs`: the start-up of the example programs.
//! * `tests/inbox_examples`: the examples of durable mode, with a file and with a database.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod answer;
mod case;
pub mod cases;
mod clock;
mod declared;
mod derived;
pub mod durable;
mod expected;
pub mod frameworks;
pub mod inline;
mod keys;
pub mod programs;
mod request;
mod sender;
mod senders;
mod signing;
pub mod stacks;
mod wire;

pub use answer::{Answer, Reply};
pub use case::Case;
pub use clock::{now, rfc3339};
pub use declared::declared;
pub use derived::UNSENT;
pub use expected::Expected;
pub use keys::Keys;
pub use request::Request;
pub use sender::{Catalog, Dated, Dating, Event, NOW, Sender};
pub use wire::Wire;

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
