use std::fmt;
use std::sync::Arc;

use countersign_inbox::Dispatcher;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::accept::Accepting;
use crate::batch::Batcher;
use crate::builder::PostgresStoreBuilder;
use crate::core::Core;
use crate::error::ConnectError;
use crate::finish::Finishing;
use crate::work::Claiming;

/// A store in a PostgreSQL database, for any number of machines.
///
/// Clones are the same store. Its futures require the tokio runtime.
#[derive(Clone)]
pub struct PostgresStore(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) core: Arc<Core>,
    pub(crate) accepts: Batcher<Accepting>,
    pub(crate) finishes: Batcher<Finishing>,
    pub(crate) claims: Batcher<Claiming>,
    pub(crate) dispatcher: Option<Arc<dyn Dispatcher<PgConnection>>>,
}

impl PostgresStore {
    /// Connects to a database by its URL, `postgres://user:password@host/database`, and upgrades the tables.
    ///
    /// # Errors
    ///
    /// [`ConnectError`] if the database cannot be reached, is read-only, or its tables have an incompatible version.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::builder(url)?.connect().await
    }

    /// Creates a builder for a store with its own pool.
    ///
    /// # Errors
    ///
    /// [`ConnectError::Sql`] if the text is not the URL of a database.
    pub fn builder(url: &str) -> Result<PostgresStoreBuilder, ConnectError> {
        PostgresStoreBuilder::new(url)
    }

    /// Uses an existing pool, and upgrades the tables.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], as for [`connect`](Self::connect).
    pub async fn from_pool(pool: PgPool) -> Result<Self, ConnectError> {
        PostgresStoreBuilder::from_pool(pool).connect().await
    }

    /// Begins a transaction for a handler. It is rolled back when it is dropped, also if the caller is cancelled in this call.
    ///
    /// # Errors
    ///
    /// As for [`PgPool::begin`](sqlx::Pool::begin).
    pub async fn begin(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let pool = self.pool().clone();
        // The task outlives a cancelled caller, and drops the transaction.
        tokio::spawn(async move { pool.begin().await }).await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    /// Returns the pool.
    ///
    /// Begin transactions with [`begin`](Self::begin). A cancelled `pool().begin()` (by a timeout or `select!`) leaves a
    /// transaction open in the server that sqlx does not count: the next statements on its connection belong to it, and are
    /// never committed.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        self.0.core.session.pool()
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.0.core
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("retentions", &self.0.core.retentions)
            .field("durability", &self.0.core.durability)
            .finish_non_exhaustive()
    }
}
