use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::Instant;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::deduplicator::Shared;
use super::flights::{Cockpit, Landing};
use super::telemetry;
use crate::claim::{Fenced, Lease};
use crate::runtime::{Pulse, insist, within};
use crate::store::StoreError;

/// A delivery that was claimed, until the store knows what became of it.
pub(super) struct Claimed {
    lease: Lease,
    pulse: Arc<Pulse>,
    /// `None` once its end is on its way.
    open: Option<Open>,
}

struct Open {
    shared: Arc<Shared>,
    cockpit: Option<Cockpit>,
    task: TaskTrackerToken,
}

/// Whether the end of a handler is what the store knows.
pub(super) enum Ending {
    /// Or will be, or what the handler did is done anyway.
    Counts,
    /// Somebody else has taken over, and theirs is.
    Stale,
}

impl Claimed {
    pub(super) fn new(
        shared: &Arc<Shared>,
        lease: Lease,
        pulse: Arc<Pulse>,
        cockpit: Option<Cockpit>,
    ) -> Self {
        let task = shared.tasks.token();
        Self { lease, pulse, open: Some(Open { shared: Arc::clone(shared), cockpit, task }) }
    }

    pub(super) fn lease(&self) -> Lease {
        self.lease
    }

    pub(super) fn pulse(&self) -> &Arc<Pulse> {
        &self.pulse
    }

    /// It was handled. When the store cannot be told now, a task goes on: the outcome counts until another process has
    /// taken the delivery over.
    pub(super) async fn complete(mut self) -> Ending {
        let Some(Open { shared, cockpit, task }) = self.open.take() else { return Ending::Counts };
        let (lease, ends_at) = (self.lease, self.pulse.ends_at());
        let settling = shared.unsettled.add(lease.key());
        let ending = match complete(&shared, &lease).await {
            Ok(Fenced::Ok(())) => Ending::Counts,
            Ok(Fenced::Stale) => {
                telemetry::stale_finish(shared.source(), "complete");
                Ending::Stale
            }
            Err(error) => {
                telemetry::once_more(shared.source(), "complete", &error);
                tokio::spawn(async move {
                    complete_late(&shared, &lease, ends_at, Some(task)).await;
                    drop(settling);
                });
                Ending::Counts
            }
        };
        if let Some(cockpit) = cockpit {
            cockpit.land(match ending {
                Ending::Counts => Landing::Done,
                Ending::Stale => Landing::Failed,
            });
        }
        ending
    }

    /// It was not handled. When the store cannot be told, the lease ends by itself.
    pub(super) async fn release(mut self) {
        if let Some(open) = self.open.take() {
            release(open, self.lease).await;
        }
    }
}

impl Drop for Claimed {
    /// The task that handled it was ended, with its runtime or by whoever held it.
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

/// Tells the store under a newer lease that a delivery was handled, in a task of its own.
pub(super) fn settle(shared: &Arc<Shared>, lease: Lease, asked: Instant) {
    let (shared, settling) = (shared.clone(), shared.unsettled.add(lease.key()));
    let ends_at = asked + shared.options.lease;
    tokio::spawn(async move {
        complete_late(&shared, &lease, ends_at, None).await;
        drop(settling);
    });
}

/// Tells the store until it knows. A shutdown waits for it until the lease ends.
async fn complete_late(shared: &Shared, lease: &Lease, ends_at: Instant, task: Option<TaskTrackerToken>) {
    let source = shared.source();
    let again = || complete(shared, lease);
    let failed = |error: &StoreError| telemetry::once_more(source, "complete", error);
    let told = match insist(ends_at, again, failed).await {
        None => {
            telemetry::commit_failed(source);
            drop(task);
            insist(ends_at + LONGEST_OUTAGE, again, failed).await
        }
        told => told,
    };
    match told {
        Some(Fenced::Ok(())) => telemetry::told_late(source),
        Some(Fenced::Stale) => telemetry::stale_finish(source, "complete"),
        None => telemetry::commit_given_up(source),
    }
}

/// How long after the end of its lease an outcome is told to a store that does not answer.
const LONGEST_OUTAGE: Duration = Duration::from_secs(3600);

/// Before anybody is answered, so that a retry that comes at once is not sent away.
async fn release(open: Open, lease: Lease) {
    let Open { shared, cockpit, task } = open;
    let twice = async {
        match shared.store.release(&lease).await {
            Err(StoreError::Unavailable(cause)) => {
                telemetry::once_more(shared.source(), "release", &*cause);
                // When it was the reply that was lost, this one is stale, and the delivery is free all the same.
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
    if let Some(cockpit) = cockpit {
        cockpit.land(Landing::Failed);
    }
    drop(task);
}
