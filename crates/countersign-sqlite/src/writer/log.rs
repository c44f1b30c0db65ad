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
///
/// With little free space there is no thread: the log grows while it is moved by one, and the file would have to grow by more than what is
/// reserved for deletions.
pub(super) struct Log {
    source: Source,
    path: PathBuf,
    mover: Option<Mover>,
    /// The length of the file when a thread was done with it; 0 if it was small since. A reader at its end keeps a log from being
    /// written from its beginning again, although all of it is moved.
    moved: u64,
    /// Started by the first commit, unless this SQLite allows only one connection to move the log.
    ahead: Option<Ahead>,
}

/// A thread that moves the log.
struct Mover {
    is_stopped: Arc<AtomicBool>,
    /// `None` if it could not be started.
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
        Self {
            source: source.clone(),
            path: beside(&source.path, "-wal"),
            mover: None,
            moved: 0,
            ahead: None,
        }
    }

    /// Returns whether a thread moves the log.
    pub(super) const fn is_moving(&self) -> bool {
        self.mover.is_some()
    }

    /// Starts a thread for a log above its usual size, and takes over from one that is done. Called after each commit of the
    /// writer that has written about this many bytes.
    pub(super) fn keep(&mut self, connection: &Connection, bytes: usize) -> rusqlite::Result<()> {
        if rusqlite::version_number() < RESET_FIXED {
            return Ok(());
        }
        if self.source.reserve.is_needed_soon() {
            // While another thread moves the log, it grows: the file must not have to grow for it by more than the reserve.
            self.stop(connection);
            return Ok(());
        }
        match self.mover.as_ref().map(Mover::is_over) {
            Some(false) => Ok(()),
            Some(true) => {
                self.moved = self.length();
                self.mover = None;
                set_pages(connection, self.source.reserve.log_pages())?;
                connection.query_row(MOVE, [], |_| Ok(()))
            }
            None if self.is_large() => {
                set_pages(connection, 0)?;
                self.mover = Some(Mover::start(self.source.clone()));
                Ok(())
            }
            None if bytes > 0 => {
                self.ahead.get_or_insert_with(|| Ahead::start(&self.source)).note(bytes);
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Ends the threads, and lets commits move the log again.
    pub(super) fn stop(&mut self, connection: &Connection) {
        self.ahead = None;
        if self.mover.take().is_some()
            && let Err(error) = set_pages(connection, self.source.reserve.log_pages())
        {
            tracing::warn!(%error, "commits do not move the log into the file until the store is opened again");
        }
    }

    /// Returns whether the log has grown beyond its usual size since it was moved.
    fn is_large(&mut self) -> bool {
        let most = u64::try_from(self.source.reserve.log_bytes()).unwrap_or(u64::MAX);
        let length = self.length();
        if length <= most {
            self.moved = 0;
        }
        length > self.moved.saturating_add(most)
    }

    fn length(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |found| found.len())
    }
}

impl Mover {
    fn start(source: Source) -> Self {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&is_stopped);
        let thread = thread::Builder::new().name("sqlite-log".to_owned()).spawn(move || {
            if let Err(error) = run(&source, &stopped) {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the log was not moved into the file in the background"
                );
            }
        });
        Self { is_stopped, thread: thread.ok() }
    }

    /// Returns whether the writer moves the log itself again: also after a panic, or if there is no thread.
    fn is_over(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
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
        let is_whole = moved >= pages;
        // A reader that stays lets nothing be moved. Readers that follow each other may never let all of it be moved.
        self.rounds += usize::from(is_whole || added > 0);
        match (is_whole, added <= FEW) {
            _ if self.rounds >= ROUNDS => Round::Last,
            (false, _) => Round::Blocked,
            (true, true) => Round::Last,
            (true, false) => Round::Again,
        }
    }
}

fn set_pages(connection: &Connection, pages: i64) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "wal_autocheckpoint", pages, |_| Ok(()))
}

const MOVE: &str = "PRAGMA wal_checkpoint(PASSIVE)";
/// The pages that the writer moves itself: 1 MiB.
const FEW: i64 = 256;
/// The rounds after which the writer moves the rest, whatever it is: it writes faster than the log is moved, or there is always a
/// reader.
const ROUNDS: usize = 16;
const LOOK_AGAIN: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Sender};

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
        // Each reader lets the log be moved up to where it has begun.
        let mut progress = Progress::default();
        let rounds = (1..=ROUNDS as i64).map(|nth| progress.advance(nth * 1000 + 500, nth * 1000));
        assert_eq!(rounds.filter(|round| *round == Round::Blocked).count(), ROUNDS - 1);
        let mut progress = Progress::default();
        assert!((0..100).all(|_| progress.advance(5000, 1000) == Round::Blocked), "a reader that stays");
    }

    /// The pages that a commit moves make the file grow.
    #[test]
    fn the_first_commits_after_a_long_reader_move_nothing() {
        let Some(mut file) = Fixture::new() else { return };
        let reader = file.source.open(Role::Reader).unwrap();
        reader.execute_batch(READ).unwrap();
        file.fill();
        assert_eq!((0..100).map(|_| file.commit()).sum::<i64>(), 0, "the reader keeps it");
        assert!(file.bytes("-wal") > 1000 * PAGE);
        // Without the thread, this commit would move all of it.
        let (release, thread) = blocked();
        file.log.mover = Some(Mover { is_stopped: Arc::default(), thread: Some(thread) });
        reader.execute_batch("ROLLBACK").unwrap();
        assert_eq!(file.commit(), 0);
        let before = file.bytes("");
        run(&file.source, &AtomicBool::new(false)).unwrap();
        assert!(file.bytes("") - before > 1000 * PAGE);
        drop(release);
        file.wait();
        let moved: i64 = (0..5).map(|_| file.commit()).sum();
        assert!(moved <= 200, "{moved}");
        assert!(!file.log.is_moving());
        assert!(file.bytes("-wal") <= file.source.reserve.log_bytes() + 11 * PAGE);
    }

    /// A reader at the end of the log lets all of it be moved, but not be written from its beginning.
    #[test]
    fn a_log_that_is_moved_and_stays_long_starts_no_thread_until_it_has_grown_as_much_again() {
        let Some(mut file) = Fixture::new() else { return };
        let readers = [(); 2].map(|()| file.source.open(Role::Reader).unwrap());
        readers[0].execute_batch(READ).unwrap();
        file.fill();
        readers[1].execute_batch(READ).unwrap();
        readers[0].execute_batch("ROLLBACK").unwrap();
        file.wait();
        let long = file.bytes("-wal");
        for nth in 0..10 {
            file.commit();
            assert!(!file.log.is_moving(), "{nth}");
        }
        assert!(file.bytes("-wal") > long);
        file.fill();
    }

    #[test]
    fn commits_move_the_log_after_a_thread_that_panicked_and_after_one_that_was_stopped() {
        let Some(mut file) = Fixture::new() else { return };
        let pages = |file: &Fixture| {
            file.writer.query_row("PRAGMA wal_autocheckpoint", [], |row| row.get::<_, i64>(0)).unwrap()
        };
        set_pages(&file.writer, 0).unwrap();
        let thread = thread::spawn(|| std::panic::resume_unwind(Box::new(())));
        file.log.mover = Some(Mover { is_stopped: Arc::default(), thread: Some(thread) });
        file.wait();
        file.commit();
        assert_eq!(pages(&file), file.source.reserve.log_pages());
        let (release, thread) = blocked();
        file.log.mover = Some(Mover { is_stopped: Arc::default(), thread: Some(thread) });
        set_pages(&file.writer, 0).unwrap();
        drop(release);
        file.log.stop(&file.writer);
        assert_eq!(pages(&file), file.source.reserve.log_pages());
    }

    /// The log grows while a thread moves it, and the file by as much: the reserve would not be enough for a purge.
    #[cfg(target_os = "linux")]
    #[test]
    fn with_little_free_space_no_thread_moves_the_log() {
        let Some(mut file) = Fixture::new() else { return };
        file.log.keep(&file.writer, 1).unwrap();
        assert!(file.log.ahead.is_some());
        let (release, thread) = blocked();
        file.log.mover = Some(Mover { is_stopped: Arc::default(), thread: Some(thread) });
        set_pages(&file.writer, 0).unwrap();
        drop(release);
        let free = crate::filesystem::free(file.source.path.parent().unwrap()).unwrap();
        file.log.source.reserve = Reserve::of_bytes(&file.source.path, free / 2);
        file.log.keep(&file.writer, 1).unwrap();
        assert!(file.log.ahead.is_none() && !file.log.is_moving());
        let pages: i64 = file.writer.query_row("PRAGMA wal_autocheckpoint", [], |row| row.get(0)).unwrap();
        assert_eq!(pages, file.log.source.reserve.log_pages());
    }

    /// An owner with a small log.
    struct Fixture {
        source: Source,
        writer: Connection,
        log: Log,
        _folder: tempfile::TempDir,
    }

    impl Fixture {
        /// Returns nothing if this SQLite does not let another thread move the log.
        fn new() -> Option<Self> {
            if rusqlite::version_number() < RESET_FIXED {
                return None;
            }
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
            let writer = source.open(Role::Owner).unwrap();
            writer.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
            Some(Self { log: Log::new(&source), source, writer, _folder: folder })
        }

        fn bytes(&self, suffix: &str) -> i64 {
            fs::metadata(beside(&self.source.path, suffix)).unwrap().len() as i64
        }

        /// Returns the number of pages that were moved into the file.
        fn commit(&mut self) -> i64 {
            let before = self.bytes("");
            self.writer.execute("INSERT INTO wh_body(event_id, head, body) SELECT 1 + coalesce(max(event_id), 0), x'', randomblob(40960) FROM wh_body", ()).unwrap();
            let moved = (self.bytes("") - before) / PAGE;
            self.log.keep(&self.writer, 0).unwrap();
            moved
        }

        /// Commits until a thread moves the log.
        fn fill(&mut self) {
            assert!((0..1000).any(|_| {
                self.commit();
                self.log.is_moving()
            }));
        }

        /// Waits for the thread.
        fn wait(&self) {
            while self.log.mover.as_ref().is_some_and(|mover| !mover.is_over()) {
                thread::yield_now();
            }
        }
    }

    /// Starts a thread that ends when the sender is dropped.
    fn blocked() -> (Sender<()>, JoinHandle<()>) {
        let (release, released) = mpsc::channel();
        (release, thread::spawn(move || released.recv().unwrap_or(())))
    }

    const READ: &str = "BEGIN; SELECT count(*) FROM wh_body";
}
