//! Connections: how long is waited for them, and what happens when they break.

mod fault;
mod loan;
mod reaper;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::StoreError;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Postgres, query};
use tokio::time::timeout;

use self::fault::Fault;
use crate::error::{TimedOut, unavailable};
use crate::schema::SchemaName;
use crate::sql::Sql;

pub(crate) use loan::Loan;
pub(crate) use reaper::Reaper;

/// A pool, with bounds on everything that takes time.
#[derive(Debug)]
pub(crate) struct Session {
    pool: PgPool,
    acquire_timeout: Duration,
    operation_timeout: Duration,
    reaper: Arc<Reaper>,
}

/// Which try it is: after a broken connection, others of the pool are suspected too.
#[derive(Clone, Copy)]
pub(crate) struct Try {
    is_wary: bool,
}

/// A statement with its parameters.
pub(crate) type Prepared<'q> = Query<'q, Postgres, PgArguments>;

/// Parameters are bound to what it gives.
pub(crate) fn prepare<'q>(sql: &Sql) -> Prepared<'q> {
    // The only thing that was put into the text is the name of the schema, which is a plain word.
    query(AssertSqlSafe(sql.0.clone()))
}

impl Session {
    pub(crate) fn new(
        pool: PgPool,
        schema: &SchemaName,
        acquire_timeout: Duration,
        operation_timeout: Duration,
    ) -> Self {
        let reaper = Arc::new(Reaper::new(pool.connect_options(), schema, operation_timeout));
        Self { pool, acquire_timeout, operation_timeout, reaper }
    }

    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// A connection, in time.
    pub(crate) async fn acquire(&self, which: Try) -> Result<Loan, sqlx::Error> {
        let checked = async {
            loop {
                let mut loan = Loan::new(
                    self.pool.acquire().await?,
                    self.operation_timeout + GRACE,
                    Arc::clone(&self.reaper),
                );
                if !which.is_wary || loan.ping().await.is_ok() {
                    return Ok(loan);
                }
            }
        };
        timeout(self.acquire_timeout, checked).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// One statement, in a transaction of its own. It has to be one that may be repeated.
    pub(crate) async fn rows<'q>(
        &self,
        make: impl Fn() -> Prepared<'q> + Send + Sync,
    ) -> Result<Vec<PgRow>, StoreError> {
        let make = &make;
        self.repeat(|which| async move {
            let mut loan = self.acquire(which).await?;
            let rows = make().fetch_all(&mut *loan).await;
            loan.end(rows)
        })
        .await
    }

    /// One statement of an operator, who can wait: it takes as long as it takes, within a minute. It is not repeated.
    pub(crate) async fn rows_at_leisure(&self, statement: Prepared<'_>) -> Result<Vec<PgRow>, StoreError> {
        let fetched = async {
            let mut loan = self.acquire(Try { is_wary: true }).await?;
            let rows = async {
                let mut tx = loan.begin().await?;
                query("SET LOCAL statement_timeout = '60s'").execute(&mut *tx).await?;
                let rows = statement.persistent(false).fetch_all(&mut *tx).await?;
                tx.commit().await?;
                Ok(rows)
            }
            .await;
            loan.end(rows)
        };
        let rows = timeout(LEISURE, fetched).await.map_err(|_| unavailable(TimedOut { after: LEISURE }))?;
        rows.map_err(unavailable)
    }

    /// Does something once more where the connection broke or the server asks for it, each time with a connection of
    /// its own.
    pub(crate) async fn repeat<T, F>(&self, act: impl Fn(Try) -> F + Send) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, sqlx::Error>> + Send,
    {
        let (mut breaks, mut conflicts, mut is_wary) = (0, 0, false);
        loop {
            let tried = timeout(self.operation_timeout, act(Try { is_wary })).await;
            let Ok(tried) = tried else {
                return Err(unavailable(TimedOut { after: self.operation_timeout }));
            };
            let error = match tried {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            match Fault::of(&error) {
                Fault::Broken if breaks < 1 => (breaks, is_wary) = (breaks + 1, true),
                Fault::Conflict if conflicts < CONFLICTS => conflicts += 1,
                _ => return Err(unavailable(error)),
            }
        }
    }
}

/// Waits until a standby has all that was committed before: a statement that only reads does not. It writes an empty
/// message to the log of the server, and nothing to a table.
pub(crate) async fn confirm(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    query("SELECT pg_logical_emit_message(true, 'countersign', '')").execute(connection).await.map(drop)
}

/// Deadlocks and serialisation failures in a row, before it is given up.
const CONFLICTS: u32 = 10;

/// For counts of millions of events.
const LEISURE: Duration = Duration::from_secs(60);

/// How long batches wait for a row or a key that others have locked: as long as most transactions take. What is still
/// locked then is tried again without its neighbours.
pub(crate) const LOCK_TIMEOUT: &str = "50ms";

/// The time that the server may take to report that it has ended a statement by its timeout.
const GRACE: Duration = Duration::from_secs(5);
