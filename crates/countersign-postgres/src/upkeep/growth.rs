use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{AssertSqlSafe, Error, query, query_scalar};

use crate::core::{Core, Interval};
use crate::session::Try;

/// Sees to it that plans keep pace with tables that grow quickly.
///
/// A statement that was planned while a table was tiny reads all of it, each time, until the server has counted the rows
/// anew, which takes it up to a minute. In a burst, that is too long.
pub(crate) struct Growth {
    /// Rows since the hour began.
    rows: AtomicU64,
    hour: Interval,
}

impl Growth {
    pub(crate) fn new() -> Self {
        Self { rows: AtomicU64::new(0), hour: Interval::seconds(3600) }
    }

    /// Whether it is time to count.
    fn note(&self, rows: usize) -> bool {
        if self.hour.is_due() {
            self.rows.store(0, Ordering::Relaxed);
        }
        let rows = rows as u64;
        let before = self.rows.fetch_add(rows, Ordering::Relaxed);
        STEPS.iter().any(|step| before < *step && before + rows >= *step)
    }
}

impl Core {
    /// So many rows were stored: has the server count them, where the connections are not known to do without.
    pub(crate) fn grown(self: &Arc<Self>, rows: usize) {
        if self.growth.as_ref().is_some_and(|growth| growth.note(rows)) {
            let core = Arc::clone(self);
            tokio::spawn(async move {
                // The server does it, too, later.
                drop(core.session.repeat(|which| core.analyze(which)).await);
            });
        }
    }

    async fn analyze(&self, which: Try) -> Result<(), Error> {
        let mut loan = self.session.acquire(which).await?;
        let analyzed = async {
            let schema = &self.schema;
            for table in ["event", "claim", "claim_guard"] {
                let table = format!("{schema}.{table}");
                let rows: f32 = query_scalar("SELECT reltuples FROM pg_class WHERE oid = $1::regclass")
                    .bind(&table)
                    .fetch_one(&mut *loan)
                    .await?;
                if rows < LARGE {
                    query(AssertSqlSafe(format!("ANALYZE {table}")))
                        .persistent(false)
                        .execute(&mut *loan)
                        .await?;
                }
            }
            Ok(())
        }
        .await;
        loan.end(analyzed)
    }
}

/// Rows, after which plans are out of date.
const STEPS: [u64; 3] = [1_000, 8_000, 64_000];

/// Rows, from which on no plan reads a whole table.
const LARGE: f32 = 100_000.0;
