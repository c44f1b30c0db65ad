//! Checks that the reference inbox passes the conformance suite, and that broken stores do not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod broken;
mod common;

use countersign_testkit::inbox_conformance;

use self::common::Reference;

inbox_conformance!(Reference::new());
