use std::any::Any;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use http::{Response, StatusCode};
use tokio::time::Instant;

use super::context::ClaimContext;
use super::finish::{Claimed, Ending};
use super::handled::{Ended, Handled, Verdict};
use super::in_flight::Leader;
use super::lease_renewal::LeaseRenewal;
use super::running::Handling;
use super::shared::Shared;
use super::telemetry;
use crate::claim::Lease;
use crate::key::EventKey;
use crate::refusal::RefusalKind;
use crate::runtime::LeaseTimer;
use crate::telemetry::panic_message;

/// A delivery that its holder handles.
///
/// If it is dropped instead of [driven](Self::drive), the claim is released by a task of the runtime.
#[must_use = "a claim that is not run holds the delivery until it is dropped"]
pub struct Run {
    shared: Arc<Shared>,
    context: ClaimContext,
    /// `None` for a delivery without an id, for which nothing is claimed.
    claimed: Option<Claimed>,
    /// `None` without statistics.
    handled: Option<Handled>,
}

/// The result of driving a handler.
#[derive(Debug)]
pub enum Finished<T> {
    /// The handler's response is passed on.
    Relay(T),
    /// The handler's response is passed on with the status 500, because providers would not retry after its own
    /// status.
    Failed(T),
    /// This response replaces that of the handler.
    Answer(Response<Bytes>),
}

impl Run {
    pub(super) fn claimed(
        shared: Arc<Shared>,
        handled: Option<Handled>,
        (lease, asked, handling): (Lease, Instant, Handling),
        is_suspect: bool,
        leader: Option<Leader>,
    ) -> Self {
        let lease_timer = Arc::new(LeaseTimer::new(asked, shared.options.lease));
        let context =
            ClaimContext::new(lease.key(), Some(lease.fence()), is_suspect, Some(Arc::clone(&lease_timer)));
        let claimed = Claimed::new(&shared, (lease, handling), lease_timer, leader);
        Self { shared, context, claimed: Some(claimed), handled }
    }

    pub(super) fn unclaimed(shared: Arc<Shared>, handled: Option<Handled>) -> Self {
        let context = ClaimContext::new(EventKey::random(), None, false, None);
        Self { shared, context, claimed: None, handled }
    }

    /// Returns the claim, for the extensions of the request.
    #[must_use]
    pub fn context(&self) -> ClaimContext {
        self.context.clone()
    }

    /// Drives a handler to its end, renews the lease meanwhile, and stores the outcome. `status` returns the status
    /// of the handler's response, or `None` for an error. Call it in a separate task: dropping the future ends the
    /// handler.
    pub async fn drive<T>(
        self,
        handler: impl Future<Output = T>,
        status: impl FnOnce(&T) -> Option<StatusCode>,
    ) -> Finished<T> {
        let Self { shared, context, claimed, handled: of } = self;
        // Handlers of deliveries without a lease are waited for as well.
        let _task = shared.tasks.token();
        let began = Instant::now();
        let renewal = claimed.as_ref().map(|claimed| {
            LeaseRenewal::start(&shared, claimed.lease(), claimed.lease_timer(), context.cancelled())
        });
        let handled = caught(handler).await;
        drop(renewal);
        let (source, took) = (shared.source(), began.elapsed());
        let record = |ended: Ended| {
            if let Some(of) = of {
                let name = shared.options.name.clone();
                shared.record_attempt(of.attempt(name, context.fence(), took, ended));
            }
        };
        let handled = match handled {
            Ok(handled) => handled,
            Err(panic) => {
                let message = panic_message(&*panic);
                telemetry::panicked(source, &message);
                record(Ended::Panicked(message));
                if let Some(claimed) = claimed {
                    claimed.release().await;
                }
                return Finished::Answer(shared.refuse(RefusalKind::HandlerFailed, None));
            }
        };
        let status = status(&handled);
        let verdict = Verdict::of(status, &shared.options.permanent);
        let ending = match (claimed, verdict) {
            (Some(claimed), Verdict::Done | Verdict::Permanent) => claimed.complete().await,
            (Some(claimed), Verdict::Failed | Verdict::Masked) => {
                claimed.release().await;
                Ending::Counts
            }
            (None, _) => Ending::Counts,
        };
        let ended = match ending {
            Ending::Stale => Ended::Lost(status),
            Ending::Counts => Ended::Returned(status, verdict),
        };
        telemetry::attempted(source, ended.outcome());
        record(ended);
        match (ending, verdict) {
            (Ending::Stale, _) => Finished::Answer(shared.refuse(RefusalKind::InFlight, None)),
            (Ending::Counts, Verdict::Masked) => Finished::Failed(handled),
            (Ending::Counts, Verdict::Done | Verdict::Permanent | Verdict::Failed) => {
                Finished::Relay(handled)
            }
        }
    }
}

/// Returns the output of a future, or its panic. The future is dropped before this returns.
async fn caught<F: Future>(future: F) -> Result<F::Output, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    // A future that panicked is not polled again, and none of its state is used.
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("context", &self.context).finish_non_exhaustive()
    }
}
