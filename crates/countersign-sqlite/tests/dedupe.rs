//! Claims in a file: the suite of all stores.

mod common;

use common::Sqlite;
use countersign_inbox::store_conformance;

store_conformance!(Sqlite::new());
