use countersign_inbox::StoreError;
use sqlx::{Connection, Error, PgConnection, Postgres, Transaction, query};

use crate::inner::StoreInner;

impl StoreInner {
    pub(crate) async fn tend(&self) -> Result<(), StoreError> {
        self.make_partitions().await?;
        self.drop_partitions().await
    }

    /// Locks the maintenance for one instance at a time. The wait for a table's lock is bounded by the time that
    /// arriving events may wait.
    pub(super) async fn begin_maintenance<'c>(
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
