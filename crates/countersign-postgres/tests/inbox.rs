//! Durable mode on two machines: the suite of all stores.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use countersign_inbox::inbox_conformance;

use self::common::Machines;

inbox_conformance!(Machines::new());
