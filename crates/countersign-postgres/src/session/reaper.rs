use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Error, PgConnection, query};
use tokio::time::timeout;

/// Ends statements that no caller waits for and that no timeout of the server ends in time: cancels those whose process is known,
/// and ends commits that wait for a missing standby.
///
/// Each of them would occupy a process of the server, which has no room for many. A wait for a standby outlives even
/// its connection.
#[derive(Debug)]
pub(crate) struct Reaper {
    options: Arc<PgConnectOptions>,
    /// The marker in all statements of the store.
    mark: String,
    /// The age from which a commit is ended.
    age: Duration,
    is_busy: AtomicBool,
    /// The processes whose statement is to be cancelled.
    abandoned: Mutex<Vec<i32>>,
    /// One connection at a time cancels them.
    turn: tokio::sync::Mutex<()>,
}

impl Reaper {
    pub(crate) fn new(options: Arc<PgConnectOptions>, schema: &impl ToString, age: Duration) -> Self {
        let mark = format!("{}.", schema.to_string());
        let (is_busy, abandoned, turn) = Default::default();
        Self { options, mark, age, is_busy, abandoned, turn }
    }

    /// Cancels the statement that this process runs, on a separate connection, which cancels those of concurrent calls, too.
    /// The connection of the process must not be in use elsewhere.
    pub(crate) async fn cancel(&self, process: i32) {
        self.abandoned().push(process);
        let _turn = self.turn.lock().await;
        let processes = mem::take(&mut *self.abandoned());
        if !processes.is_empty() {
            // If it fails, the pool waits for the answer to the statement.
            drop(timeout(PATIENCE, self.cancel_all(processes)).await);
        }
    }

    async fn cancel_all(&self, processes: Vec<i32>) -> Result<(), Error> {
        let mut connection = PgConnection::connect_with(&self.options).await?;
        query("SELECT count(pg_cancel_backend(pid)) FROM unnest($1::int4[]) p(pid)")
            .bind(processes)
            .execute(&mut connection)
            .await?;
        connection.close().await
    }

    fn abandoned(&self) -> MutexGuard<'_, Vec<i32>> {
        self.abandoned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the commits, once for several concurrent calls, on a separate connection: those of the pool may all be
    /// waiting.
    pub(crate) async fn end_commits(&self) {
        if !self.is_busy.swap(true, Ordering::Relaxed) {
            // If it fails, the connection is closed, and the server ends the process when it can.
            drop(timeout(PATIENCE, self.terminate()).await);
            self.is_busy.store(false, Ordering::Relaxed);
        }
    }

    async fn terminate(&self) -> Result<(), Error> {
        let mut connection = PgConnection::connect_with(&self.options).await?;
        query(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE wait_event = 'SyncRep' AND usename = current_user AND datname = current_database()
               AND (position($1 IN query) > 0 OR position('pg_logical_emit_message' IN query) > 0)
               AND query_start < clock_timestamp() - $2::int8 * interval '1 ms'",
        )
        .bind(&self.mark)
        .bind(i64::try_from(self.age.as_millis()).unwrap_or(i64::MAX))
        .execute(&mut connection)
        .await?;
        connection.close().await
    }
}

const PATIENCE: Duration = Duration::from_secs(5);
