use countersign_inbox::StoreError;
use countersign_inbox::telemetry::RETENTION_DELETED;
use metrics::counter;
use sqlx::Row;

use crate::core::Core;
use crate::error::unavailable;
use crate::session::{Prepared, prepare};
use crate::units::millis;

impl Core {
    /// Forgets up to 500 claims, and says how many. They are counted here, because whoever asks for it counts nothing;
    /// events are counted by the worker.
    pub(crate) async fn sweep_claims(&self) -> Result<u64, StoreError> {
        let retention = millis(self.retentions.done);
        let forgotten =
            self.count(|| prepare(&self.statements.claim_sweep).bind(retention).bind(SWEEP)).await?;
        counter!(RETENTION_DELETED).increment(forgotten);
        Ok(forgotten)
    }

    /// Forgets up to 500 events, and says how many.
    pub(crate) async fn sweep_events(&self) -> Result<u64, StoreError> {
        let (done, dead) = (millis(self.retentions.done), millis(self.retentions.dead));
        self.count(|| prepare(&self.statements.sweep).bind(done).bind(dead).bind(SWEEP)).await
    }

    async fn count<'q>(&self, make: impl Fn() -> Prepared<'q> + Send + Sync) -> Result<u64, StoreError> {
        let rows = self.session.rows(make).await?;
        let count: Option<i64> = rows.first().map(|row| row.try_get(0)).transpose().map_err(unavailable)?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }
}

/// So few that no transaction takes long.
const SWEEP: i64 = 500;
