use std::fmt;
use std::sync::Arc;

use countersign_inbox::{Dispatcher, StoreError};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::batch::Batcher;
use crate::inbox::{Accepting, Claiming, Finishing};
use crate::inner::StoreInner;

/// A store in a PostgreSQL database, for any number of machines.
///
/// Clones are the same store. Its futures require the tokio runtime.
#[derive(Clone)]
pub struct PostgresStore(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) inner: Arc<StoreInner>,
    pub(crate) accepts: Batcher<Accepting>,
    pub(crate) finishes: Batcher<Finishing>,
    pub(crate) claims: Batcher<Claiming>,
    pub(crate) dispatcher: Option<Arc<dyn Dispatcher<PgConnection>>>,
}

impl PostgresStore {
    /// Begins a transaction for a handler. It is rolled back when it is dropped, also if the caller is cancelled in this call.
    ///
    /// # Errors
    ///
    /// As for [`PgPool::begin`](sqlx::Pool::begin), which waits for a connection as long as the timeout of the pool says: a pool
    /// of this crate has that of [`with_acquire_timeout`](crate::PostgresStoreBuilder::with_acquire_timeout), and 5 s at least.
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
        self.0.inner.session.pool()
    }

    /// Creates the partitions of today and the next days, and drops those whose bodies are beyond their retention.
    /// Workers call it every hour; a job of the application may call it, too.
    ///
    /// It waits at most 100 ms for a locked table, because arriving events wait behind it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be reached, or the role may not change the tables. Nothing is lost in
    /// that case: rows without a partition go into the default one.
    pub async fn maintain_partitions(&self) -> Result<(), StoreError> {
        self.inner().maintain_partitions().await
    }

    pub(crate) fn inner(&self) -> &Arc<StoreInner> {
        &self.0.inner
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("retention", &self.0.inner.retention)
            .field("durability", &self.0.inner.durability)
            .finish_non_exhaustive()
    }
}
