use countersign_inbox::telemetry::RETENTION_DELETED;
use countersign_inbox::{StoreError, Swept};
use metrics::counter;
use sqlx::postgres::PgRow;
use sqlx::{Error, Row};

use crate::convert::millis;
use crate::error::unavailable;
use crate::inner::{RetentionPeriods, StoreInner};
use crate::session::{Prepared, Try, prepare, read_committed};

impl StoreInner {
    /// Deletes up to 500 claims, and returns their number. They are counted here, because the caller does not;
    /// events are counted by the worker.
    pub(crate) async fn sweep_claims(&self) -> Result<u64, StoreError> {
        let retention = millis(self.retention.done);
        let forgotten =
            self.delete(|| prepare(&self.statements.claim_sweep).bind(retention).bind(SWEEP)).await?;
        counter!(RETENTION_DELETED).increment(forgotten);
        Ok(forgotten)
    }

    /// Deletes up to 500 of each: events, bodies and attempts in the default partitions and in those that could not be
    /// dropped, kinds of errors, rows of statistics, entries of the audit log.
    pub(crate) async fn sweep(&self) -> Result<Swept, StoreError> {
        let RetentionPeriods { done, dead, body, attempt, audit } = self.retention;
        let claims = self.sweep_claims().await?;
        let statements = &self.statements;
        let events =
            self.delete(|| prepare(&statements.sweep).bind(millis(done)).bind(millis(dead)).bind(SWEEP));
        let events = events.await?;
        let bodies = self.delete(|| prepare(&statements.body_sweep).bind(millis(body)).bind(SWEEP)).await?;
        let tried =
            self.delete(|| prepare(&statements.attempt_sweep).bind(millis(attempt)).bind(SWEEP)).await?;
        let inline = self
            .delete(|| prepare(&statements.inline_attempt_sweep).bind(millis(attempt)).bind(SWEEP))
            .await?;
        let lingering = self.sweep_partitions(SWEEP).await?;
        let kinds =
            self.delete(|| prepare(&statements.error_sweep).bind(millis(attempt)).bind(SWEEP)).await?;
        let counted = self.sweep_statistics(SWEEP).await?.max(self.sweep_rejections(SWEEP).await?);
        let audited =
            self.delete(|| prepare(&statements.audit_sweep).bind(millis(audit)).bind(SWEEP)).await?;
        let has_more = [claims, events, bodies, tried, inline, lingering, kinds, counted, audited]
            .into_iter()
            .any(|deleted| deleted >= SWEEP as u64);
        Ok(Swept { events, has_more })
    }

    /// Creates the next generation of the counters, if that is worthwhile. A later call does it if others hold the tables.
    pub(crate) async fn fold(&self) -> Result<(), StoreError> {
        self.session.repeat(|which| self.try_fold(which)).await
    }

    async fn try_fold(&self, which: Try) -> Result<(), Error> {
        let mut connection = self.session.acquire_for_maintenance(which).await?;
        let folded = async {
            let mut tx = read_committed(&mut connection).await?;
            prepare(&self.statements.fold).execute(&mut *tx).await?;
            tx.commit().await
        }
        .await;
        connection.end(folded)
    }

    /// Runs a statement that deletes rows, and returns their number.
    pub(crate) async fn delete<'q>(
        &self,
        make: impl Fn() -> Prepared<'q> + Send + Sync,
    ) -> Result<u64, StoreError> {
        let make = &make;
        let deleted = self.session.repeat(|which| async move {
            let mut connection = self.session.acquire_for_maintenance(which).await?;
            let rows = make().fetch_all(&mut *connection).await;
            connection.end(rows)
        });
        number(&deleted.await?)
    }

    /// Runs a statement that returns a number of rows.
    pub(crate) async fn count<'q>(
        &self,
        make: impl Fn() -> Prepared<'q> + Send + Sync,
    ) -> Result<u64, StoreError> {
        number(&self.session.rows(make).await?)
    }
}

fn number(rows: &[PgRow]) -> Result<u64, StoreError> {
    let number: Option<i64> = rows.first().map(|row| row.try_get(0)).transpose().map_err(unavailable)?;
    Ok(number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0))
}

/// Few enough that no transaction takes long.
const SWEEP: i64 = 500;
