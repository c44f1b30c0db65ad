//! Tests of a file to which something else is written while the writer uses it.

use std::fs;

use countersign_inbox::{InboxStore, StoreError};
use rusqlite::ffi;

use crate::SqliteStore;
use crate::error::Failure;

/// Reopening the file would move the old log into the other content.
#[test]
fn other_content_that_sqlite_reports_as_damage_stays_as_it_is() {
    for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB] {
        let folder = tempfile::tempdir().unwrap();
        let [path, copy] = ["inbox.db", "copy.db"].map(|name| folder.path().join(name));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let store = SqliteStore::open(&path).unwrap();
        runtime.block_on(store.backup_to(&copy)).unwrap();
        let write = store.submit(1, |session| {
            session.connection().execute_batch("UPDATE wh_meta SET value = value + 1 WHERE name = 'event'")
        });
        runtime.block_on(write).unwrap();
        let (from, to) = (copy.clone(), path.clone());
        let overwrite = store.submit(1, move |_| {
            fs::copy(&from, &to).unwrap();
            Err::<(), _>(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None))
        });
        runtime.block_on(overwrite).unwrap_err();
        for _ in 0..2 {
            let error = runtime.block_on(store.probe()).unwrap_err();
            assert!(is_replaced(&error), "{error:?}");
        }
        drop(store);
        assert!(fs::read(&path).unwrap() == fs::read(&copy).unwrap(), "nothing was written to it");
        drop(SqliteStore::open(&path).unwrap());
    }
}

/// The service is stopped before the writer looks at its files.
#[test]
fn other_content_stays_as_it_is_when_the_store_is_closed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let [path, copy] = ["inbox.db", "copy.db"].map(|name| folder.path().join(name));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let store = SqliteStore::open(&path).unwrap();
    runtime.block_on(store.backup_to(&copy)).unwrap();
    fs::copy(&copy, &path).unwrap();
    drop(store);
    assert!(fs::read(&path).unwrap() == fs::read(&copy).unwrap(), "nothing was written to it");
}

fn is_replaced(error: &StoreError) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<Failure>());
    matches!(cause, Some(Failure::Replaced { .. }))
}
