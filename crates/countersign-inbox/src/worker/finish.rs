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

/// Tells the store, again and again until the lease ends.
pub(super) async fn finish(shared: &Shared, lease: Lease, finish: &Finish, ends_at: Instant) -> Finished {
    let patience = shared.settings.patience();
    let mut failures = 0_u32;
    let ask = || within(patience, shared.inbox.finish(&lease, finish));
    // One answer is waited for, however late it is.
    let until = ends_at.max(Instant::now() + patience);
    let told = insist(until, ask, |error| {
        failures += 1;
        shared.finishing.failed(error);
    });
    let Some(answer) = told.await else { return Finished::Failed };
    shared.finishing.over();
    match answer {
        Fenced::Ok(()) => Finished::Stored,
        Fenced::Stale if failures > 0 => Finished::Unclear,
        Fenced::Stale => Finished::Stale,
    }
}
