//! The inbox in a file: the suite of all stores.

mod common;

use common::Sqlite;
use countersign_inbox::inbox_conformance;

inbox_conformance!(Sqlite::new());
