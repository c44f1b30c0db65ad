use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

use crate::connection::{Role, Source};
use crate::error::{OpenError, is_full, sqlite};
use crate::reserve::PAGE;

/// A thread that moves the log into the file whenever enough was added to it: the commit that fills the log moves the rest, which is
/// little, and waits for less of the disk.
pub(super) struct Ahead {
    /// About the bytes that were added since the thread was woken.
    added: usize,
    step: usize,
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    pub(super) fn start(source: &Source) -> Self {
        let step = usize::try_from(source.reserve.log_pages() * PAGE).unwrap_or(usize::MAX) / STEPS;
        let (wake, woken) = mpsc::sync_channel(1);
        let source = source.clone();
        let thread = thread::Builder::new().name("sqlite-log".to_owned()).spawn(move || {
            if let Err(error) = run(&source, &woken) {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "commits move the log into the file themselves"
                );
            }
        });
        // Without the thread, commits move the log.
        Self { added: 0, step, wake: Some(wake), thread: thread.ok() }
    }

    /// Notes that a commit has written about so many bytes. Returns whether that wakes the thread.
    pub(super) fn note(&mut self, bytes: usize) -> bool {
        self.added = self.added.saturating_add(bytes);
        // A thread that is still busy is woken once more at most.
        let is_woken =
            self.added >= self.step && self.wake.as_ref().is_some_and(|wake| wake.try_send(()).is_ok());
        if is_woken {
            self.added = 0;
        }
        is_woken
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported already.
            let _ = thread.join();
        }
    }
}

fn run(source: &Source, woken: &Receiver<()>) -> Result<(), OpenError> {
    if woken.recv().is_err() {
        return Ok(());
    }
    let connection = source.open(Role::Operator)?;
    loop {
        let moved = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        // The commit that fills the log reports a full disk.
        moved
            .or_else(|error| if is_full(&error) { Ok(()) } else { Err(error) })
            .map_err(sqlite("move the log into the file"))?;
        if woken.recv().is_err() {
            return Ok(());
        }
    }
}

/// A full log has about so many steps: bytes of events are a quarter to a half of what they add to the log.
const STEPS: usize = 16;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use rusqlite::Connection;

    use super::*;
    use crate::reserve::Reserve;

    /// The pages that a commit moves make the file grow.
    #[test]
    fn the_commit_that_fills_the_log_moves_little() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        crate::schema::migrate(&Connection::open(&path).unwrap()).unwrap();
        let source = Source {
            reserve: Reserve::of_bytes(&path, 1024 * PAGE as u64),
            path,
            pin: None,
            busy_timeout: Duration::ZERO,
            max_size: None,
            is_synced: false,
        };
        let writer = source.open(Role::Owner).unwrap();
        writer.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        let (wake, woken) = mpsc::sync_channel(1);
        let step = 512 * PAGE as usize / STEPS;
        let mut ahead = Ahead { added: 0, step, wake: Some(wake), thread: None };
        let pages = || fs::metadata(&source.path).unwrap().len() as i64 / PAGE;
        let (first, mut most, mut wakes) = (pages(), 0, 0);
        // Five times the log, in events of 10 pages.
        for id in 0..256 {
            let before = pages();
            let event = "INSERT INTO wh_body(event_id, head, body) VALUES(?1, x'', randomblob(40960))";
            writer.execute(event, [id]).unwrap();
            most = most.max(pages() - before);
            if ahead.note(10 * PAGE as usize) {
                wakes += 1;
                // What the thread does for this one wake-up.
                woken.recv().unwrap();
                let (wake, own) = mpsc::sync_channel(1);
                wake.try_send(()).unwrap();
                drop(wake);
                run(&source, &own).unwrap();
            }
        }
        assert!(pages() - first > 2000, "{first} {}", pages());
        assert!((50..=100).contains(&wakes), "{wakes}");
        assert!(most <= 64, "{most} of 512 pages");
    }
}
