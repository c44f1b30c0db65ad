use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use tokio::time::{Instant, timeout_at};

use super::shared::Shared;
use crate::claim::{Fenced, Lease};
use crate::inbox::Finish;

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
    let ask = || shared.ask(patience, shared.inbox.finish(&lease, finish));
    let pauses = ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(50))
        .with_max_delay(Duration::from_secs(2))
        .with_jitter()
        .without_max_times();
    let told = ask.retry(pauses).sleep(tokio::time::sleep).notify(|error, _| {
        failures += 1;
        shared.finishing.failed(error);
    });
    // One answer is waited for, however late it is.
    let until = ends_at.max(Instant::now() + patience);
    let told = timeout_at(until, told).await;
    match told {
        Ok(Ok(answer)) => {
            shared.finishing.over();
            match answer {
                Fenced::Ok(()) => Finished::Stored,
                Fenced::Stale if failures > 0 => Finished::Unclear,
                Fenced::Stale => Finished::Stale,
            }
        }
        Ok(Err(_)) | Err(_) => Finished::Failed,
    }
}
