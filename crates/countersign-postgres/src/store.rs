use std::fmt;
use std::sync::Arc;

use countersign_inbox::Dispatcher;
use sqlx::{PgConnection, PgPool};

use crate::accept::Accepting;
use crate::batch::Batcher;
use crate::builder::PostgresStoreBuilder;
use crate::core::Core;
use crate::error::ConnectError;
use crate::finish::Finishing;
use crate::work::Claiming;

/// Deliveries and events in a PostgreSQL database, for as many machines as use it.
///
/// A clone is the same store. Its futures need the runtime of tokio.
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
    /// Connects to a database by its URL, `postgres://user:password@host/database`, and brings the tables up to date.
    ///
    /// # Errors
    ///
    /// [`ConnectError`]: the database cannot be reached, takes no writes, or its tables are of another version.
    pub async fn connect(url: &str) -> Result<Self, ConnectError> {
        Self::builder(url)?.connect().await
    }

    /// Everything that can be chosen, for a pool of connections of its own.
    ///
    /// # Errors
    ///
    /// [`ConnectError::Sql`]: what was given is no URL of a database.
    pub fn builder(url: &str) -> Result<PostgresStoreBuilder, ConnectError> {
        PostgresStoreBuilder::new(url)
    }

    /// Uses a pool that is there already, and brings the tables up to date.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], as for [`connect`](Self::connect).
    pub async fn from_pool(pool: PgPool) -> Result<Self, ConnectError> {
        PostgresStoreBuilder::from_pool(pool).connect().await
    }

    /// The pool, for transactions that handlers write in.
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
