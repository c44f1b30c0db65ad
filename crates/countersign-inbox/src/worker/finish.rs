use std::time::Duration;

use tokio::time::Instant;

use super::shared::Shared;
use crate::claim::{Fenced, Lease};
use crate::inbox::Finish;
use crate::runtime::{insist, within};

/// What became of a finish.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Finished {
    Stored,
    /// Somebody else has the event.
    Stale,
    /// An answer was lost, and the next one was stale: it may have been stored by the first.
    Unclear,
    /// The store did not answer.
    Failed,
}

/// Tells the store until it answers: a finish counts until another worker has taken the event over, however long ago the
/// lease ended. `is_late` is called when it ends before the store has answered.
pub(super) async fn finish(
    shared: &Shared,
    lease: Lease,
    finish: &Finish,
    ends_at: Instant,
    is_late: impl FnOnce(),
) -> Finished {
    let patience = shared.settings.patience();
    let pending = shared.pending.register(lease);
    let (mut lease, mut failures, mut is_late) = (lease, 0_u32, Some(is_late));
    // One answer is waited for, however late it is.
    let mut until = ends_at.max(Instant::now() + patience);
    let gives_up_at = until + LONGEST_OUTAGE;
    loop {
        let ask = || within(patience, shared.inbox.finish(&lease, finish));
        let told = insist(until, ask, |error| {
            failures += 1;
            shared.finishing.failed(error);
        });
        let told = told.await;
        let newest = pending.adopted().filter(|newest| newest.fence() > lease.fence());
        match (told, newest) {
            (Some(Fenced::Ok(())), _) => {
                shared.finishing.over();
                return Finished::Stored;
            }
            (_, Some(newest)) => lease = newest,
            (Some(Fenced::Stale), None) => {
                shared.finishing.over();
                return if failures > 0 { Finished::Unclear } else { Finished::Stale };
            }
            (None, None) => {}
        }
        let now = Instant::now();
        if now >= gives_up_at {
            return Finished::Failed;
        }
        if now >= until {
            if let Some(is_late) = is_late.take() {
                is_late();
            }
            until = (now + ROUND).min(gives_up_at);
        }
    }
}

/// How long after the end of its lease an outcome is told to a store that does not answer. The event waits as long.
const LONGEST_OUTAGE: Duration = Duration::from_secs(3600);
/// Between two looks for a newer lease.
const ROUND: Duration = Duration::from_secs(5);
