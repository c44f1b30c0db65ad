//! Claims in a file: the suite of all stores.

mod common;

use common::Sqlite;
use countersign_inbox::conformance::dedupe_model;
use countersign_inbox::store_conformance;

store_conformance!(Sqlite::new());

#[test]
fn whatever_happens_it_answers_as_the_model_does() {
    dedupe_model(Sqlite::new);
}
