use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::in_flight::{Leader, LeaderOutcome};
use super::running::Handling;
use super::shared::Shared;
use super::telemetry;
use super::unsettled::Settling;
use crate::claim::{Fenced, Lease};
use crate::runtime::{LeaseTimer, retry_until, within};
use crate::store::StoreError;

/// A claimed delivery, until its outcome is stored.
pub(super) struct Claimed {
    /// The first one; the handler may have got a newer one since.
    lease: Lease,
    lease_timer: Arc<LeaseTimer>,
    /// `None` once the outcome is being stored.
    open: Option<Open>,
}

struct Open {
    shared: Arc<Shared>,
    handling: Handling,
    leader: Option<Leader>,
    task: TaskTrackerToken,
}

/// The result of storing the outcome of a handler.
#[derive(Clone, Copy)]
pub(super) enum Ending {
    /// The outcome is stored, will be, or the effect of the handler stands in any case.
    Counts,
    /// Another process has taken over, and its outcome counts.
    Stale,
}

impl Claimed {
    pub(super) fn new(
        shared: &Arc<Shared>,
        (lease, handling): (Lease, Handling),
        lease_timer: Arc<LeaseTimer>,
        leader: Option<Leader>,
    ) -> Self {
        let task = shared.tasks.token();
        let open = Open { shared: Arc::clone(shared), handling, leader, task };
        Self { lease, lease_timer, open: Some(open) }
    }

    pub(super) fn lease(&self) -> Lease {
        self.lease
    }

    pub(super) fn lease_timer(&self) -> &Arc<LeaseTimer> {
        &self.lease_timer
    }

    /// Stores that the delivery was handled. If the store fails, a task retries: the outcome counts until another
    /// process has taken the delivery over.
    pub(super) async fn complete(mut self) -> Ending {
        let Some(Open { shared, handling, leader, task }) = self.open.take() else { return Ending::Counts };
        // Before the end of the handling: a claim hands its lease over, or finds that the delivery was handled.
        let settling = shared.unsettled.add(self.lease.key());
        let (mut lease, mut ends_at) = (self.lease, self.lease_timer.ends_at());
        if let Some(newest) = handling.end() {
            lease = newest.lease;
            ends_at = ends_at.max(newest.asked + shared.options.lease);
        }
        let ending = match complete(&shared, &lease).await {
            Ok(Fenced::Ok(())) => Ending::Counts,
            Ok(Fenced::Stale) => {
                telemetry::stale_finish(shared.source(), "complete");
                if let Some(settling) = settling {
                    settling.end_stale();
                }
                Ending::Stale
            }
            Err(error) => {
                telemetry::once_more(shared.source(), "complete", &error);
                tokio::spawn(async move {
                    complete_late(&shared, &lease, ends_at, (settling, Some(task))).await;
                });
                Ending::Counts
            }
        };
        if let Some(leader) = leader {
            leader.publish(match ending {
                Ending::Counts => LeaderOutcome::Done,
                Ending::Stale => LeaderOutcome::Failed,
            });
        }
        ending
    }

    /// Releases the claim of a delivery that was not handled. If the store fails, the lease expires by itself.
    pub(super) async fn release(mut self) {
        if let Some(open) = self.open.take() {
            release(open, self.lease).await;
        }
    }
}

impl Drop for Claimed {
    /// The task of the handler was ended, by the runtime or by its owner.
    fn drop(&mut self) {
        if let (Some(open), Ok(runtime)) = (self.open.take(), Handle::try_current()) {
            let lease = self.lease;
            runtime.spawn(release(open, lease));
        }
    }
}

async fn complete(shared: &Shared, lease: &Lease) -> Result<Fenced<()>, StoreError> {
    within(shared.options.store_timeout, shared.store.complete(lease)).await
}

/// Stores under a newer lease, in a separate task, that a delivery was handled.
pub(super) fn settle(shared: &Arc<Shared>, lease: Lease, asked: Instant) {
    let (shared, settling) = (shared.clone(), shared.unsettled.add(lease.key()));
    let ends_at = asked + shared.options.lease;
    tokio::spawn(async move {
        complete_late(&shared, &lease, ends_at, (settling, None)).await;
    });
}

/// Retries until the outcome is stored. A shutdown waits for it until the lease expires.
async fn complete_late(
    shared: &Shared,
    lease: &Lease,
    ends_at: Instant,
    (settling, task): (Option<Settling>, Option<TaskTrackerToken>),
) {
    let source = shared.source();
    let again = || complete(shared, lease);
    let failed = |error: &StoreError| telemetry::once_more(source, "complete", error);
    let answer = match retry_until(ends_at, again, failed).await {
        None => {
            telemetry::commit_failed(source);
            drop(task);
            retry_until(ends_at + LONGEST_OUTAGE, again, failed).await
        }
        answer => answer,
    };
    match answer {
        Some(Fenced::Ok(())) => telemetry::stored_late(source),
        Some(Fenced::Stale) => {
            telemetry::stale_finish(source, "complete");
            if let Some(settling) = settling {
                settling.end_stale();
            }
        }
        None => telemetry::commit_given_up(source),
    }
}

/// The time after the end of the lease for which storing an outcome is retried.
const LONGEST_OUTAGE: Duration = Duration::from_secs(3600);

/// Runs before the response, so that an immediate retry is not rejected.
async fn release(open: Open, first: Lease) {
    let Open { shared, handling, leader, task } = open;
    let lease = handling.end().map_or(first, |newest| newest.lease);
    let twice = async {
        match shared.store.release(&lease).await {
            Err(StoreError::Unavailable(cause)) => {
                telemetry::once_more(shared.source(), "release", &*cause);
                // After a lost reply this result is stale, but the delivery is released.
                shared.store.release(&lease).await.map(|_| Fenced::Ok(()))
            }
            answered => answered,
        }
    };
    match within(shared.options.store_timeout, twice).await {
        Ok(Fenced::Ok(())) => {}
        Ok(Fenced::Stale) => telemetry::stale_finish(shared.source(), "release"),
        Err(error) => telemetry::store_failed(shared.source(), "release", &error),
    }
    if let Some(leader) = leader {
        leader.publish(LeaderOutcome::Failed);
    }
    drop(task);
}
