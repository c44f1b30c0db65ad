//! Tests that unreadable data on the disk is reported, for as long as it is unreadable.

mod common;

use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use common::{Sqlite, claim_request};
use countersign_inbox::telemetry::DEAD;
use countersign_inbox::{InboxStore, StoreError};
use countersign_testkit::conformance::inbox::sample_event;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use rusqlite::Connection;

#[test]
fn an_event_whose_request_is_gone_is_a_dead_letter_that_is_counted() {
    let sqlite = Sqlite::new();
    sqlite.ok(sqlite.store().accept(sample_event("orders", "1", "{}")));
    let file = Connection::open(sqlite.folder.path().join("inbox.db")).unwrap();
    assert_eq!(file.execute("DELETE FROM wh_body", ()).unwrap(), 1);
    let recorder = DebuggingRecorder::new();
    metrics::with_local_recorder(&recorder, || assert_eq!(sqlite.claim(10).len(), 0));
    let counted: Vec<_> = recorder.snapshotter().snapshot().into_vec();
    let dead = counted.iter().find(|(key, ..)| key.key().name() == DEAD).unwrap();
    let labels: Vec<_> = dead.0.key().labels().map(|label| (label.key(), label.value())).collect();
    assert_eq!(labels, [("source", "orders"), ("reason", "unreadable")]);
    assert_eq!(dead.3, DebugValue::Counter(1));
}

#[test]
fn a_file_that_was_damaged_is_opened_again_until_it_can_be_read() {
    let sqlite = Sqlite::new();
    for id in 0..300 {
        let event = sample_event("orders", &id.to_string(), vec![b'x'; 4096]);
        sqlite.ok(sqlite.store().accept(event));
    }
    let (folder, clock) = sqlite.close();
    let path = folder.path().join("inbox.db");
    // None of it is in memory yet.
    let sqlite = Sqlite::in_folder(folder, Arc::clone(&clock), |builder| builder);
    // The file has all of the log: otherwise the close of the damaged connection writes it into the file, perhaps
    // before the damage is undone below.
    let log = Connection::open(&path).unwrap();
    let behind: i64 = log.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| row.get(0)).unwrap();
    assert_eq!(behind, 0);
    drop(log);
    let mut file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let (mut good, length) = (Vec::new(), file.metadata().unwrap().len());
    file.read_to_end(&mut good).unwrap();
    let damaged = (length / 2) as usize;
    file.seek(SeekFrom::Start(damaged as u64)).unwrap();
    file.write_all(&vec![0xff; good.len() - damaged]).unwrap();
    let error = sqlite.err(sqlite.store().claim_due(&claim_request(300)));
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(&good).unwrap();
    assert_eq!(sqlite.claim(300).len(), 300);
}
