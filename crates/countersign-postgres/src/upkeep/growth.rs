use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{AssertSqlSafe, Error, query, query_scalar};

use crate::core::{Core, Interval};
use crate::session::Try;

/// Keeps plans up to date with tables that grow quickly.
///
/// A statement that was planned for a tiny table scans the whole table each time until the server has analysed it
/// again, which takes up to a minute. That is too long in a burst.
pub(crate) struct Growth {
    /// The number of rows since the start of the hour.
    rows: AtomicU64,
    hour: Interval,
}

impl Growth {
    pub(crate) fn new() -> Self {
        Self { rows: AtomicU64::new(0), hour: Interval::seconds(3600) }
    }

    /// Returns whether an analysis is due.
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
    /// Records stored rows, and has the server analyse the tables unless the connections do not need it.
    pub(crate) fn grown(self: &Arc<Self>, rows: usize) {
        if self.growth.as_ref().is_some_and(|growth| growth.note(rows)) {
            let core = Arc::clone(self);
            tokio::spawn(async move {
                // The server does it later as well.
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

/// The numbers of rows after which plans are outdated.
const STEPS: [u64; 3] = [1_000, 8_000, 64_000];

/// The number of rows from which no plan scans a whole table.
const LARGE: f32 = 100_000.0;
