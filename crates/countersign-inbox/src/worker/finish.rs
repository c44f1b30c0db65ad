use std::time::Duration;

use tokio::time::Instant;

use super::shared::Shared;
use crate::claim::{Fenced, Lease};
use crate::inbox_store::{AttemptNote, Finish};
use crate::runtime::{retry_until, within};

/// The result of storing a finish.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Finished {
    Stored,
    /// Another worker has the event.
    Stale,
    /// A reply was lost, and the repetition was stale: the first request may have been stored.
    Unclear,
    /// The store did not answer.
    Failed,
}

/// Retries until the finish is stored: it counts until another worker has taken the event over, however long ago
/// the lease ended. `is_late` is called if the lease ends before the store has answered.
pub(super) async fn finish(
    shared: &Shared,
    lease: Lease,
    (finish, note): (&Finish, AttemptNote),
    ends_at: Instant,
    is_late: impl FnOnce(),
) -> Finished {
    let patience = shared.settings.patience();
    let pending = shared.pending.register(lease);
    let (mut lease, mut failures, mut is_late) = (lease, 0_u32, Some(is_late));
    // One answer is awaited, however late it is.
    let mut until = ends_at.max(Instant::now() + patience);
    let gives_up_at = until + LONGEST_OUTAGE;
    loop {
        let ask = || within(patience, shared.inbox.finish(&lease, finish, note));
        let answer = retry_until(until, ask, |error| {
            failures += 1;
            shared.finishing.failed(error);
        });
        let answer = answer.await;
        let newest = pending.adopted().filter(|newest| newest.fence() > lease.fence());
        match (answer, newest) {
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

/// The time after the end of the lease for which storing an outcome is retried. The event waits as long.
const LONGEST_OUTAGE: Duration = Duration::from_secs(3600);
/// The interval between checks for a newer lease.
const ROUND: Duration = Duration::from_secs(5);
