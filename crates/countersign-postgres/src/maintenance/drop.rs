use countersign_inbox::StoreError;
use sqlx::{AssertSqlSafe, Error, PgConnection, Row, query, query_scalar};

use super::partitions::{MOST_MOVED, Table};
use crate::convert::millis;
use crate::inner::{RetentionPeriods, StoreInner};
use crate::session::{Try, prepare};

/// A partition beyond its retention.
struct Old {
    name: String,
    /// The day in SQL notation.
    day: String,
}

impl StoreInner {
    /// Drops all partitions beyond their retention that can be dropped, and returns the first error.
    pub(crate) async fn drop_partitions(&self) -> Result<(), StoreError> {
        // Until the opposite is known.
        self.partitions.linger(true);
        let are_all_gone = self.session.repeat(|which| self.try_drop(which)).await?;
        self.partitions.linger(!are_all_gone);
        Ok(())
    }

    async fn try_drop(&self, which: Try) -> Result<bool, Error> {
        let mut connection = self.session.acquire_for_maintenance(which).await?;
        let dropped = async {
            let mut all = Ok(true);
            for (table, retention) in self.aged() {
                for old in self.old(&mut connection, table, retention).await? {
                    match self.end(&mut connection, table, &old).await {
                        Ok(is_gone) => all = all.map(|all| all && is_gone),
                        // The others may be dropped nevertheless.
                        Err(error) => all = all.and(Err(error)),
                    }
                }
            }
            all
        }
        .await;
        connection.end(dropped)
    }

    /// Deletes up to `most` rows of partitions beyond their retention that could not be dropped, and returns their number. Rows
    /// of unfinished events and dead letters stay.
    pub(crate) async fn sweep_partitions(&self, most: i64) -> Result<u64, StoreError> {
        if !self.partitions.are_lingering() {
            return Ok(0);
        }
        self.session.repeat(|which| self.try_sweep_partitions(which, most)).await
    }

    async fn try_sweep_partitions(&self, which: Try, most: i64) -> Result<u64, Error> {
        let mut connection = self.session.acquire_for_maintenance(which).await?;
        let swept = async {
            let mut deleted = 0;
            for (table, retention) in self.aged() {
                for old in self.old(&mut connection, table, retention).await? {
                    let left = most.saturating_sub(i64::try_from(deleted).unwrap_or(i64::MAX));
                    deleted += self.delete_rows(&mut connection, table, &old, left).await?;
                }
            }
            Ok(deleted)
        }
        .await;
        connection.end(swept)
    }

    async fn delete_rows(
        &self,
        connection: &mut PgConnection,
        Table(table): Table,
        Old { day, .. }: &Old,
        most: i64,
    ) -> Result<u64, Error> {
        let schema = &self.schema;
        // Through the parent: its rights are those that the role needs anyway. An event that is being replayed is locked, and one that was is
        // not done any more when its lock is free.
        let sql = format!(
            "WITH old AS MATERIALIZED (
                 SELECT b.event_id FROM {schema}.{table} b
                 WHERE b.day = '{day}'
                   AND NOT EXISTS (SELECT FROM {schema}.event e WHERE e.id = b.event_id AND e.state <> 2)
                 LIMIT {most}
             ), done AS MATERIALIZED (
                 SELECT e.id FROM old JOIN {schema}.event e ON e.id = old.event_id
                 WHERE e.state = 2 FOR UPDATE OF e SKIP LOCKED
             )
             DELETE FROM {schema}.{table} p USING old
             WHERE p.event_id = old.event_id AND p.day = '{day}'
               AND (EXISTS (SELECT FROM done WHERE done.id = old.event_id)
                    OR NOT EXISTS (SELECT FROM {schema}.event e WHERE e.id = old.event_id))"
        );
        query(AssertSqlSafe(sql)).persistent(false).execute(connection).await.map(|done| done.rows_affected())
    }

    /// Returns the tables with daily partitions, and their retention in milliseconds.
    fn aged(&self) -> [(Table, i64); 2] {
        let RetentionPeriods { body, attempt, .. } = self.retention;
        [(Table::BODY, millis(body)), (Table::ATTEMPT, millis(attempt))]
    }

    /// Returns the partitions whose rows are all older than that.
    async fn old(
        &self,
        connection: &mut PgConnection,
        table: Table,
        retention: i64,
    ) -> Result<Vec<Old>, Error> {
        let Table(table) = table;
        let old = prepare(&self.statements.expired_partitions).bind(table).bind(retention);
        let old = old.fetch_all(connection).await?;
        old.iter().map(|row| Ok(Old { name: row.try_get(0)?, day: row.try_get(1)? })).collect()
    }

    /// Drops a partition, and returns whether it is gone. Bodies of unfinished events and attempts at them move to the default
    /// partition; if those are many, the partition stays until they are fewer.
    async fn end(&self, connection: &mut PgConnection, table: Table, old: &Old) -> Result<bool, Error> {
        let (schema, Table(parent), Old { name, day }) = (&self.schema, table, old);
        // An event may have attempts on any day after its own.
        let stored = if table == Table::BODY { format!("AND day = '{day}'") } else { String::new() };
        let outliving = format!(
            "FROM {schema}.\"{name}\" b JOIN {schema}.event e ON e.id = b.event_id
             WHERE e.id IN (SELECT id FROM {schema}.event WHERE state < 2 {stored}
                            UNION ALL SELECT id FROM {schema}.event WHERE state = 3 {stored}
                            UNION ALL SELECT id FROM {schema}.event WHERE state = 4 {stored})"
        );
        let sql = format!("SELECT count(*) {outliving}");
        let count: i64 =
            query_scalar(AssertSqlSafe(sql)).persistent(false).fetch_one(&mut *connection).await?;
        if count > MOST_MOVED {
            return Ok(false);
        }
        let mut tx = self.begin_maintenance(connection).await?;
        if !schema.has_table(&mut tx, name).await? {
            return Ok(true);
        }
        let detach = format!("ALTER TABLE {schema}.{parent} DETACH PARTITION {schema}.\"{name}\"");
        let keep = format!("INSERT INTO {schema}.{parent} SELECT b.* {outliving}");
        let drop = format!("DROP TABLE {schema}.\"{name}\"");
        for step in [detach, keep, drop] {
            query(AssertSqlSafe(step)).persistent(false).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}
