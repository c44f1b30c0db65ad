use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_inbox::{Dispatcher, Retention, WakeQueue};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Postgres, raw_sql};
use tokio::time::timeout;

use crate::batch::Batcher;
use crate::error::OpenError;
use crate::frontier::Frontier;
use crate::inbox::{Accepting, Claiming, Finishing};
use crate::inner::{RetentionPeriods, StoreInner};
use crate::maintenance::{Growth, Interval, Partitions};
use crate::schema::{SchemaName, check, migrate};
use crate::server::{Commits, Promise};
use crate::session::{GRACE, Session};
use crate::sql::Statements;
use crate::store::{Inner, PostgresStore};
use crate::{pooler, server};

/// Builds a [`PostgresStore`].
#[derive(Clone)]
#[must_use]
pub struct PostgresStoreBuilder {
    source: Source,
    schema: String,
    migrates: bool,
    retention: RetentionPeriods,
    max_connections: u32,
    acquire_timeout: Duration,
    operation_timeout: Duration,
    dispatcher: Option<Arc<dyn Dispatcher<PgConnection>>>,
}

#[derive(Clone)]
enum Source {
    Url(String),
    Pool(PgPool),
}

impl PostgresStore {
    /// Connects to a database by its URL, `postgres://user:password@host/database`, and upgrades the tables.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the database cannot be reached, is read-only, or its tables have an incompatible version.
    pub async fn connect(url: &str) -> Result<Self, OpenError> {
        Self::builder(url).connect().await
    }

    /// Creates a builder for a store with its own pool.
    pub fn builder(url: &str) -> PostgresStoreBuilder {
        PostgresStoreBuilder::new(url.to_owned())
    }

    /// Uses an existing pool, and upgrades the tables.
    ///
    /// # Errors
    ///
    /// [`OpenError`], as for [`connect`](Self::connect).
    pub async fn from_pool(pool: PgPool) -> Result<Self, OpenError> {
        PostgresStoreBuilder::from_pool(pool).connect().await
    }
}

impl PostgresStoreBuilder {
    fn new(url: String) -> Self {
        Self::with(Source::Url(url))
    }

    /// Creates a builder that uses an existing pool.
    pub fn from_pool(pool: PgPool) -> Self {
        Self::with(Source::Pool(pool))
    }

    fn with(source: Source) -> Self {
        Self {
            source,
            schema: DEFAULT_SCHEMA.to_owned(),
            migrates: true,
            retention: RetentionPeriods {
                done: Retention::DEFAULT,
                dead: DEFAULT_DEAD,
                body: DEFAULT_BODY,
                attempt: DEFAULT_ATTEMPT,
                audit: DEFAULT_AUDIT,
            },
            max_connections: DEFAULT_CONNECTIONS,
            acquire_timeout: DEFAULT_ACQUIRE_TIMEOUT,
            operation_timeout: DEFAULT_OPERATION_TIMEOUT,
            dispatcher: None,
        }
    }

    /// Sets the schema of the tables. The default is `countersign`. Up to 63 characters of a-z, 0-9 and _.
    pub fn with_schema(self, schema: impl Into<String>) -> Self {
        Self { schema: schema.into(), ..self }
    }

    /// Sets how long handled deliveries are remembered. The default is 30 days, which covers deliveries that
    /// providers resend on demand. A key takes about 300 bytes.
    pub fn with_retention(self, retention: Duration) -> Self {
        Self { retention: RetentionPeriods { done: retention, ..self.retention }, ..self }
    }

    /// Sets how long dead letters are kept, with their bodies. The default is 90 days, because they wait for an
    /// operator.
    pub fn with_dead_retention(self, retention: Duration) -> Self {
        Self { retention: RetentionPeriods { dead: retention, ..self.retention }, ..self }
    }

    /// Sets how long the bodies of handled events are kept after they were stored, in whole days. The default is 7
    /// days, because they may contain personal data. An event without its body cannot be replayed. The bodies of
    /// waiting events and dead letters are kept as long as the events.
    pub fn with_body_retention(self, retention: Duration) -> Self {
        Self { retention: RetentionPeriods { body: retention, ..self.retention }, ..self }
    }

    /// Sets how long the attempts at a done event are kept, with their times, workers and errors; whole days of them are
    /// dropped. The default is 7 days: each success has a row, too. The attempts at other events are kept as long as the
    /// event.
    pub fn with_attempt_retention(self, retention: Duration) -> Self {
        Self { retention: RetentionPeriods { attempt: retention, ..self.retention }, ..self }
    }

    /// Sets how long entries of the audit log are kept. The default is a year: they are small, and record who
    /// changed something.
    pub fn with_audit_retention(self, retention: Duration) -> Self {
        Self { retention: RetentionPeriods { audit: retention, ..self.retention }, ..self }
    }

    /// Hands each new event to another engine, in the transaction that stores it.
    pub fn with_dispatcher(self, dispatcher: Arc<dyn Dispatcher<PgConnection>>) -> Self {
        Self { dispatcher: Some(dispatcher), ..self }
    }

    /// Sets the largest number of connections of the pool. The default is 10. An existing pool is unchanged.
    ///
    /// The store uses one connection less, and the last one ends statements that no caller waits for, so that the server has no more
    /// processes for the store than the pool has connections, whatever is locked. Each store leaves one of its pool: stores that share a
    /// pool, and transactions of the application, may use it. A connection whose statement cannot be ended leaves the pool after the
    /// timeout of operations and 30 s (45 s for operators and given pools without a timeout), and the server may still have its process
    /// beside that of the next one. Of a single connection, none is left for that: statements then end by the timeout of the server alone,
    /// and the connection of a commit that waits for a missing standby is replaced after that time, 35 s by default.
    ///
    /// Queries of operators use at most a quarter of 8 connections or more at the same time: one for changes and the maintenance of the tables, and the
    /// others, at least one, for what they look at. Of 4 to 7 connections they use two, and of 3 one for both. A service with fewer has none beside theirs: with
    /// up to 2 connections, deliveries wait while an operator's query or the maintenance runs. 3 are the minimum for a service that operators look at, and 4
    /// if no page may delay a change.
    pub fn with_max_connections(self, max_connections: u32) -> Self {
        Self { max_connections, ..self }
    }

    /// Sets how long an operation waits for a connection of the pool. The default is 2 s, after which a 503 is
    /// better than keeping the provider waiting. [`begin`](PostgresStore::begin) and [`pool`](PostgresStore::pool) wait for 5 s at
    /// least: a connection that is being made is not given up.
    pub fn with_acquire_timeout(self, acquire_timeout: Duration) -> Self {
        Self { acquire_timeout, ..self }
    }

    /// Sets the timeout of an operation, including waits. The default is 5 s, because providers time out after 5 to
    /// 30 s. It is also the `statement_timeout` of the pool's connections: a handler that needs longer for a
    /// statement sets another one in its transaction, `SET LOCAL statement_timeout = '1min'`. An existing pool is
    /// unchanged: set the timeout there. Without it, each operation needs a further round trip, to find out which process of
    /// the server to cancel the statement in when the time is over. Accepts 1 ms to 1 h; others are an error of
    /// [`connect`](Self::connect).
    pub fn with_operation_timeout(self, operation_timeout: Duration) -> Self {
        Self { operation_timeout, ..self }
    }

    /// Leaves the tables unchanged, and refuses outdated ones: for services whose role may not change tables, if
    /// [`migrate`](Self::migrate) runs before their deployment. After the first migration the role needs:
    ///
    /// ```sql
    /// GRANT USAGE ON SCHEMA countersign TO service;
    /// GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA countersign TO service;
    /// GRANT USAGE ON ALL SEQUENCES IN SCHEMA countersign TO service;
    /// GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA countersign TO service;
    /// ```
    ///
    /// Later migrations give it the same rights to what they add. Some functions have the rights of their owner; other roles
    /// cannot call them.
    pub fn without_migrations(self) -> Self {
        Self { migrates: false, ..self }
    }

    /// Upgrades the tables without opening a store.
    ///
    /// Migrations only add, so that older instances keep running while newer ones start.
    ///
    /// # Errors
    ///
    /// [`OpenError`], as for [`connect`](PostgresStore::connect).
    pub async fn migrate(self) -> Result<(), OpenError> {
        self.check_timeout()?;
        let schema = SchemaName::new(&self.schema)?;
        let pool = self.pool()?;
        migrate(&mut *acquire(&pool, self.acquire_timeout).await?, &schema).await
    }

    /// Connects the store.
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the database cannot be reached, is read-only, or its tables have an incompatible version.
    pub async fn connect(self) -> Result<PostgresStore, OpenError> {
        self.check_timeout()?;
        let schema = SchemaName::new(&self.schema)?;
        let pool = self.pool()?;
        let mut connection = acquire(&pool, self.acquire_timeout).await?;
        pooler::refuse(&pool, &mut connection, self.acquire_timeout.max(FIRST)).await?;
        server::expect_writable(&mut connection).await?;
        let durability = Commits::read(&mut connection).await?.durability();
        if self.migrates {
            migrate(&mut connection, &schema).await?;
        } else {
            check(&mut connection, &schema).await?;
        }
        let limit = self.operation_timeout + GRACE;
        let has_timeout = server::ends_statements(&mut connection, limit).await?;
        drop(connection);
        let concurrency = usize::try_from(pool.options().get_max_connections())
            .unwrap_or(1)
            .div_ceil(2)
            .min(MAX_CONCURRENCY);
        let inner = Arc::new(StoreInner {
            session: Session::new(pool, &schema, self.acquire_timeout, self.operation_timeout, has_timeout),
            statements: Statements::new(&schema),
            schema,
            retention: self.retention,
            durability,
            wake: WakeQueue::default(),
            frontier: Frontier::default(),
            partitions: Partitions::new(),
            growth: matches!(self.source, Source::Pool(_)).then(Growth::new),
            claims_swept: Interval::seconds(CLAIMS_SWEPT),
            folded: Interval::seconds(FOLDED),
            partition_maintenance: Interval::seconds(PARTITION_MAINTENANCE),
        });
        // If this role may not create them, or a lock is held, the default partition is used. A command has no right to own tables of the service.
        if self.migrates {
            drop(inner.make_partitions().await);
        }
        inner.fold_now_and_then();
        let accepting = Accepting { inner: Arc::clone(&inner), dispatcher: self.dispatcher.clone() };
        let finishing = Finishing { inner: Arc::clone(&inner) };
        let claiming = Claiming { inner: Arc::clone(&inner) };
        let claims = concurrency.min(MAX_CONCURRENT_CLAIMS);
        Ok(PostgresStore(Arc::new(Inner {
            accepts: Batcher::new(accepting, concurrency, Duration::ZERO, self.operation_timeout),
            finishes: Batcher::new(finishing, concurrency, Duration::ZERO, self.operation_timeout),
            claims: Batcher::new(claiming, claims, CLAIMS_ALONE, self.operation_timeout),
            dispatcher: self.dispatcher,
            inner,
        })))
    }

    /// A statement without a timeout would never leave the server, and the end of a much longer one cannot be computed.
    fn check_timeout(&self) -> Result<(), OpenError> {
        let timeout = self.operation_timeout;
        if OPERATION_TIMEOUTS.contains(&timeout) {
            Ok(())
        } else {
            Err(OpenError::OperationTimeout { timeout })
        }
    }

    fn pool(&self) -> Result<PgPool, OpenError> {
        let url = match &self.source {
            Source::Pool(pool) => return Ok(pool.clone()),
            Source::Url(url) => url,
        };
        let options = PgConnectOptions::from_str(url).map_err(OpenError::Url)?;
        let promise = Promise::default();
        let limit = self.operation_timeout.as_millis().clamp(1, i32::MAX as u128);
        Ok(PgPoolOptions::new()
            .max_connections(self.max_connections)
            // Operations have their own timeout. One that is over leaves a connection in progress to the pool.
            .acquire_timeout(self.acquire_timeout.max(CONNECT))
            // A connection that was used recently is not tested: a break surfaces as an error, and the operation
            // is repeated.
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > TRUSTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            // There is an index for every statement of this crate. A plan made for a tiny table would not use
            // it, and stay in use while the table grows. A statement that times out here is ended in the server,
            // too.
            .after_connect(move |connection, _| {
                let settings =
                    format!("SET enable_seqscan = off; SET jit = off; SET statement_timeout = {limit}");
                let promise = promise.clone();
                Box::pin(async move {
                    raw_sql(AssertSqlSafe(settings)).execute(&mut *connection).await?;
                    promise.keep(&mut *connection).await?;
                    server::notice_disconnection(connection).await
                })
            })
            .connect_lazy_with(options))
    }
}

impl fmt::Debug for PostgresStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStoreBuilder")
            .field("schema", &self.schema)
            .field("retention", &self.retention)
            .finish_non_exhaustive()
    }
}

/// Acquires the first connection, which may take longer than one of a pool in use.
async fn acquire(pool: &PgPool, limit: Duration) -> Result<PoolConnection<Postgres>, OpenError> {
    let first = async {
        let start = Instant::now();
        loop {
            match pool.acquire().await {
                Err(sqlx::Error::PoolTimedOut) if start.elapsed() < FIRST => {}
                connection => return connection,
            }
        }
    };
    let connection = timeout(limit.max(FIRST), first).await;
    Ok(connection.map_err(|_| OpenError::TimedOut { after: limit.max(FIRST) })??)
}

const DEFAULT_SCHEMA: &str = "countersign";
const DEFAULT_DEAD: Duration = Duration::from_secs(90 * 24 * 3600);
const DEFAULT_BODY: Duration = Duration::from_secs(7 * 24 * 3600);
const DEFAULT_ATTEMPT: Duration = Duration::from_secs(7 * 24 * 3600);
const DEFAULT_AUDIT: Duration = Duration::from_secs(365 * 24 * 3600);
const DEFAULT_CONNECTIONS: u32 = 10;
const DEFAULT_ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
const DEFAULT_OPERATION_TIMEOUT: Duration = Duration::from_secs(5);
const OPERATION_TIMEOUTS: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(3600);
/// The minimum time in which the server makes a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// The minimum timeout of the first connection.
const FIRST: Duration = Duration::from_secs(2);
/// The number of concurrent batches. The server flushes several at a time; further batches would only be smaller.
const MAX_CONCURRENCY: usize = 4;
/// The number of concurrent batches of claims. With few of them, a batch has the claims of many sources, which costs far less than
/// a statement for each source. With a second one, sources do not wait for one that is slow to search.
const MAX_CONCURRENT_CLAIMS: usize = 2;
/// The time after which claims no longer wait for those that run. Two batches at a time would leave accepts less of a busy server.
const CLAIMS_ALONE: Duration = Duration::from_millis(50);
/// Seconds between sweeps of claims.
const CLAIMS_SWEPT: u64 = 60;
/// Seconds between two generations of the counters.
const FOLDED: u64 = 2;
/// Seconds between checks of partitions.
const PARTITION_MAINTENANCE: u64 = 3600;
/// The time after its use for which a connection is not tested.
const TRUSTED: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_url_that_cannot_be_read_is_an_error_of_connecting() {
        for url in ["no url", "", "postgres://["] {
            let builder = PostgresStore::builder(url);
            for error in [builder.clone().migrate().await.unwrap_err(), builder.connect().await.unwrap_err()]
            {
                assert!(matches!(error, OpenError::Url(_)), "{url}: {error:?}");
            }
        }
    }

    /// No server is asked.
    #[tokio::test]
    async fn a_timeout_of_operations_is_1_ms_to_1_h() {
        for refused in
            [Duration::ZERO, Duration::from_micros(999), Duration::from_millis(3_600_001), Duration::MAX]
        {
            let builder =
                PostgresStore::builder("postgres://127.0.0.1:1/none").with_operation_timeout(refused);
            for error in [builder.clone().migrate().await.unwrap_err(), builder.connect().await.unwrap_err()]
            {
                assert!(
                    matches!(error, OpenError::OperationTimeout { timeout } if timeout == refused),
                    "{error:?}"
                );
            }
        }
    }
}
