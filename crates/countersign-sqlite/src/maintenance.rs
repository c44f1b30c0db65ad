//! Maintenance by the owner: deletes old entries, and moves the log into the file.

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_inbox::telemetry::RETENTION_DELETED;
use metrics::counter;
use rusqlite::Connection;

use crate::blocks;
use crate::convert::millis;
use crate::file::Pin;
use crate::number;
use crate::sql::SQL;
use crate::timeline::Timeline;
use crate::writer::Session;

/// The schedule of the maintenance tasks.
pub(crate) struct Maintenance {
    /// The retention of claims, in milliseconds.
    retention: i64,
    sweep_at: Instant,
    /// The approximate number of bytes in the log.
    logged: usize,
    /// The time of the next filters of ids and types.
    blocks_at: Instant,
    /// The time of the next [number](number) of the file.
    number_at: Instant,
    file: Option<Arc<Pin>>,
    timeline: Arc<Timeline>,
}

/// Runs operations in a transaction, all or none.
type Transact =
    fn(&mut Session<'_>, &mut dyn FnMut(&mut Session<'_>) -> rusqlite::Result<()>) -> rusqlite::Result<()>;

impl Maintenance {
    pub(crate) fn new(retention: Duration, timeline: Arc<Timeline>) -> Self {
        let now = Instant::now();
        Self {
            retention: millis(retention),
            sweep_at: now + SWEEP,
            logged: 0,
            blocks_at: now + BLOCKS,
            number_at: now + NUMBER,
            file: None,
            timeline,
        }
    }

    /// Raises the [number](number) of this file.
    pub(crate) fn with_file(mut self, file: Option<Arc<Pin>>) -> Self {
        self.file = file;
        self
    }

    /// Returns how long the queue may be empty before a task is due.
    pub(crate) fn patience(&self) -> Duration {
        let next = self.sweep_at.min(self.blocks_at).min(self.number_at);
        let sweep = next.saturating_duration_since(Instant::now());
        if self.logged >= LOG { sweep.min(IDLE) } else { sweep }
    }

    /// Runs due tasks, apart from deletions, after a group that has written about this many bytes, or without a group.
    pub(crate) fn after(
        &mut self,
        session: &mut Session<'_>,
        bytes: Option<usize>,
        transact: Transact,
    ) -> rusqlite::Result<()> {
        self.logged += bytes.unwrap_or(0);
        if bytes.is_none() && self.logged >= LOG {
            self.logged = 0;
            session.first("PRAGMA wal_checkpoint(PASSIVE)", &[], |_| Ok(()))?;
        }
        let now = Instant::now();
        if now >= self.blocks_at {
            self.blocks_at = now + BLOCKS;
            let mut has_more = false;
            transact(session, &mut |session| {
                has_more = session.check_room(0)?.is_ok() && blocks::extend(session)?;
                Ok(())
            })?;
            if has_more {
                self.blocks_at = now + SOON;
            }
        }
        if now >= self.sweep_at && session.is_clock_old() {
            // An idle owner must not appear to have been stopped.
            transact(session, &mut |session| session.save_clock())?;
        }
        if now >= self.number_at {
            self.number_at = now + NUMBER;
            if let Some(file) = &self.file {
                transact(session, &mut |session| number::advance(session.connection(), file))?;
                session.first("PRAGMA wal_checkpoint(PASSIVE)", &[], |_| Ok(()))?;
            }
        }
        Ok(())
    }

    /// Deletes claims after their retention, if it is time.
    pub(crate) fn delete(&mut self, session: &mut Session<'_>, transact: Transact) -> rusqlite::Result<()> {
        let now = Instant::now();
        if now < self.sweep_at {
            return Ok(());
        }
        self.sweep_at = now + SWEEP;
        if !self.timeline.is_steady() {
            return Ok(());
        }
        let before = session.now().saturating_sub(self.retention);
        let mut deleted = 0_usize;
        transact(session, &mut |session| {
            blocks::sweep(session)?;
            deleted = session.execute(SQL.claim_sweep, &[&before, &(BATCH as i64)])?
                + session.execute(SQL.claim_sweep_crashed, &[&before, &(BATCH as i64)])?;
            Ok(())
        })?;
        counter!(RETENTION_DELETED).increment(deleted as u64);
        if deleted >= BATCH {
            self.sweep_at = now + AGAIN;
        }
        Ok(())
    }
}

/// Moves the whole log into the file, and truncates it.
///
/// Fails with `SQLITE_BUSY` while another connection reads from the log, or moves it: SQLite reports that in a row.
pub(crate) fn empty_log(connection: &Connection) -> rusqlite::Result<()> {
    let is_busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    let busy = || rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None);
    if is_busy { Err(busy()) } else { Ok(()) }
}

/// The limit on rows per transaction and kind, because other writers wait for it.
const BATCH: usize = 500;
const SWEEP: Duration = Duration::from_secs(60);
const BLOCKS: Duration = Duration::from_secs(1);
const NUMBER: Duration = Duration::from_secs(60);
/// The interval while there are more blocks.
const SOON: Duration = Duration::from_millis(20);
/// The interval while there are more rows.
const AGAIN: Duration = Duration::from_millis(100);
/// The size from which a checkpoint is worthwhile when idle.
const LOG: usize = 1024 * 1024;
const IDLE: Duration = Duration::from_millis(50);

#[cfg(test)]
mod tests {
    use countersign::{SystemClock, UnixTime};

    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_file_has_a_later_number_when_it_is_due_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("PRAGMA journal_mode = WAL").unwrap();
        crate::schema::create(&connection);
        empty_log(&connection).unwrap();
        let file = Pin::of(&path).unwrap();
        let timeline = Timeline::resume(Arc::new(SystemClock), Default::default(), Duration::ZERO);
        let mut maintenance =
            Maintenance::new(Duration::ZERO, Arc::new(timeline)).with_file(Some(file.clone()));
        let mut session = Session::new(&connection, i64::MAX);
        let mut after = |maintenance: &mut Maintenance| {
            maintenance.after(&mut session, None, |session, act| act(session)).unwrap();
            file.number().unwrap()
        };
        let first = after(&mut maintenance);
        for nth in 1..=2 {
            maintenance.number_at = Instant::now();
            assert_eq!(after(&mut maintenance), first + nth);
            assert_eq!(after(&mut maintenance), first + nth);
        }
    }

    #[test]
    fn claims_that_are_done_and_old_are_deleted_a_batch_at_a_time_and_no_others() {
        let connection = Connection::open_in_memory().unwrap();
        crate::schema::create(&connection);
        // The last claims are of ended processes, and the five before them are running.
        let claims =
            [(1200, 2, 0, Some(1000)), (3, 2, 0, Some(2000)), (5, 1, 12_000, None), (7, 1, 1000, None)];
        for (count, state, until, finished_at) in claims {
            for _ in 0..count {
                let sql = "INSERT INTO wh_claim(key, fence, token, mark, state, until, finished_at) \
                    VALUES(randomblob(32), 1, x'', x'', ?1, ?2, ?3)";
                connection.execute(sql, (state, until, finished_at)).unwrap();
            }
        }
        let mut session = Session::new(&connection, i64::MAX);
        session.set_now(UnixTime::from_millis(11_500));
        let mut maintenance = without_filters();
        for (expected, again) in [(708, true), (208, true), (8, false), (8, false)] {
            maintenance.sweep_at = Instant::now();
            maintenance.delete(&mut session, |session, act| act(session)).unwrap();
            let left = connection.query_row("SELECT count(*) FROM wh_claim", (), |row| row.get::<_, i64>(0));
            assert_eq!((left.unwrap(), maintenance.patience() <= AGAIN), (expected, again));
        }
    }

    #[test]
    fn the_log_is_moved_when_no_commit_waits_and_it_is_worth_it() {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join("t.db")).unwrap();
        connection.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t(b)").unwrap();
        let mut session = Session::new(&connection, i64::MAX);
        let mut maintenance = without_filters();
        let mut after = |maintenance: &mut Maintenance, bytes| {
            maintenance.after(&mut session, bytes, |session, act| act(session)).unwrap();
            let size = || std::fs::metadata(folder.path().join("t.db")).unwrap().len();
            size()
        };
        connection.execute("INSERT INTO t VALUES(randomblob(1000000))", ()).unwrap();
        let small = after(&mut maintenance, Some(1000));
        assert_eq!(after(&mut maintenance, None), small);
        assert_eq!(after(&mut maintenance, Some(LOG)), small);
        assert!(maintenance.patience() <= IDLE);
        assert!(after(&mut maintenance, None) > 1_000_000);
        assert!(maintenance.patience() > IDLE);
    }

    #[test]
    fn a_log_that_another_connection_reads_is_not_emptied_and_that_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let [writer, reader] = [(); 2].map(|()| Connection::open(folder.path().join("t.db")).unwrap());
        writer.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t(b)").unwrap();
        writer.busy_timeout(Duration::ZERO).unwrap();
        reader.execute_batch("BEGIN; SELECT * FROM t").unwrap();
        writer.execute("INSERT INTO t VALUES(1)", ()).unwrap();
        assert!(crate::error::is_busy(&empty_log(&writer).unwrap_err()));
        reader.execute_batch("ROLLBACK").unwrap();
        empty_log(&writer).unwrap();
    }

    /// Creates a schedule in which the next filters are not due during the test.
    fn without_filters() -> Maintenance {
        let mut maintenance = Maintenance::new(Duration::from_secs(10), timeline());
        let later = Instant::now() + Duration::from_secs(3600);
        (maintenance.blocks_at, maintenance.sweep_at) = (later, later);
        maintenance
    }

    fn timeline() -> Arc<Timeline> {
        Arc::new(Timeline::resume(Arc::new(SystemClock), Default::default(), Duration::from_secs(10)))
    }
}
