use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Error, PgConnection, query};
use tokio::time::timeout;

/// Ends commits that wait for a missing standby and that no caller waits for.
///
/// Such a wait has no timeout in the server, and outlives the connection: each abandoned connection would leave a
/// process behind, until the server has no room for another.
#[derive(Debug)]
pub(crate) struct Reaper {
    options: Arc<PgConnectOptions>,
    /// The marker in all statements of the store.
    mark: String,
    /// The age from which a commit is ended.
    age: Duration,
    is_busy: AtomicBool,
}

impl Reaper {
    pub(crate) fn new(options: Arc<PgConnectOptions>, schema: &impl ToString, age: Duration) -> Self {
        Self { options, mark: format!("{}.", schema.to_string()), age, is_busy: AtomicBool::new(false) }
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
