use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::{Clock, UnixTime};
use countersign_inbox::{Durability, EventKey, Lease, StoreFuture};
use rusqlite::Connection;

use crate::builder::SqliteStoreBuilder;
use crate::connection::{Role, Source};
use crate::drift::Drift;
use crate::error::{Failure, OpenError, sqlite};
use crate::ops::SqliteOps;
use crate::owner::Ownership;
use crate::upkeep::Upkeep;
use crate::wake::Wake;
use crate::writer::{Lane, Limits, Session, Worker, start};

/// Remembers deliveries in a file: it survives the process, and a loss of power.
///
/// One thread writes. What is asked of it while it waits for the disk shares the next commit, so that a busy store
/// needs few of them. Dropping the store waits for what was asked, and closes the file.
pub struct SqliteStore {
    pub(crate) retention: Duration,
    pub(crate) durability: Durability,
    pub(crate) keeps: Keeps,
    /// Claims up to it were made by a process that has ended.
    pub(crate) last_fence: i64,
    pub(crate) wake: Arc<Wake>,
    pub(crate) drift: Mutex<Drift>,
    pub(crate) ops: SqliteOps,
    source: Source,
    writer: Worker,
}

/// What is kept for how long, beside keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keeps {
    pub(crate) dead: Duration,
    pub(crate) body: Duration,
    pub(crate) audit: Duration,
}

/// A file that is ready.
pub(crate) struct Opened {
    pub(crate) source: Source,
    pub(crate) connection: Connection,
    pub(crate) ownership: Ownership,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: Limits,
    pub(crate) keeps: Keeps,
    pub(crate) last_fence: i64,
}

impl SqliteStore {
    /// Opens a file, and makes it if it is not there; its folder has to be. No other store may have it open. Blocks.
    ///
    /// # Errors
    ///
    /// [`OpenError`]: each says what to do.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, OpenError> {
        Self::builder(path).open()
    }

    /// With other settings.
    pub fn builder(path: impl Into<PathBuf>) -> SqliteStoreBuilder {
        SqliteStoreBuilder::new(path.into())
    }

    /// Opens the file of a store for an operator, whether another process has it open or not. Leases go on.
    ///
    /// # Errors
    ///
    /// [`OpenError`]: each says what to do.
    pub fn attach(path: impl Into<PathBuf>) -> Result<SqliteOps, OpenError> {
        Self::builder(path).attach()
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.source.path
    }

    pub(crate) fn start(
        opened: Opened,
        retention: Duration,
        durability: Durability,
    ) -> Result<Self, OpenError> {
        let Opened { source, connection, ownership, clock, limits, keeps, last_fence } = opened;
        let wake = Arc::new(Wake::default());
        let lane = Lane {
            source: source.clone(),
            role: Role::Owner,
            clock: Arc::clone(&clock),
            limits,
            wake: Arc::clone(&wake),
            upkeep: Some(Upkeep::new(retention)),
            _ownership: Some(ownership),
        };
        let writer = start(lane, connection)?;
        let ops = SqliteOps::beside(&source, writer.queue.clone(), &clock, limits)?;
        let drift = Mutex::new(Drift::start());
        Ok(Self { retention, durability, keeps, last_fence, wake, drift, ops, source, writer })
    }

    pub(crate) fn submit<'a, T: Send + 'static>(
        &self,
        weight: usize,
        act: impl FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        self.writer.queue.submit(weight, act)
    }

    /// For what can be refused.
    pub(crate) fn ask<'a, T: Send + 'static>(
        &self,
        weight: usize,
        act: impl FnMut(&mut Session<'_>) -> rusqlite::Result<Result<T, Failure>> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        let answer = self.submit(weight, act);
        Box::pin(async { Ok(answer.await??) })
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.source.path)
            .field("retention", &self.retention)
            .field("durability", &self.durability)
            .finish_non_exhaustive()
    }
}

/// Nobody but the owner runs anything, and this one has just begun: what is running was left behind. Says up to which
/// fence claims were.
pub(crate) fn recover(connection: &Connection) -> Result<i64, OpenError> {
    let sql = "UPDATE wh_event SET state = 0, worker = NULL, lease_until = NULL WHERE state = 1";
    connection.execute(sql, ()).map_err(sqlite("give back what was left running"))?;
    let sql = "SELECT value FROM wh_meta WHERE name = 'fence'";
    connection.query_row(sql, (), |row| row.get(0)).map_err(sqlite("read its counters"))
}

pub(crate) fn leased(key: EventKey, fence: i64, until: i64) -> Lease {
    // Counters begin above zero.
    Lease::new(key, fence.unsigned_abs(), UnixTime::from_millis(until))
}

pub(crate) fn fence(lease: &Lease) -> i64 {
    // One that is larger is nobody's.
    i64::try_from(lease.fence()).unwrap_or(i64::MAX)
}
