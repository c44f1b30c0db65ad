//! Inline mode: claims around handlers.

mod answer;

use std::time::Duration;

use countersign_inbox::{
    Claim, ClaimRequest, DedupeStore, Durability, Fenced, Lease, StoreError, StoreFuture, UnsignedIds,
};
use sqlx::{Connection, PgConnection};

use self::answer::{Answer, Settled};
use crate::convert::{millis, stored_fence};
use crate::error::unavailable;
use crate::session::{Prepared, Try, confirm, prepare};
use crate::sql::Sql;
use crate::store::PostgresStore;

impl DedupeStore for PostgresStore {
    fn claim<'a>(&'a self, request: &'a ClaimRequest) -> StoreFuture<'a, Claim> {
        Box::pin(async move {
            self.inner().sweep_claims_now_and_then();
            for _ in 0..RACES {
                let settled = self.inner().session.until_free(|| self.try_claim(request)).await?;
                if let Settled::Claim(claim) = settled {
                    self.inner().grown(1);
                    return Ok(claim);
                }
            }
            Err(unavailable(
                "other processes keep claiming the same delivery: the limit of retries is reached",
            ))
        })
    }

    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> StoreFuture<'a, Fenced<Lease>> {
        Box::pin(async move {
            let sql = &self.inner().statements.claim_renew;
            let session = &self.inner().session;
            let rows = session.until_free(|| session.rows(|| on(sql, lease).bind(millis(ttl)))).await?;
            answer::renewed(lease, rows.first()).map_err(unavailable)
        })
    }

    fn complete<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>> {
        Box::pin(self.end_claim(&self.inner().statements.claim_complete, lease))
    }

    fn release<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>> {
        Box::pin(self.end_claim(&self.inner().statements.claim_release, lease))
    }

    fn retention(&self) -> Duration {
        self.inner().retention.done
    }

    fn durability(&self) -> Durability {
        self.inner().durability
    }
}

impl PostgresStore {
    async fn try_claim(&self, request: &ClaimRequest) -> Result<Settled, StoreError> {
        let is_strict = request.identity.guard().is_some_and(|(_, policy)| policy == UnsignedIds::Reject);
        self.inner()
            .session
            .repeat(|which| async move {
                if is_strict {
                    self.claim_strictly(which, request).await
                } else {
                    self.claim_at_once(which, request).await
                }
            })
            .await
    }

    /// Claims with one statement.
    async fn claim_at_once(&self, which: Try, request: &ClaimRequest) -> Result<Settled, sqlx::Error> {
        let mut connection = self.inner().session.acquire(which).await?;
        let settled = async {
            let row = self.bind_claim(request).fetch_one(&mut *connection).await?;
            let settled = Answer::of(&row)?.settle(request)?;
            self.confirm_if_known(&mut connection, &settled).await?;
            Ok(settled)
        }
        .await;
        connection.end(settled)
    }

    /// Claims in a transaction, for signed bytes that may turn out to be known after the delivery was taken: the
    /// transaction is then rolled back.
    async fn claim_strictly(&self, which: Try, request: &ClaimRequest) -> Result<Settled, sqlx::Error> {
        let mut connection = self.inner().session.acquire(which).await?;
        let settled = async {
            let mut tx = connection.begin().await?;
            let row = self.bind_claim(request).fetch_one(&mut *tx).await?;
            let settled = Answer::of(&row)?.settle(request)?;
            self.confirm_if_known(&mut tx, &settled).await?;
            match settled {
                Settled::Claim(_) => tx.commit().await?,
                Settled::Raced => tx.rollback().await?,
            }
            Ok(settled)
        }
        .await;
        connection.end(settled)
    }

    /// Waits until a handled delivery has the durability of the store, because it is acknowledged.
    async fn confirm_if_known(
        &self,
        connection: &mut PgConnection,
        settled: &Settled,
    ) -> Result<(), sqlx::Error> {
        let is_known = matches!(settled, Settled::Claim(Claim::Done { .. } | Claim::Replayed));
        if is_known && self.inner().durability == Durability::Replicated {
            confirm(connection).await?;
        }
        Ok(())
    }

    fn bind_claim<'q>(&self, request: &'q ClaimRequest) -> Prepared<'q> {
        let (identity, guard) = (&request.identity, request.identity.guard());
        prepare(&self.inner().statements.claim)
            .bind(identity.key().as_bytes().to_vec())
            .bind(request.token.as_bytes().as_slice())
            .bind(millis(request.ttl))
            .bind(identity.body().as_bytes().to_vec())
            .bind(millis(self.inner().retention.done))
            .bind(guard.map(|(digest, _)| digest.as_bytes().to_vec()))
            .bind(guard.is_some_and(|(_, policy)| policy == UnsignedIds::Reject))
    }

    async fn end_claim(&self, sql: &Sql, lease: &Lease) -> Result<Fenced<()>, StoreError> {
        let session = &self.inner().session;
        let rows = session.until_free(|| session.rows(|| on(sql, lease))).await?;
        Ok(if rows.is_empty() { Fenced::Stale } else { Fenced::Ok(()) })
    }
}

fn on<'q>(sql: &Sql, lease: &Lease) -> Prepared<'q> {
    prepare(sql).bind(lease.key().as_bytes().to_vec()).bind(stored_fence(lease.fence()))
}

/// The largest number of consecutive lost races. After a lost race the next statement finds the winner's row.
const RACES: usize = 100;
