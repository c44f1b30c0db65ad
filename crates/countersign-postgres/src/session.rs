//! Connections: timeouts, and recovery from broken ones.

mod acquire;
mod permits;
mod pooled_connection;
mod reaper;
mod retryability;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::StoreError;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Postgres, Row, Transaction, query, raw_sql};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use self::acquire::acquire;
use self::permits::OperatorPermits;
use self::reaper::{PROCESS, ServerProcess};
use self::retryability::Retryability;
use crate::error::{OutcomeUnknown, TimedOut, is_locked, unavailable};
use crate::schema::SchemaName;
use crate::sql::Sql;

pub(crate) use permits::Purpose;
pub(crate) use pooled_connection::{GRACE, PooledConnection};
pub(crate) use reaper::Reaper;

/// A pool with timeouts on all operations.
#[derive(Debug)]
pub(crate) struct Session {
    pool: PgPool,
    acquire_timeout: Duration,
    operation_timeout: Duration,
    /// Whether `statement_timeout` ends statements in the server, as in pools of this crate.
    has_timeout: bool,
    /// One less than the pool has connections, so that the reaper has one.
    places: Arc<Semaphore>,
    permits: OperatorPermits,
    reaper: Arc<Reaper>,
}

/// The settings of one attempt.
#[derive(Clone, Copy)]
pub(crate) struct Try {
    /// Whether connections of the pool are tested first, because one was broken.
    validate: bool,
}

/// A statement with its parameters.
pub(crate) type Prepared<'q> = Query<'q, Postgres, PgArguments>;

/// Creates a statement to which parameters are bound.
pub(crate) fn prepare<'q>(sql: &Sql) -> Prepared<'q> {
    // Only the name of the schema, a plain identifier, was inserted into the text.
    query(AssertSqlSafe(sql.0.clone()))
}

impl Session {
    pub(crate) fn new(
        pool: PgPool,
        schema: &SchemaName,
        acquire_timeout: Duration,
        operation_timeout: Duration,
        has_timeout: bool,
    ) -> Self {
        let reaper = Arc::new(Reaper::new(pool.clone(), schema, operation_timeout));
        let connections = pool.options().get_max_connections();
        let permits = OperatorPermits::new(connections);
        let places = usize::try_from(connections).unwrap_or(Semaphore::MAX_PERMITS).saturating_sub(1);
        let places = Arc::new(Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS)));
        Self { pool, acquire_timeout, operation_timeout, has_timeout, places, permits, reaper }
    }

    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Acquires a connection other than the reserved one, with a timeout.
    pub(crate) async fn acquire(&self, which: Try) -> Result<PooledConnection, sqlx::Error> {
        let checked = async {
            loop {
                let mut connection = self.take().await?;
                if which.validate && connection.ping().await.is_err() {
                    continue;
                }
                if !self.has_timeout {
                    cancel_when_abandoned(&mut connection).await?;
                }
                return Ok(connection);
            }
        };
        timeout(self.acquire_timeout, checked).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// Acquires a connection among those of operators, after the operators before: maintenance that waits for a lock then leaves the
    /// others to deliveries.
    pub(crate) async fn acquire_for_maintenance(&self, which: Try) -> Result<PooledConnection, sqlx::Error> {
        let permit = self.permits.acquire(Purpose::Change).await?;
        let mut connection = self.acquire(which).await?;
        connection.hold(permit);
        Ok(connection)
    }

    async fn take(&self) -> Result<PooledConnection, sqlx::Error> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let connection = acquire(&self.pool).await?;
        let patience = self.operation_timeout + GRACE;
        Ok(PooledConnection::new(connection, place, patience, Arc::clone(&self.reaper)))
    }

    /// Runs one statement in a separate transaction. It must be repeatable.
    pub(crate) async fn rows<'q>(
        &self,
        make: impl Fn() -> Prepared<'q> + Send + Sync,
    ) -> Result<Vec<PgRow>, StoreError> {
        let make = &make;
        self.repeat(|which| async move {
            let mut connection = self.acquire(which).await?;
            let rows = make().fetch_all(&mut *connection).await;
            connection.end(rows)
        })
        .await
    }

    /// Runs one statement in a separate transaction whose repetition would find its own changes: after a commit whose answer is lost it
    /// would report that others were first. The connection is tested first, and the error says if the outcome is unknown.
    pub(crate) async fn rows_once<'q>(
        &self,
        make: impl Fn() -> Prepared<'q> + Send + Sync,
    ) -> Result<Vec<PgRow>, StoreError> {
        let make = &make;
        self.repeat(|_| async move {
            let mut connection = self.acquire(Try { validate: true }).await?;
            let rows = make().fetch_all(&mut *connection).await;
            match connection.end(rows) {
                Err(error) if is_outcome_unknown(&error) => {
                    Ok(Err(unavailable(OutcomeUnknown { source: error })))
                }
                rows => rows.map(Ok),
            }
        })
        .await?
    }

    /// Repeats an operation whose statements have a lock timeout, until the lock is free or the timeout of operations is over, which
    /// holds for all repetitions together. It has no connection in between, so that callers that wait for one row leave most of the
    /// pool to others.
    pub(crate) async fn until_free<T, F>(&self, act: impl Fn() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let deadline = Instant::now() + self.operation_timeout;
        let mut pause = SHORTEST_PAUSE;
        loop {
            let Ok(answer) = timeout_at(deadline, act()).await else {
                return Err(unavailable(TimedOut { after: self.operation_timeout }));
            };
            match answer {
                Err(error) if is_locked(&error) && Instant::now() + pause < deadline => {
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                answer => return answer,
            }
        }
    }

    /// Begins a transaction of an operator, after the operators before, in one round trip: the last of the statements returns a row whose
    /// first columns are the process of the server and its start. Statements of the transaction are cancelled in the server when no
    /// caller waits for them any more: the timeout of the server is long. A broken connection is replaced.
    pub(crate) async fn begin_for(
        &self,
        purpose: Purpose,
        statements: String,
    ) -> Result<(PooledConnection, PgRow), sqlx::Error> {
        let permit = self.permits.acquire(purpose).await?;
        let begun = async {
            loop {
                let mut connection = self.take().await?;
                // Only the name of the schema, a plain identifier, and a number were inserted into the text.
                let rows = raw_sql(AssertSqlSafe(statements.clone())).fetch_all(&mut *connection).await;
                match rows.and_then(|mut rows| rows.pop().ok_or(sqlx::Error::RowNotFound)) {
                    Ok(row) => {
                        let (id, started_at) = (row.try_get_unchecked(0)?, row.try_get_unchecked(1)?);
                        connection.cancel_in(ServerProcess { id, started_at });
                        return Ok((connection, row));
                    }
                    Err(error) if Retryability::of(&error) == Retryability::Broken => {
                        drop(connection.end::<()>(Err(error)));
                    }
                    Err(error) => return Err(error),
                }
            }
        };
        let begun = timeout(self.acquire_timeout, begun).await;
        let (mut connection, row) = begun.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
        connection.hold(permit);
        Ok((connection, row))
    }

    /// Repeats an operation if the connection broke or the server requires it, each time on another connection.
    pub(crate) async fn repeat<T, F>(&self, act: impl Fn(Try) -> F + Send) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, sqlx::Error>> + Send,
    {
        let (mut breaks, mut conflicts, mut validate) = (0, 0, false);
        loop {
            let tried = timeout(self.operation_timeout, act(Try { validate })).await;
            let Ok(tried) = tried else {
                return Err(unavailable(TimedOut { after: self.operation_timeout }));
            };
            let error = match tried {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            match Retryability::of(&error) {
                Retryability::Broken if breaks < 1 => (breaks, validate) = (breaks + 1, true),
                Retryability::Conflict if conflicts < CONFLICTS => conflicts += 1,
                _ => return Err(unavailable(error)),
            }
        }
    }
}

/// Has the statements on the connection cancelled in the server when no caller waits for them any more.
async fn cancel_when_abandoned(connection: &mut PooledConnection) -> Result<(), sqlx::Error> {
    let row = query(PROCESS).fetch_one(&mut **connection).await?;
    connection.cancel_in(ServerProcess { id: row.try_get(0)?, started_at: row.try_get(1)? });
    Ok(())
}

/// Returns whether the connection broke while the server may have committed.
fn is_outcome_unknown(error: &sqlx::Error) -> bool {
    Retryability::of(error) == Retryability::Broken && !Retryability::is_undone(error)
}

/// Begins a transaction whose statements each see what was committed before them, whatever the default of the database is: what waits for a
/// lock has to see what its holder did.
pub(crate) async fn read_committed(
    connection: &mut PgConnection,
) -> Result<Transaction<'_, Postgres>, sqlx::Error> {
    connection.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await
}

/// Waits until a standby has everything that was committed before, which a read-only statement does not. Writes an
/// empty message to the log of the server, and nothing to a table.
pub(crate) async fn confirm(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    query("SELECT pg_logical_emit_message(true, 'countersign', '')").execute(connection).await.map(drop)
}

/// The pauses of an operation that waits for a lock. One that waits for long holds a connection for a twentieth of its time.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The largest number of consecutive deadlocks and serialisation failures.
const CONFLICTS: u32 = 10;

/// The time for which batches wait for locked rows or keys: longer than most transactions. Items that are still
/// locked then are retried without the others.
pub(crate) const LOCK_TIMEOUT: &str = "50ms";

#[cfg(test)]
#[path = "session/tests.rs"]
mod tests;
