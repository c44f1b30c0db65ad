use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use countersign::{Clock, SystemClock};
use countersign_inbox::{Durability, StoreFuture, WakeQueue};
use rusqlite::{Connection, ErrorCode};

use crate::backup::{BackupError, backup};
use crate::connection::{self, Role, Source};
use crate::error::{Failure, OpenError, sqlite};
use crate::file::Pin;
use crate::file_lock::Ownership;
use crate::maintenance::Maintenance;
use crate::number;
use crate::ops::SqliteOps;
use crate::sql::SQL;
use crate::stored_time;
use crate::timeline::Timeline;
use crate::writer::{Limits, Session, Worker, WriterConfig, start};

/// A store in a file, which survives the end of the process and a power loss.
///
/// One thread writes. Operations that arrive while it waits for the disk share the next commit, so that a busy
/// store needs few commits. Dropping the store waits for submitted operations, and closes the file.
pub struct SqliteStore {
    pub(crate) retention: Duration,
    pub(crate) durability: Durability,
    pub(crate) inbox_retention: RetentionPeriods,
    /// Claims up to this fence belong to a process that has ended.
    pub(crate) last_fence: i64,
    pub(crate) timeline: Arc<Timeline>,
    pub(crate) wake: Arc<WakeQueue>,
    pub(crate) ops: SqliteOps,
    source: Source,
    writer: Worker,
}

/// The retention of data other than keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetentionPeriods {
    pub(crate) dead: Duration,
    pub(crate) body: Duration,
    pub(crate) attempt: Duration,
    pub(crate) audit: Duration,
}

/// An opened file.
pub(crate) struct Opened {
    pub(crate) source: Source,
    pub(crate) connection: Connection,
    pub(crate) ownership: Ownership,
    pub(crate) timeline: Arc<Timeline>,
    pub(crate) limits: Limits,
    pub(crate) inbox_retention: RetentionPeriods,
    pub(crate) begun: Begun,
}

impl SqliteStore {
    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.source.path
    }

    /// Copies all stored data to a new file while the store is in use. The copy is complete and on the disk when
    /// this returns. To restore it, see the [crate documentation](crate#backup-and-restore).
    ///
    /// The log next to the file grows during the copy, so there must be room for the data that is written meanwhile.
    /// The copy is aborted while enough room is left to store events.
    ///
    /// # Errors
    ///
    /// [`BackupError`].
    pub async fn backup_to(&self, path: impl Into<PathBuf>) -> Result<(), BackupError> {
        backup(self.source().clone(), path.into()).await
    }

    pub(crate) fn start(
        opened: Opened,
        retention: Duration,
        durability: Durability,
    ) -> Result<Self, OpenError> {
        let Opened { source, connection, ownership, timeline, limits, inbox_retention, begun } = opened;
        let wake = Arc::new(WakeQueue::default());
        let config = WriterConfig {
            source: source.clone(),
            role: Role::Owner,
            timeline: Arc::clone(&timeline),
            owner: Some(begun.owner),
            is_guest: false,
            limits,
            wake: Arc::clone(&wake),
            maintenance: Some(
                Maintenance::new(retention, Arc::clone(&timeline)).with_file(source.pin.clone()),
            ),
            _ownership: Some(ownership),
        };
        let writer = start(config, connection)?;
        let ops = SqliteOps::beside(&source, writer.queue.clone(), Arc::clone(&timeline), limits)?;
        let last_fence = begun.last_fence;
        Ok(Self { retention, durability, inbox_retention, last_fence, timeline, wake, ops, source, writer })
    }

    pub(crate) fn submit<'a, T: Send + 'static>(
        &self,
        weight: usize,
        act: impl FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        self.writer.queue.submit(weight, act)
    }

    /// Submits an operation that makes room, on a full disk, too.
    pub(crate) fn submit_deletion<'a, T: Send + 'static>(
        &self,
        weight: usize,
        act: impl FnMut(&mut Session<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> StoreFuture<'a, T> {
        self.writer.queue.submit_deletion(weight, act)
    }

    /// Submits an operation that the queue may refuse.
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

/// The state of a file when an owner starts.
#[derive(Clone, Copy)]
pub(crate) struct Begun {
    /// Claims up to this fence belong to a process that has ended.
    pub(crate) last_fence: i64,
    /// The number of the owner. Once there is an owner with a higher number, this one writes nothing more.
    pub(crate) owner: i64,
}

/// Takes the file over: events that were left running are ready again, because only the owner runs handlers, and
/// this one has just started. They are isolated: any of them whose handler had started may have crashed the process, and one
/// that ran alone did. Attempts that had not started do not count. Fences start above all earlier ones, even if the file is a restored copy: at most one is issued per
/// microsecond.
///
/// On a full disk nothing of this can be written, but the store opens nevertheless: stored events can be listed,
/// finished and purged. Leases that were left behind expire then.
pub(crate) fn begin(connection: &Connection, timeline: &Timeline) -> Result<Begun, OpenError> {
    take_over(connection, timeline).or_else(|error| match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            tracing::warn!(%error, "the disk is full: events that were running wait for the end of their leases");
            as_it_is(connection)
        }
        _ => Err(error),
    })
    .map_err(sqlite("take the file over"))
}

/// Gives the file a [number](number) that no copy of it has, and moves it into the file.
pub(crate) fn renew_number(connection: &Connection, pin: &Pin) -> Result<(), OpenError> {
    if let Err(error) = number::begin(connection, pin) {
        tracing::warn!(%error, "a copy that is written over the file may not be noticed until the next start");
    }
    connection::settle(connection)
}

fn as_it_is(connection: &Connection) -> rusqlite::Result<Begun> {
    let read = |name: &str| connection.query_row(SQL.meta, [name], |row| row.get(0));
    Ok(Begun { last_fence: read("fence")?, owner: read("owner")? })
}

fn take_over(connection: &Connection, timeline: &Timeline) -> rusqlite::Result<Begun> {
    let moment = timeline.moment();
    let now = moment.now.as_millis();
    let floor = now.max(SystemClock.now().as_millis()).saturating_mul(1000);
    let transaction = connection.unchecked_transaction()?;
    let set = |name: &str, value: i64| transaction.query_row(SQL.meta_raise, (name, value), |row| row.get(0));
    transaction.execute(SQL.attempt_lose_all, [now])?;
    transaction.execute(SQL.take_over, [now])?;
    let last_fence = set("fence", floor)?;
    if moment.is_confirmed {
        stored_time::save(&transaction, moment)?;
    }
    let owner = transaction.query_row(SQL.meta_add, ("owner", 1), |row| row.get(0))?;
    transaction.execute(SQL.meta_set, ("clock_step", timeline.step().unwrap_or(0)))?;
    transaction.commit()?;
    Ok(Begun { last_fence, owner })
}
