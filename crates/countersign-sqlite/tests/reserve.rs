//! Tests of the space that is reserved for deletions. Logs are collected for the whole process: one test.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod common;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use common::Sqlite;
use common::disk::{Mounted, fill, fill_up, large};
use countersign_inbox::{InboxStore, StoreError};

/// The owner moves the log into the file when it is idle, which fails on a full disk. Another process may fill whatever
/// is released, so that no purge would have room.
#[test]
fn an_idle_owner_leaves_the_reserve_for_deletions() {
    let (sender, lines) = mpsc::channel();
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || Lines(sender.clone())).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(mounted) = Mounted::new(folder.path(), "12m") else {
        eprintln!("NOT TESTED: this user may not mount a small disk");
        return;
    };
    let sqlite = Sqlite::in_folder(folder, Arc::new(common::ManualClock::new()), |builder| builder);
    fill(&sqlite);
    fill_up(sqlite.folder.path());
    let is_refused = || matches!(sqlite.err(sqlite.store().accept(large(9_999))), StoreError::Unavailable(_));
    // The log has other lines, too.
    let is_idle = |line: &String| line.contains("the log was not moved into the file, or the time");
    let mut tries = 0..600;
    let mut is_logged = false;
    while !is_logged {
        tries.next().expect("an idle owner moves the log");
        // The owner moves the log when enough was written to it. It may have done so before the disk was full.
        assert!((0..150).all(|_| is_refused()));
        let next = || lines.recv_timeout(Duration::from_millis(200)).ok();
        is_logged = std::iter::from_fn(next).any(|line| is_idle(&line));
    }
    // Answered by the thread that has logged.
    assert!(is_refused());
    let reserve = sqlite.folder.path().join("inbox.db.reserve");
    assert!(std::fs::metadata(&reserve).unwrap().len() > 500_000);
    let (folder, _) = sqlite.close();
    drop(mounted);
    drop(folder);
}

struct Lines(Sender<String>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The test may be over.
        let _ = self.0.send(String::from_utf8_lossy(bytes).into_owned());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
