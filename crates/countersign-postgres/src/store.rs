use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use countersign_inbox::Durability;
use sqlx::PgPool;

use crate::builder::PostgresBuilder;
use crate::error::ConnectError;
use crate::session::Session;
use crate::sql::Statements;

/// Deliveries and events in a PostgreSQL database, for as many machines as use it.
///
/// A clone is the same store. Its futures need the runtime of tokio.
#[derive(Clone)]
pub struct PostgresStore(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) session: Session,
    pub(crate) statements: Statements,
    pub(crate) retentions: Retentions,
    pub(crate) durability: Durability,
    pub(crate) started: Instant,
    /// Seconds after the start.
    pub(crate) next_sweep: AtomicU64,
}

/// How long what has ended is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retentions {
    /// Keys of what was handled.
    pub(crate) done: Duration,
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
    pub fn builder(url: &str) -> Result<PostgresBuilder, ConnectError> {
        PostgresBuilder::new(url)
    }

    /// Uses a pool that is there already, and brings the tables up to date.
    ///
    /// # Errors
    ///
    /// [`ConnectError`], as for [`connect`](Self::connect).
    pub async fn from_pool(pool: PgPool) -> Result<Self, ConnectError> {
        PostgresBuilder::from_pool(pool).connect().await
    }

    /// The pool, for transactions that handlers write in.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        self.0.session.pool()
    }

    pub(crate) fn session(&self) -> &Session {
        &self.0.session
    }

    pub(crate) fn statements(&self) -> &Statements {
        &self.0.statements
    }

    pub(crate) fn retentions(&self) -> &Retentions {
        &self.0.retentions
    }

    pub(crate) fn level(&self) -> Durability {
        self.0.durability
    }

    /// In inline mode nobody else tidies up: the first claim of each minute does it, in a task of its own.
    pub(crate) fn sweep_claims_now_and_then(&self) {
        let (now, next) = (self.0.started.elapsed().as_secs(), self.0.next_sweep.load(Ordering::Relaxed));
        let is_due = now >= next
            && (self.0.next_sweep)
                .compare_exchange(next, now + SWEEP_EVERY, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if is_due {
            let store = self.clone();
            tokio::spawn(async move {
                // An error shows where it matters: in the next claim.
                while store.sweep_claims().await.is_ok_and(|forgotten| forgotten > 0) {}
            });
        }
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("retentions", &self.0.retentions)
            .field("durability", &self.0.durability)
            .finish_non_exhaustive()
    }
}

/// In seconds.
const SWEEP_EVERY: u64 = 60;
