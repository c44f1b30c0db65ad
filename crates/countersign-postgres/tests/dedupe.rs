//! Tests of inline mode on two instances: the conformance suite, and leftover data.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use countersign_testkit::store_conformance;

use self::common::Machines;

store_conformance!(Machines::new());
