//! What time makes necessary: partitions for the days to come, and an end for what was kept long enough.

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

/// Which days have partitions.
pub(crate) struct Partitions {
    /// The latest day on which something was stored.
    seen: AtomicI32,
    /// The last day that has one.
    made: AtomicI32,
    pub(crate) tried: Interval,
}

impl Partitions {
    pub(crate) fn new() -> Self {
        Self { seen: AtomicI32::new(0), made: AtomicI32::new(0), tried: Interval::seconds(RETRY) }
    }

    /// Something was stored on that day.
    pub(crate) fn note(&self, day: i32) {
        if self.seen.load(Ordering::Relaxed) < day {
            self.seen.fetch_max(day, Ordering::Relaxed);
        }
    }

    /// Whether the next day has none.
    pub(crate) fn is_behind(&self) -> bool {
        self.seen.load(Ordering::Relaxed) >= self.made.load(Ordering::Relaxed)
    }
}

impl PostgresStore {
    /// Makes the partitions of today and the next days, and drops those whose bodies were kept long enough. Workers
    /// have it done every hour; it may also be called by a job of the user's.
    ///
    /// A lock that somebody holds on a table is waited for 100 ms, because events that arrive wait behind it.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: the database cannot be reached, or the role may not change the tables. Nothing is lost then:
    /// what has no partition goes into a common one.
    pub async fn tend_partitions(&self) -> Result<(), StoreError> {
        self.core().tend().await
    }
}

impl Core {
    pub(crate) async fn tend(&self) -> Result<(), StoreError> {
        self.make_partitions().await?;
        self.drop_partitions().await
    }

    /// One machine at a time; a lock on a table is waited for as long as those may wait who want to store something.
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

/// A table that is partitioned by the day.
#[derive(Clone, Copy, Debug)]
struct Table(&'static str);

impl Table {
    const BODY: Self = Self("body");
    const ATTEMPT: Self = Self("attempt");
    const ALL: [Self; 2] = [Self::BODY, Self::ATTEMPT];
}

/// What is moved while events that arrive wait.
const MOST_MOVED: i64 = 10_000;

/// Seconds, until partitions that could not be made are tried again.
const RETRY: u64 = 60;
