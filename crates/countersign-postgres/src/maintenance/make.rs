use countersign_inbox::StoreError;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Error, PgConnection, Row, query, query_scalar};

use super::partitions::{MOST_MOVED, Table};
use crate::inner::StoreInner;
use crate::session::{Try, prepare};

/// A day in the notations of names and of SQL.
struct Day {
    /// Days since 1970.
    number: i32,
    name: String,
    first: String,
    next: String,
}

impl StoreInner {
    /// Creates the partitions of today and the next days. Of several instances that try, one does it.
    pub(crate) async fn make_partitions(&self) -> Result<(), StoreError> {
        let last = self.session.repeat(|which| self.try_make(which)).await?;
        self.partitions.made(last);
        Ok(())
    }

    async fn try_make(&self, which: Try) -> Result<i32, Error> {
        let mut connection = self.session.acquire_for_maintenance(which).await?;
        let made = async {
            let mut last = 0;
            for day in self.days(&mut connection).await? {
                for table in Table::ALL {
                    self.make(&mut connection, table, &day).await?;
                }
                last = day.number;
            }
            Ok(last)
        }
        .await;
        connection.end(made)
    }

    async fn days(&self, connection: &mut PgConnection) -> Result<Vec<Day>, Error> {
        let days = prepare(&self.statements.partition_days).bind(AHEAD).fetch_all(connection).await?;
        let day = |row: &PgRow| {
            Ok(Day {
                number: row.try_get(0)?,
                name: row.try_get(1)?,
                first: row.try_get(2)?,
                next: row.try_get(3)?,
            })
        };
        days.iter().map(day).collect()
    }

    async fn make(&self, connection: &mut PgConnection, table: Table, day: &Day) -> Result<(), Error> {
        let (schema, Table(table), Day { name, first, next, .. }) = (&self.schema, table, day);
        let name = format!("{table}_{name}");
        if schema.has_table(connection, &name).await? {
            return Ok(());
        }
        let mut tx = self.begin_maintenance(connection).await?;
        if schema.has_table(&mut tx, &name).await? {
            return Ok(());
        }
        // Indexes have the day of attempts, and day + 0 of bodies.
        let of_that_day = format!("{schema}.{table}_default WHERE day = '{first}' AND day + 0 = '{first}'");
        let astray = format!("SELECT count(*) FROM (SELECT FROM {of_that_day} LIMIT {MOST_MOVED} + 1) d");
        let astray: i64 = query_scalar(AssertSqlSafe(astray)).persistent(false).fetch_one(&mut *tx).await?;
        if astray > MOST_MOVED {
            // Partitions could not be created for too long. The rows of that day stay in the default partition.
            return Ok(());
        }
        let partition = format!("{schema}.{name}");
        // Earlier rows move into the new partition; the lock keeps out further ones.
        let steps = [
            format!("LOCK TABLE {schema}.{table}_default IN ACCESS EXCLUSIVE MODE"),
            format!("CREATE TABLE {partition} (LIKE {schema}.{table} INCLUDING ALL)"),
            format!(
                "WITH moved AS (DELETE FROM {of_that_day} RETURNING *)
                 INSERT INTO {partition} SELECT * FROM moved"
            ),
            format!(
                "ALTER TABLE {schema}.{table} ATTACH PARTITION {partition} FOR VALUES FROM ('{first}') TO ('{next}')"
            ),
        ];
        for step in steps {
            query(AssertSqlSafe(step)).persistent(false).execute(&mut *tx).await?;
        }
        tx.commit().await
    }
}

/// The number of days. Few partitions keep planning fast.
const AHEAD: i32 = 2;
