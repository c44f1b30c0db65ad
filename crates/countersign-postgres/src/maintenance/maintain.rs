use std::error::Error as StdError;

use countersign_inbox::StoreError;
use sqlx::{Error, PgConnection, Postgres, Transaction, query};
use tracing::warn;

use crate::inner::StoreInner;
use crate::session::read_committed;

impl StoreInner {
    /// Does both, whether or not the first succeeds.
    pub(crate) async fn maintain_partitions(&self) -> Result<(), StoreError> {
        let made = self.make_partitions().await;
        let dropped = self.drop_partitions().await;
        made.and(dropped)
    }

    /// Maintains the partitions for a worker, which goes on without them.
    pub(crate) async fn maintain_partitions_or_warn(&self) {
        if let Err(error) = self.make_partitions().await {
            warn!(
                target: "countersign",
                error = &error as &(dyn StdError + 'static),
                "daily partitions could not be created: rows are stored in the default partition, and deleted one by one; make \
                 the role of this process the owner of the tables, or call `maintain_partitions` daily with such a role"
            );
        }
        if let Err(error) = self.drop_partitions().await {
            warn!(
                target: "countersign",
                error = &error as &(dyn StdError + 'static),
                "daily partitions beyond their retention could not be dropped: their rows are deleted one by one, which costs \
                 more, and dropping is retried in an hour; make the role of this process the owner of the tables, and end \
                 transactions that stay open"
            );
        }
    }

    /// Locks the maintenance for one instance at a time. The wait for a table's lock is bounded by the time that
    /// arriving events may wait.
    pub(super) async fn begin_maintenance<'c>(
        &self,
        connection: &'c mut PgConnection,
    ) -> Result<Transaction<'c, Postgres>, Error> {
        let mut tx = read_committed(connection).await?;
        query("SELECT pg_advisory_xact_lock(hashtext('countersign-postgres partitions'), hashtext($1))")
            .bind(self.schema.to_string())
            .execute(&mut *tx)
            .await?;
        query("SET LOCAL lock_timeout = '100ms'").execute(&mut *tx).await?;
        Ok(tx)
    }
}
