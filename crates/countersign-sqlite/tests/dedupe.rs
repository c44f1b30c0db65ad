//! Runs the conformance suite on claims in a file.

mod common;

use common::Sqlite;
use countersign_testkit::store_conformance;

store_conformance!(Sqlite::new());
