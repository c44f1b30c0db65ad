//! Tests that attaching to a file does not change it.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::error::Error;
use std::fs;
use std::time::Duration;

use countersign_inbox::InboxStore;
use countersign_sqlite::{OpenError, SqliteStore};
use rusqlite::Connection;

#[test]
fn a_file_that_is_not_ours_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    fs::write(&path, "").unwrap();
    assert!(matches!(SqliteStore::attach(&path), Err(OpenError::Empty)));
    assert_eq!(fs::read(&path).unwrap(), b"");

    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE notes(text); INSERT INTO notes VALUES ('mine')").unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(SqliteStore::attach(&path), Err(OpenError::NotOurs)));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_file_that_another_process_holds_is_an_error_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let store = SqliteStore::builder(&path).with_busy_timeout(Duration::ZERO).open().unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.probe().await.unwrap_err();
    let cause = error.source().unwrap().to_string();
    assert!(cause.starts_with("another program has locked the file"), "{cause}");
    other.execute_batch("ROLLBACK").unwrap();
    store.probe().await.unwrap();
}
