//! Transactions for operators: they leave connections to deliveries, and end in time.

use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::StoreError;
use sqlx::postgres::PgRow;
use sqlx::{Executor, Row};
use tokio::time::{Instant, timeout_at};

use crate::error::{TooSlow, is_cancelled, is_conflict, is_too_slow, unavailable};
use crate::inner::StoreInner;
use crate::session::{PooledConnection, Prepared, Purpose};

/// A transaction for an operator. Each statement sees what was committed before it, whatever the default of the database is.
pub(super) struct OperatorTransaction {
    connection: PooledConnection,
    /// The time of the server at its beginning.
    now: UnixTime,
    limit: Limit,
}

#[derive(Clone, Copy)]
struct Limit {
    length: Duration,
    end: Instant,
}

impl StoreInner {
    /// Begins a transaction, for reading alone unless it is for a change. It is not repeated. The limit of time includes the wait
    /// for other operators.
    pub(super) async fn begin(&self, purpose: Purpose) -> Result<OperatorTransaction, StoreError> {
        self.begin_within(purpose, Duration::MAX).await
    }

    /// Does the same with statements that the server ends after this time.
    async fn begin_within(
        &self,
        purpose: Purpose,
        statement: Duration,
    ) -> Result<OperatorTransaction, StoreError> {
        let (begin, length) = match purpose {
            Purpose::Look => ("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY", LOOK),
            Purpose::Change => ("BEGIN ISOLATION LEVEL READ COMMITTED", CHANGE),
        };
        let limit = Limit { length, end: Instant::now() + length };
        let open = self.statements.open.0.replace("{limit}", &length.min(statement).as_millis().to_string());
        let begun = self.session.begin_for(purpose, format!("{begin}; {open}"));
        let (connection, row) = limit.apply(begun).await?;
        let now = UnixTime::from_millis(row.try_get_unchecked(2).map_err(unavailable)?);
        Ok(OperatorTransaction { connection, now, limit })
    }

    /// Runs one statement for an operator.
    pub(super) async fn query(
        &self,
        purpose: Purpose,
        statement: Prepared<'_>,
    ) -> Result<Vec<PgRow>, StoreError> {
        self.query_at(purpose, |_| statement).await.map(|(_, rows)| rows)
    }

    /// Runs one statement of a change. `None` if it was not finished within the limit, such as by locks, or was in a deadlock: it has changed
    /// nothing then.
    pub(super) async fn query_in_time(
        &self,
        limit: Duration,
        statement: Prepared<'_>,
    ) -> Result<Option<Vec<PgRow>>, StoreError> {
        let mut transaction = self.begin_within(Purpose::Change, limit).await?;
        let rows = match transaction.rows(statement).await {
            Err(error) if is_too_slow(&error) || is_conflict(&error) => return Ok(None),
            rows => rows?,
        };
        transaction.end().await?;
        Ok(Some(rows))
    }

    /// Runs one statement that is made with the time of the server, and returns both.
    pub(super) async fn query_at<'q>(
        &self,
        purpose: Purpose,
        make: impl FnOnce(UnixTime) -> Prepared<'q>,
    ) -> Result<(UnixTime, Vec<PgRow>), StoreError> {
        let mut transaction = self.begin(purpose).await?;
        let now = transaction.now;
        let rows = transaction.rows(make(now)).await?;
        transaction.end().await?;
        Ok((now, rows))
    }
}

impl OperatorTransaction {
    /// Runs a statement. After an error the transaction is over.
    pub(super) async fn rows(&mut self, statement: Prepared<'_>) -> Result<Vec<PgRow>, StoreError> {
        let Self { connection, limit, .. } = self;
        let fetched = async {
            let rows = statement.persistent(false).fetch_all(&mut **connection).await;
            if rows.is_err() {
                connection.answer();
            }
            rows
        };
        limit.apply(fetched).await
    }

    /// Commits.
    pub(super) async fn end(mut self) -> Result<(), StoreError> {
        let limit = self.limit;
        let committed = async {
            let committed = self.connection.execute("COMMIT").await;
            self.connection.end(committed)
        };
        limit.apply(committed).await.map(drop)
    }
}

impl Limit {
    async fn apply<T>(self, act: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
        let too_slow = || unavailable(TooSlow { after: self.length });
        match timeout_at(self.end, act).await {
            Ok(Err(error)) if is_cancelled(&error) => Err(too_slow()),
            Ok(done) => done.map_err(unavailable),
            Err(_) => Err(too_slow()),
        }
    }
}

/// The limit of a page: what it reads is bounded, so that only a busy server needs longer.
const LOOK: Duration = Duration::from_secs(10);
/// The limit of a part of a change, which may wait for rows that deliveries hold.
const CHANGE: Duration = Duration::from_secs(60);
