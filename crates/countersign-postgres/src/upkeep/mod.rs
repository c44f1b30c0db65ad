//! Periodic maintenance: creates and drops daily partitions, and deletes old rows.

mod drop;
mod growth;
mod make;
mod sweep;

use std::sync::atomic::{AtomicI32, Ordering};

use countersign_inbox::StoreError;
use sqlx::{Connection, Error, PgConnection, Postgres, Transaction, query};

use crate::core::{Core, Interval};
use crate::store::PostgresStore;

pub(crate) use growth::Growth;

/// The days that have partitions.
pub(crate) struct Partitions {
    /// The latest day on which a row was stored.
    seen: AtomicI32,
    /// The last day with a partition.
    made: AtomicI32,
    pub(crate) tried: Interval,
}

impl Partitions {
    pub(crate) fn new() -> Self {
        Self { seen: AtomicI32::new(0), made: AtomicI32::new(0), tried: Interval::seconds(RETRY) }
    }

    /// Records that a row was stored on that day.
    pub(crate) fn note(&self, day: i32) {
        if self.seen.load(Ordering::Relaxed) < day {
            self.seen.fetch_max(day, Ordering::Relaxed);
        }
    }

    /// Returns whether the next day has no partition.
    pub(crate) fn is_behind(&self) -> bool {
        self.seen.load(Ordering::Relaxed) >= self.made.load(Ordering::Relaxed)
    }
}

impl PostgresStore {
    /// Creates the partitions of today and the next days, and drops those whose bodies are beyond their retention.
    /// Workers call it every hour; a job of the application may call it, too.
    ///
    /// It waits at most 100 ms for a locked table, because arriving events wait behind it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be reached, or the role may not change the tables. Nothing is lost in
    /// that case: rows without a partition go into the default one.
    pub async fn tend_partitions(&self) -> Result<(), StoreError> {
        self.core().tend().await
    }
}

impl Core {
    pub(crate) async fn tend(&self) -> Result<(), StoreError> {
        self.make_partitions().await?;
        self.drop_partitions().await
    }

    /// Locks the maintenance for one instance at a time. The wait for a table's lock is bounded by the time that
    /// arriving events may wait.
    async fn begin_upkeep<'c>(
        &self,
        connection: &'c mut PgConnection,
    ) -> Result<Transaction<'c, Postgres>, Error> {
        let mut tx = connection.begin().await?;
        query("SELECT pg_advisory_xact_lock(hashtext('countersign-postgres partitions'), hashtext($1))")
            .bind(self.schema.to_string())
            .execute(&mut *tx)
            .await?;
        query("SET LOCAL lock_timeout = '100ms'").execute(&mut *tx).await?;
        Ok(tx)
    }
}

/// A table that is partitioned by day.
#[derive(Clone, Copy, Debug)]
struct Table(&'static str);

impl Table {
    const BODY: Self = Self("body");
    const ATTEMPT: Self = Self("attempt");
    const ALL: [Self; 2] = [Self::BODY, Self::ATTEMPT];
}

/// The largest number of rows that are moved while arriving events wait.
const MOST_MOVED: i64 = 10_000;

/// Seconds until the creation of partitions is retried.
const RETRY: u64 = 60;
