use std::pin::Pin;
use std::time::Duration;

use countersign_inbox::telemetry::DEAD;
use countersign_inbox::{
    Accepted, AttemptNote, CircuitReport, ClaimDue, Durability, EventId, FailureKind, Fenced, Finish,
    InboxStore, Increment, Lease, Leased, NewEvent, OpsStore, Stats, StoreFuture, StoredEvent, Swept, Woken,
};
use metrics::counter;

use super::finish::Ended;
use crate::convert::storable_event;
use crate::error::unavailable;
use crate::failpoint::failpoint;
use crate::server::Commits;
use crate::session::prepare;
use crate::store::PostgresStore;

impl InboxStore for PostgresStore {
    fn accept(&self, event: NewEvent) -> StoreFuture<'_, Accepted> {
        Box::pin(self.0.accepts.submit(storable_event(event)))
    }

    fn claim_due<'a>(&'a self, request: &'a ClaimDue) -> StoreFuture<'a, Vec<Leased>> {
        Box::pin(async move {
            if request.max == 0 {
                return Ok(Vec::new());
            }
            let (leased, broken) = match request.only {
                Some(id) => self.inner().claim_one(request, id).await?,
                None => self.0.claims.submit(request.clone()).await?,
            };
            if !leased.is_empty() {
                failpoint!("after-claim");
            }
            for (lease, error) in broken {
                // The event can never be handled, so an operator must see it.
                let note = AttemptNote::NONE.with_failure(FailureKind::Unreadable);
                if self.finish(&lease, &Finish::Dead { error }, note).await? == Fenced::Ok(()) {
                    counter!(DEAD, "source" => request.source.clone(), "reason" => "unreadable").increment(1);
                }
            }
            Ok(leased)
        })
    }

    fn extend<'a>(
        &'a self,
        leases: &'a [Lease],
        ttl: Duration,
    ) -> StoreFuture<'a, Vec<Fenced<Option<Lease>>>> {
        Box::pin(async move {
            if leases.is_empty() { Ok(Vec::new()) } else { self.inner().extend(leases, ttl).await }
        })
    }

    fn finish<'a>(
        &'a self,
        lease: &'a Lease,
        finish: &'a Finish,
        note: AttemptNote,
    ) -> StoreFuture<'a, Fenced<()>> {
        Box::pin(async move {
            let ended = Ended::new(lease, finish, note).map_err(unavailable)?;
            self.0.finishes.submit(ended).await
        })
    }

    fn woken(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.inner().wake.woken())
    }

    fn woken_since(&self, mark: u64) -> Pin<Box<dyn Future<Output = Woken> + Send + '_>> {
        Box::pin(self.inner().wake.woken_since(mark))
    }

    fn due_sources<'a>(&'a self, sources: &'a [String]) -> StoreFuture<'a, Option<Vec<String>>> {
        Box::pin(self.inner().due_sources(sources))
    }

    fn unverified<'a>(
        &'a self,
        source: &'a str,
        after: Option<EventId>,
        limit: usize,
    ) -> StoreFuture<'a, Vec<StoredEvent>> {
        Box::pin(self.inner().unverified(source, after, limit))
    }

    fn resume<'a>(&'a self, ids: &'a [EventId]) -> StoreFuture<'a, u64> {
        Box::pin(self.inner().resume(ids))
    }

    fn stored_request(&self, id: EventId) -> StoreFuture<'_, Option<StoredEvent>> {
        Box::pin(self.inner().stored_request(id))
    }

    fn replace_request<'a>(&'a self, stored: &'a StoredEvent, event: &'a NewEvent) -> StoreFuture<'a, bool> {
        Box::pin(self.inner().replace_request(stored, storable_event(event.clone())))
    }

    fn counts(&self) -> StoreFuture<'_, Option<Stats>> {
        Box::pin(async move { self.inner().counts().await.map(Some) })
    }

    fn report_circuits<'a>(&'a self, worker: &'a str, open: &'a [CircuitReport]) -> StoreFuture<'a, ()> {
        Box::pin(self.inner().report_circuits(worker, open))
    }

    fn ops(&self) -> Option<&dyn OpsStore> {
        Some(self)
    }

    fn add_statistics<'a>(&'a self, increments: &'a [Increment]) -> StoreFuture<'a, ()> {
        Box::pin(self.inner().add_statistics(increments))
    }

    fn sweep(&self) -> StoreFuture<'_, Swept> {
        Box::pin(async move {
            let inner = self.inner();
            if inner.partition_maintenance.is_due() {
                inner.maintain_partitions_or_warn().await;
            }
            inner.fold_now_and_then();
            inner.sweep().await
        })
    }

    fn probe(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let inner = self.inner();
            let rows = inner.session.rows(|| prepare(&inner.statements.probe)).await?;
            let row = rows.first().ok_or_else(|| unavailable(sqlx::Error::RowNotFound))?;
            Commits::of(row).map_err(unavailable)?.expect(inner.durability).map_err(unavailable)
        })
    }

    fn retention(&self) -> Duration {
        self.inner().retention.done
    }

    fn dead_retention(&self) -> Duration {
        self.inner().retention.dead
    }

    fn durability(&self) -> Durability {
        self.inner().durability
    }
}
