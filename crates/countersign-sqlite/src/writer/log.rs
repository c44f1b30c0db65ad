//! Keeps the log of an owner small, without holding up its commits.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

use super::ahead::Ahead;
use crate::connection::{RESET_FIXED, Role, Source};
use crate::error::OpenError;
use crate::filesystem::beside;

/// The log of an owner.
///
/// Usually the commit that fills the log moves what another thread has not moved before. A long reader, such as a backup, keeps it from being moved, so that
/// it grows: the first commit after the reader would move all of it. A log above its usual size is moved by a thread with
/// a connection of its own instead, and commits move nothing meanwhile. The writer moves the little that was added to it during the
/// last round, so that the log is written from its beginning again.
pub(super) struct Log {
    source: Source,
    path: PathBuf,
    mover: Option<Mover>,
    /// Unless this SQLite allows only one connection to move the log.
    ahead: Option<Ahead>,
}

/// A thread that moves the log.
struct Mover {
    is_over: Arc<AtomicBool>,
    is_stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// The progress of a thread that moves the log.
#[derive(Default)]
struct Progress {
    moved: i64,
    rounds: usize,
}

/// The result of a round.
#[derive(Debug, Eq, PartialEq)]
enum Round {
    /// Little is left, or the writer adds to the log faster than it is moved: the writer moves the rest.
    Last,
    /// Much was added during this round.
    Again,
    /// A reader keeps the rest from being moved.
    Blocked,
}

impl Log {
    pub(super) fn new(source: &Source) -> Self {
        let ahead = (rusqlite::version_number() >= RESET_FIXED).then(|| Ahead::start(source));
        Self { source: source.clone(), path: beside(&source.path, "-wal"), mover: None, ahead }
    }

    /// Returns whether a thread moves the log.
    pub(super) const fn is_moving(&self) -> bool {
        self.mover.is_some()
    }

    /// Starts a thread for a log above its usual size, and takes over from one that is done. Called after each commit of the
    /// writer that has written about this many bytes.
    pub(super) fn keep(&mut self, connection: &Connection, bytes: usize) -> rusqlite::Result<()> {
        match &self.mover {
            Some(mover) if !mover.is_over.load(Ordering::Acquire) => Ok(()),
            Some(_) => {
                self.mover = None;
                set_pages(connection, self.source.reserve.log_pages())?;
                connection.query_row(MOVE, [], |_| Ok(()))
            }
            None if self.ahead.is_some() && self.is_large() => {
                set_pages(connection, 0)?;
                self.mover = Some(Mover::start(self.source.clone()));
                Ok(())
            }
            None => {
                if let Some(ahead) = &mut self.ahead {
                    ahead.note(bytes);
                }
                Ok(())
            }
        }
    }

    /// Returns whether the log is larger than it is after it was moved.
    fn is_large(&self) -> bool {
        let most = self.source.reserve.log_bytes();
        fs::metadata(&self.path).is_ok_and(|found| i64::try_from(found.len()).unwrap_or(i64::MAX) > most)
    }
}

impl Mover {
    fn start(source: Source) -> Self {
        let [is_over, is_stopped] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let (over, stopped) = (Arc::clone(&is_over), Arc::clone(&is_stopped));
        let thread = thread::Builder::new().name("sqlite-log".to_owned()).spawn(move || {
            if let Err(error) = run(&source, &stopped) {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the log was not moved into the file in the background"
                );
            }
            over.store(true, Ordering::Release);
        });
        if thread.is_err() {
            // The writer moves the log itself.
            is_over.store(true, Ordering::Release);
        }
        Self { is_over, is_stopped, thread: thread.ok() }
    }
}

impl Drop for Mover {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported already.
            let _ = thread.join();
        }
    }
}

/// Moves the log until little is left.
fn run(source: &Source, is_stopped: &AtomicBool) -> Result<(), OpenError> {
    let connection = source.open(Role::Operator)?;
    let mut progress = Progress::default();
    while !is_stopped.load(Ordering::Acquire) {
        let failed = crate::error::sqlite("move the log into the file");
        match progress.round(&connection).map_err(failed)? {
            Round::Last => break,
            Round::Again => {}
            Round::Blocked => thread::sleep(LOOK_AGAIN),
        }
    }
    Ok(())
}

impl Progress {
    fn round(&mut self, connection: &Connection) -> rusqlite::Result<Round> {
        let (is_busy, pages, moved) = connection.query_row(MOVE, [], |row| {
            Ok((row.get::<_, bool>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })?;
        Ok(if is_busy { Round::Blocked } else { self.advance(pages, moved) })
    }

    /// Notes the size of the log at the start of a round, and how much of it is moved.
    fn advance(&mut self, pages: i64, moved: i64) -> Round {
        let added = moved.saturating_sub(self.moved);
        self.moved = moved;
        if moved < pages {
            return Round::Blocked;
        }
        self.rounds += 1;
        if added <= FEW || self.rounds >= ROUNDS { Round::Last } else { Round::Again }
    }
}

fn set_pages(connection: &Connection, pages: i64) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "wal_autocheckpoint", pages, |_| Ok(()))
}

const MOVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
/// The pages that the writer moves itself: 1 MiB.
const FEW: i64 = 256;
/// The rounds after which the writer moves the rest, whatever it is: it writes faster than the log is moved.
const ROUNDS: usize = 16;
const LOOK_AGAIN: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reserve::{PAGE, Reserve};

    #[test]
    fn the_writer_takes_over_when_little_is_left_or_never_would_be() {
        let mut progress = Progress::default();
        assert_eq!(progress.advance(5000, 1000), Round::Blocked);
        assert_eq!(progress.advance(6000, 1000), Round::Blocked);
        assert_eq!(progress.advance(6000, 6000), Round::Again);
        assert_eq!(progress.advance(6500, 6500), Round::Again);
        assert_eq!(progress.advance(6600, 6600), Round::Last);
        assert_eq!(progress.advance(20, 20), Round::Last, "the log was written from its beginning");
        let mut progress = Progress::default();
        let rounds: Vec<_> =
            (1..=ROUNDS as i64).map(|nth| progress.advance(nth * 1000, nth * 1000)).collect();
        assert_eq!(rounds.iter().position(|round| *round == Round::Last), Some(ROUNDS - 1));
    }

    /// The pages that a commit moves make the file grow.
    #[test]
    fn the_first_commits_after_a_long_reader_move_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        crate::schema::migrate(&Connection::open(&path).unwrap()).unwrap();
        let source = Source {
            reserve: Reserve::of_bytes(&path, 256 * PAGE as u64),
            path,
            pin: None,
            busy_timeout: Duration::ZERO,
            max_size: None,
            is_synced: false,
        };
        let (writer, reader) = (source.open(Role::Owner).unwrap(), source.open(Role::Reader).unwrap());
        let mut log = Log::new(&source);
        let bytes = |suffix| fs::metadata(beside(&source.path, suffix)).unwrap().len() as i64;
        let commit = |log: &mut Log| {
            let before = bytes("");
            writer.execute("INSERT INTO wh_body(event_id, head, body) SELECT 1 + coalesce(max(event_id), 0), x'', randomblob(40960) FROM wh_body", ()).unwrap();
            let moved = (bytes("") - before) / PAGE;
            log.keep(&writer, 0).unwrap();
            moved
        };
        writer.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        reader.execute_batch("BEGIN; SELECT count(*) FROM wh_body").unwrap();
        while !log.is_moving() {
            commit(&mut log);
        }
        assert_eq!((0..100).map(|_| commit(&mut log)).sum::<i64>(), 0, "the reader keeps it");
        assert!(bytes("-wal") > 1000 * PAGE);
        // Without the thread, this commit would move all of it.
        log.mover = Some(Mover { is_over: Arc::default(), is_stopped: Arc::default(), thread: None });
        reader.execute_batch("ROLLBACK").unwrap();
        assert_eq!(commit(&mut log), 0);
        let before = bytes("");
        run(&source, &AtomicBool::new(false)).unwrap();
        assert!(bytes("") - before > 1000 * PAGE);
        log.mover.as_ref().unwrap().is_over.store(true, Ordering::Release);
        let moved: i64 = (0..5).map(|_| commit(&mut log)).sum();
        assert!(moved <= 200, "{moved}");
        assert!(!log.is_moving());
        assert!(bytes("-wal") <= source.reserve.log_bytes() + 11 * PAGE);
    }
}
