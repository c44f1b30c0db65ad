//! Durable mode on two machines: the suite of all stores.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::time::Duration;

use countersign_inbox::inbox_conformance;

use self::common::Machines;

// The reference keeps bodies for as long as events.
inbox_conformance!(Machines::with(|builder| builder.with_body_retention(Duration::MAX)));
