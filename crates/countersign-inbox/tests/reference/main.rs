//! The reference of the durable inbox passes the suite of all stores, and what is broken does not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod broken;
mod common;

use countersign_inbox::inbox_conformance;

use self::common::Reference;

inbox_conformance!(Reference::new());
