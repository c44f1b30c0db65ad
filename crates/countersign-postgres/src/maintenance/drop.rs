use countersign_inbox::StoreError;
use sqlx::{AssertSqlSafe, Error, PgConnection, query, query_as, query_scalar};

use super::partitions::{MOST_MOVED, Table};
use crate::convert::millis;
use crate::inner::{RetentionPeriods, StoreInner};
use crate::session::Try;

/// A partition beyond its retention.
struct Old {
    name: String,
    /// The day in SQL notation.
    day: String,
}

impl StoreInner {
    pub(crate) async fn drop_partitions(&self) -> Result<(), StoreError> {
        self.session.repeat(|which| self.try_drop(which)).await
    }

    async fn try_drop(&self, which: Try) -> Result<(), Error> {
        let mut connection = self.session.acquire(which).await?;
        let dropped = async {
            let RetentionPeriods { body, attempt, .. } = self.retention;
            for (table, retention) in [(Table::BODY, body), (Table::ATTEMPT, attempt)] {
                for old in self.old(&mut connection, table, millis(retention)).await? {
                    self.end(&mut connection, table, &old).await?;
                }
            }
            Ok(())
        }
        .await;
        connection.end(dropped)
    }

    /// Returns the partitions whose rows are all older than that.
    async fn old(
        &self,
        connection: &mut PgConnection,
        table: Table,
        retention: i64,
    ) -> Result<Vec<Old>, Error> {
        let (schema, Table(table)) = (&self.schema, table);
        let sql = format!(
            "SELECT name, to_char(day, 'YYYY-MM-DD') AS day
             FROM (SELECT c.relname::text AS name, to_date(right(c.relname, 8), 'YYYYMMDD') AS day
                   FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                   WHERE i.inhparent = '{schema}.{table}'::regclass AND c.relname ~ '_[0-9]{{8}}$') p
             WHERE (day + 1) AT TIME ZONE 'UTC' < {schema}.now_() - $1::int8 * interval '1 ms'
             ORDER BY day"
        );
        let old: Vec<(String, String)> =
            query_as(AssertSqlSafe(sql)).bind(retention).fetch_all(connection).await?;
        Ok(old.into_iter().map(|(name, day)| Old { name, day }).collect())
    }

    /// Drops a partition. Bodies of unfinished events and attempts at them move to the default partition; if those are
    /// many, the partition stays until they are fewer.
    async fn end(&self, connection: &mut PgConnection, table: Table, old: &Old) -> Result<(), Error> {
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
            return Ok(());
        }
        let mut tx = self.begin_maintenance(connection).await?;
        if !schema.has_table(&mut tx, name).await? {
            return Ok(());
        }
        let detach = format!("ALTER TABLE {schema}.{parent} DETACH PARTITION {schema}.\"{name}\"");
        let keep = format!("INSERT INTO {schema}.{parent} SELECT b.* {outliving}");
        let drop = format!("DROP TABLE {schema}.\"{name}\"");
        for step in [detach, keep, drop] {
            query(AssertSqlSafe(step)).persistent(false).execute(&mut *tx).await?;
        }
        tx.commit().await
    }
}
