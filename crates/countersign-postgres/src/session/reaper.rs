use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::{Error, PgConnection, PgPool, query, query_as, query_scalar};
use tokio::time::{sleep, timeout};

use super::acquire::acquire;

/// Ends statements that no caller waits for and that no timeout of the server ends in time: cancels those whose process is known,
/// and ends commits that wait for a missing standby.
///
/// Each of them would occupy a process of the server, which has no room for many. A wait for a standby outlives even
/// its connection. It uses the connection of the pool that is reserved for it, and counts as one of the pool's.
#[derive(Debug)]
pub(crate) struct Reaper {
    pool: PgPool,
    /// The marker in all statements of the store.
    mark: String,
    /// The age from which a commit is ended.
    age: Duration,
    /// The processes whose statement is to be cancelled.
    abandoned: Mutex<Vec<i32>>,
    /// One connection at a time cancels them.
    turn: tokio::sync::Mutex<()>,
}

impl Reaper {
    pub(crate) fn new(pool: PgPool, schema: &impl ToString, age: Duration) -> Self {
        let mark = format!("{}.", schema.to_string());
        let (abandoned, turn) = Default::default();
        Self { pool, mark, age, abandoned, turn }
    }

    /// Cancels the statement that this process runs, with those of concurrent calls. The connection of the process must not be
    /// in use elsewhere.
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
        let mut connection = acquire(&self.pool).await?;
        query("SELECT count(pg_cancel_backend(pid)) FROM unnest($1::int4[]) p(pid)")
            .bind(processes)
            .execute(&mut *connection)
            .await?;
        Ok(())
    }

    fn abandoned(&self) -> MutexGuard<'_, Vec<i32>> {
        self.abandoned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the process, if its statement could not be cancelled, and all commits that no caller waits for. Returns when the server
    /// has ended them: only then may a connection replace theirs.
    pub(crate) async fn terminate(&self, process: Option<i32>) {
        let _turn = self.turn.lock().await;
        // If it fails, it is tried again, or the connection is closed, and the server ends the process when it can.
        drop(timeout(PATIENCE, self.terminate_all(process)).await);
    }

    async fn terminate_all(&self, process: Option<i32>) -> Result<(), Error> {
        let mut connection = acquire(&self.pool).await?;
        // Conditions are evaluated in any order, so that none of them ends a process.
        let ended: Vec<(i32, bool)> = query_as(
            "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE (pid = $3
                    OR wait_event = 'SyncRep'
                       AND (position($1 IN query) > 0 OR position('pg_logical_emit_message' IN query) > 0)
                       AND query_start < clock_timestamp() - $2::int8 * interval '1 ms')
               AND usename = current_user AND datname = current_database()",
        )
        .bind(&self.mark)
        .bind(i64::try_from(self.age.as_millis()).unwrap_or(i64::MAX))
        .bind(process)
        .fetch_all(&mut *connection)
        .await?;
        let ended: Vec<_> = ended.into_iter().map(|(process, _)| process).collect();
        while are_running(&mut connection, &ended).await? {
            sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Waits until what is being terminated has ended.
    pub(crate) async fn settled(&self) {
        drop(self.turn.lock().await);
    }
}

/// Returns whether the server still has one of the processes.
async fn are_running(connection: &mut PgConnection, processes: &[i32]) -> Result<bool, Error> {
    if processes.is_empty() {
        return Ok(false);
    }
    query_scalar("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = ANY($1))")
        .bind(processes)
        .fetch_one(connection)
        .await
}

const PATIENCE: Duration = Duration::from_secs(5);
/// The interval at which the server is asked whether processes have ended, which takes them a few milliseconds.
const PAUSE: Duration = Duration::from_millis(5);
