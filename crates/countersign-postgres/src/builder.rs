use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_inbox::{Dispatcher, Retention, WakeQueue};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Postgres, raw_sql};
use tokio::time::timeout;

use crate::accept::Accepting;
use crate::batch::Batcher;
use crate::core::{Core, Interval, Retentions};
use crate::error::ConnectError;
use crate::finish::Finishing;
use crate::frontier::Frontier;
use crate::schema::{SchemaName, check, migrate};
use crate::session::Session;
use crate::sql::Statements;
use crate::store::{Inner, PostgresStore};
use crate::upkeep::{Growth, Partitions};
use crate::work::Claiming;
use crate::{pooler, server};

/// How a [`PostgresStore`] is connected.
#[derive(Clone)]
#[must_use]
pub struct PostgresStoreBuilder {
    source: Source,
    schema: String,
    migrates: bool,
    retentions: Retentions,
    max_connections: u32,
    acquire_timeout: Duration,
    operation_timeout: Duration,
    dispatcher: Option<Arc<dyn Dispatcher<PgConnection>>>,
}

#[derive(Clone)]
enum Source {
    Options(Box<PgConnectOptions>),
    Pool(PgPool),
}

impl PostgresStoreBuilder {
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
            retentions: Retentions {
                done: Retention::DEFAULT,
                dead: DEFAULT_DEAD,
                body: DEFAULT_BODY,
                audit: DEFAULT_AUDIT,
            },
            max_connections: DEFAULT_CONNECTIONS,
            acquire_timeout: DEFAULT_ACQUIRE_TIMEOUT,
            operation_timeout: DEFAULT_OPERATION_TIMEOUT,
            dispatcher: None,
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

    /// How long dead letters are kept, with their bodies; 90 days by default: they wait for a human.
    pub fn with_dead_retention(self, retention: Duration) -> Self {
        Self { retentions: Retentions { dead: retention, ..self.retentions }, ..self }
    }

    /// How long the bodies of events that were handled are kept after they were stored, in whole days; 7 days by
    /// default, because they may be personal data. Without its body, an event cannot be replayed. The bodies of events
    /// that wait or are dead letters are kept as long as these.
    pub fn with_body_retention(self, retention: Duration) -> Self {
        Self { retentions: Retentions { body: retention, ..self.retentions }, ..self }
    }

    /// How long entries of the audit log are kept; a year by default: they are small, and say who changed something.
    pub fn with_audit_retention(self, retention: Duration) -> Self {
        Self { retentions: Retentions { audit: retention, ..self.retentions }, ..self }
    }

    /// Hands each new event to another engine, in the transaction that stores it.
    pub fn with_dispatcher(self, dispatcher: Arc<dyn Dispatcher<PgConnection>>) -> Self {
        Self { dispatcher: Some(dispatcher), ..self }
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
    /// 30 s. It is the `statement_timeout` of the pool's connections, too: a handler that needs longer for a statement of
    /// its own sets another one in its transaction, `SET LOCAL statement_timeout = '1min'`. A pool that was given is left
    /// as it is: set it there.
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
        refuse_pooler(&pool, &mut connection, self.acquire_timeout).await?;
        let durability = server::durability(&mut connection).await?;
        if self.migrates {
            migrate(&mut connection, &schema).await?;
        } else {
            check(&mut connection, &schema).await?;
        }
        drop(connection);
        let flights =
            usize::try_from(pool.options().get_max_connections()).unwrap_or(1).div_ceil(2).min(FLIGHTS);
        let core = Arc::new(Core {
            session: Session::new(pool, &schema, self.acquire_timeout, self.operation_timeout),
            statements: Statements::new(&schema),
            schema,
            retentions: self.retentions,
            durability,
            wake: WakeQueue::default(),
            frontier: Frontier::default(),
            partitions: Partitions::new(),
            growth: matches!(self.source, Source::Pool(_)).then(Growth::new),
            claims_swept: Interval::seconds(CLAIMS_SWEPT),
            folded: Interval::seconds(FOLDED),
            tended: Interval::seconds(TENDED),
        });
        // Where this role may not make them, or somebody holds a lock, there is a common one.
        drop(core.make_partitions().await);
        core.fold_now_and_then();
        let accepting = Accepting { core: Arc::clone(&core), dispatcher: self.dispatcher.clone() };
        let finishing = Finishing { core: Arc::clone(&core) };
        Ok(PostgresStore(Arc::new(Inner {
            accepts: Batcher::new(accepting, flights, self.operation_timeout),
            finishes: Batcher::new(finishing, flights, self.operation_timeout),
            claims: Batcher::new(Claiming { core: Arc::clone(&core) }, flights, self.operation_timeout),
            dispatcher: self.dispatcher,
            core,
        })))
    }

    fn pool(&self) -> PgPool {
        let limit = self.operation_timeout.as_millis().clamp(1, i32::MAX as u128);
        match &self.source {
            Source::Pool(pool) => pool.clone(),
            Source::Options(options) => PgPoolOptions::new()
                .max_connections(self.max_connections)
                .acquire_timeout(self.acquire_timeout)
                // Of one that was in use just now, a break is noticed by its error, and the operation is repeated.
                .test_before_acquire(false)
                .before_acquire(|connection, meta| {
                    Box::pin(async move {
                        if meta.idle_for > TRUSTED {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                })
                // There is an index for every statement of ours. A plan that was made while a table was tiny would not
                // use it, and stay in use while the table grows.
                // A statement that is given up here also ends in the server.
                .after_connect(move |connection, _| {
                    let settings =
                        format!("SET enable_seqscan = off; SET jit = off; SET statement_timeout = {limit}");
                    Box::pin(
                        async move { raw_sql(AssertSqlSafe(settings)).execute(connection).await.map(drop) },
                    )
                })
                .connect_lazy_with((**options).clone()),
        }
    }
}

impl fmt::Debug for PostgresStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStoreBuilder")
            .field("schema", &self.schema)
            .field("retentions", &self.retentions)
            .finish_non_exhaustive()
    }
}

/// The first connection, which may take a little longer than one of a pool that is in use.
async fn acquire(pool: &PgPool, limit: Duration) -> Result<PoolConnection<Postgres>, ConnectError> {
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
    Ok(connection.map_err(|_| ConnectError::TimedOut { after: limit.max(FIRST) })??)
}

async fn refuse_pooler(
    pool: &PgPool,
    connection: &mut PgConnection,
    limit: Duration,
) -> Result<(), ConnectError> {
    let opened = timeout(limit, PgConnection::connect_with(&pool.connect_options())).await;
    // Where there is no place for one more, there is none for a pool that is shared.
    let Ok(Ok(mut other)) = opened else { return Ok(()) };
    let checked = pooler::check(connection, &mut other).await;
    drop(other.close().await);
    checked
}

const DEFAULT_SCHEMA: &str = "countersign";
const DEFAULT_DEAD: Duration = Duration::from_secs(90 * 24 * 3600);
const DEFAULT_BODY: Duration = Duration::from_secs(7 * 24 * 3600);
const DEFAULT_AUDIT: Duration = Duration::from_secs(365 * 24 * 3600);
const DEFAULT_CONNECTIONS: u32 = 10;
const DEFAULT_ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
const DEFAULT_OPERATION_TIMEOUT: Duration = Duration::from_secs(5);
/// Until the first connection is given up, at least.
const FIRST: Duration = Duration::from_secs(2);
/// Batches on their way at once. The server flushes for several at a time; more of them are only smaller.
const FLIGHTS: usize = 4;
/// Seconds between two looks for claims to forget.
const CLAIMS_SWEPT: u64 = 60;
/// Seconds between two generations of the counters.
const FOLDED: u64 = 2;
/// Seconds between two looks at partitions.
const TENDED: u64 = 3600;
/// How long after its use a connection is not tested.
const TRUSTED: Duration = Duration::from_secs(1);
