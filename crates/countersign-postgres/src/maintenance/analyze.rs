use std::sync::Arc;

use sqlx::{AssertSqlSafe, Error, query, query_scalar};

use crate::inner::StoreInner;
use crate::session::Try;

impl StoreInner {
    /// Records stored rows, and has the server analyse the tables unless the connections do not need it.
    pub(crate) fn grown(self: &Arc<Self>, rows: usize) {
        if self.growth.as_ref().is_some_and(|growth| growth.note(rows)) {
            let inner = Arc::clone(self);
            tokio::spawn(async move {
                // The server does it later as well.
                drop(inner.session.repeat(|which| inner.analyze(which)).await);
            });
        }
    }

    async fn analyze(&self, which: Try) -> Result<(), Error> {
        let mut connection = self.session.acquire_for_maintenance(which).await?;
        let analyzed = async {
            let schema = &self.schema;
            for table in ["event", "claim", "claim_guard"] {
                let table = format!("{schema}.{table}");
                let rows: f32 = query_scalar("SELECT reltuples FROM pg_class WHERE oid = $1::regclass")
                    .bind(&table)
                    .fetch_one(&mut *connection)
                    .await?;
                if rows < LARGE {
                    query(AssertSqlSafe(format!("ANALYZE {table}")))
                        .persistent(false)
                        .execute(&mut *connection)
                        .await?;
                }
            }
            Ok(())
        }
        .await;
        connection.end(analyzed)
    }
}

/// The number of rows from which no plan scans a whole table.
const LARGE: f32 = 100_000.0;
