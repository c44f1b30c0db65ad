//! What the owner does beside its work: old entries are deleted, and the log is moved into the file.

use std::time::{Duration, Instant};

use metrics::counter;
use rusqlite::Connection;

use crate::drift::Drift;
use crate::writer::Session;

/// When it is time for what.
pub(crate) struct Upkeep {
    /// How long claims are remembered, in milliseconds.
    retention: i64,
    sweep_at: Instant,
    /// Bytes in the log, about.
    logged: usize,
    drift: Drift,
}

impl Upkeep {
    pub(crate) fn new(retention: Duration) -> Self {
        Self {
            retention: millis(retention),
            sweep_at: Instant::now() + SWEEP,
            logged: 0,
            drift: Drift::start(),
        }
    }

    /// How long the queue may be empty before there is something to do.
    pub(crate) fn patience(&self) -> Duration {
        let sweep = self.sweep_at.saturating_duration_since(Instant::now());
        if self.logged >= LOG { sweep.min(IDLE) } else { sweep }
    }

    /// After a group that has written about so many bytes, or when there was none.
    pub(crate) fn after(
        &mut self,
        session: &mut Session<'_>,
        bytes: Option<usize>,
        transact: impl FnOnce(
            &mut Session<'_>,
            &mut dyn FnMut(&mut Session<'_>) -> rusqlite::Result<()>,
        ) -> rusqlite::Result<()>,
    ) -> rusqlite::Result<()> {
        self.logged += bytes.unwrap_or(0);
        if bytes.is_none() && self.logged >= LOG {
            self.logged = 0;
            session.first("PRAGMA wal_checkpoint(PASSIVE)", &[], |_| Ok(()))?;
        }
        let now = Instant::now();
        if now < self.sweep_at {
            return Ok(());
        }
        self.sweep_at = now + SWEEP;
        if !self.drift.is_steady() {
            return Ok(());
        }
        let before = session.now().saturating_sub(self.retention);
        let mut deleted = 0_usize;
        transact(session, &mut |session| {
            deleted = session.execute(FORGET, &[&before, &(BATCH as i64)])?;
            Ok(())
        })?;
        counter!("webhook_retention_deleted_total").increment(deleted as u64);
        if deleted == BATCH {
            self.sweep_at = now + AGAIN;
        }
        Ok(())
    }
}

/// Moves all of the log into the file.
pub(crate) fn empty_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

/// Saturates.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

const FORGET: &str = "DELETE FROM wh_claim WHERE key IN \
    (SELECT key FROM wh_claim WHERE state = 2 AND finished_at < ?1 ORDER BY finished_at LIMIT ?2)";
/// Rows per transaction: others wait for as long.
const BATCH: usize = 500;
const SWEEP: Duration = Duration::from_secs(60);
/// While there is more.
const AGAIN: Duration = Duration::from_millis(100);
/// Worth a checkpoint when nobody waits.
const LOG: usize = 1024 * 1024;
const IDLE: Duration = Duration::from_millis(50);
