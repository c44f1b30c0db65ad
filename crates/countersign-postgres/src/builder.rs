use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::time::timeout;

use crate::error::ConnectError;
use crate::schema::{SchemaName, check, migrate};
use crate::server;
use crate::session::Session;
use crate::sql::Statements;
use crate::store::{Inner, PostgresStore, Retentions};

/// How a [`PostgresStore`] is connected.
#[derive(Clone, Debug)]
#[must_use]
pub struct PostgresBuilder {
    source: Source,
    schema: String,
    migrates: bool,
    retentions: Retentions,
    max_connections: u32,
    acquire_timeout: Duration,
    operation_timeout: Duration,
}

#[derive(Clone, Debug)]
enum Source {
    Options(Box<PgConnectOptions>),
    Pool(PgPool),
}

impl PostgresBuilder {
    pub(crate) fn new(url: &str) -> Result<Self, ConnectError> {
        Ok(Self::with(Source::Options(Box::new(PgConnectOptions::from_str(url)?))))
    }

    /// For a pool that is there already.
    pub fn from_pool(pool: PgPool) -> Self {
        Self::with(Source::Pool(pool))
    }

    fn with(source: Source) -> Self {
        Self {
            source,
            schema: DEFAULT_SCHEMA.to_owned(),
            migrates: true,
            retentions: Retentions { done: DEFAULT_RETENTION },
            max_connections: DEFAULT_CONNECTIONS,
            acquire_timeout: DEFAULT_ACQUIRE_TIMEOUT,
            operation_timeout: DEFAULT_OPERATION_TIMEOUT,
        }
    }

    /// The schema that the tables are in; `countersign` by default. Up to 63 of a-z, 0-9 and _.
    pub fn with_schema(self, schema: impl Into<String>) -> Self {
        Self { schema: schema.into(), ..self }
    }

    /// How long deliveries that were handled are remembered; 30 days by default, because that covers what providers
    /// send again on demand. A key takes about 300 bytes.
    pub fn with_retention(self, retention: Duration) -> Self {
        Self { retentions: Retentions { done: retention, ..self.retentions }, ..self }
    }

    /// How many connections the pool has at most; 10 by default. A pool that was given is left as it is.
    pub fn with_max_connections(self, max_connections: u32) -> Self {
        Self { max_connections, ..self }
    }

    /// How long an operation waits for a connection of the pool; 2 s by default: then it is better to answer 503 than
    /// to keep the provider waiting.
    pub fn with_acquire_timeout(self, acquire_timeout: Duration) -> Self {
        Self { acquire_timeout, ..self }
    }

    /// How long an operation takes at most, waiting included; 5 s by default, because providers hang up after 5 to
    /// 30 s.
    pub fn with_operation_timeout(self, operation_timeout: Duration) -> Self {
        Self { operation_timeout, ..self }
    }

    /// Leaves the tables as they are, and refuses ones that are too old: where the role of the service may not change
    /// tables, and [`migrate`](Self::migrate) runs before it is deployed.
    pub fn without_migrations(self) -> Self {
        Self { migrates: false, ..self }
    }

    /// Brings the tables up to date, and connects nothing.
    ///
    /// Migrations only add, so that older machines go on while newer ones start.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], as for [`connect`](PostgresStore::connect).
    pub async fn migrate(self) -> Result<(), ConnectError> {
        let schema = SchemaName::new(&self.schema)?;
        let pool = self.pool();
        migrate(&mut *acquire(&pool, self.acquire_timeout).await?, &schema).await
    }

    /// Connects.
    ///
    /// # Errors
    ///
    /// [`ConnectError`]: the database cannot be reached, takes no writes, or its tables are of another version.
    pub async fn connect(self) -> Result<PostgresStore, ConnectError> {
        let schema = SchemaName::new(&self.schema)?;
        let pool = self.pool();
        let mut connection = acquire(&pool, self.acquire_timeout).await?;
        let durability = server::durability(&mut connection).await?;
        if self.migrates {
            migrate(&mut connection, &schema).await?;
        } else {
            check(&mut connection, &schema).await?;
        }
        drop(connection);
        Ok(PostgresStore(Arc::new(Inner {
            session: Session::new(pool, self.acquire_timeout, self.operation_timeout),
            statements: Statements::new(&schema),
            retentions: self.retentions,
            durability,
            started: Instant::now(),
            next_sweep: AtomicU64::new(0),
        })))
    }

    fn pool(&self) -> PgPool {
        match &self.source {
            Source::Pool(pool) => pool.clone(),
            Source::Options(options) => PgPoolOptions::new()
                .max_connections(self.max_connections)
                .acquire_timeout(self.acquire_timeout)
                // A connection that is broken is noticed by its error, and the operation is repeated.
                .test_before_acquire(false)
                .connect_lazy_with((**options).clone()),
        }
    }
}

async fn acquire(
    pool: &PgPool,
    limit: Duration,
) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>, ConnectError> {
    let connection = timeout(limit, pool.acquire()).await;
    Ok(connection.map_err(|_| ConnectError::TimedOut { after: limit })??)
}

const DEFAULT_SCHEMA: &str = "countersign";
const DEFAULT_RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);
const DEFAULT_CONNECTIONS: u32 = 10;
const DEFAULT_ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
const DEFAULT_OPERATION_TIMEOUT: Duration = Duration::from_secs(5);
