use std::error::Error;
use std::sync::Arc;
use std::{fmt, slice};

use countersign::__private::Causes;
use tokio::time::{Instant, sleep};
use tracing::debug;

use super::shared::Shared;
use super::status::Heartbeat;
use crate::claim::{Fenced, Lease};
use crate::inbox_store::Leased;
use crate::runtime::{Outage, renew_again_after, retry_until, within};
use crate::store::StoreError;

/// Renews all leases in one call, at a third of their lifetime; sooner after a failure, or if
/// an event is locked.
pub(super) async fn renew(shared: Arc<Shared>, heartbeat: Arc<Heartbeat>) {
    let outage = Outage::of("extend");
    let settings = &shared.settings;
    let mut pause = settings.renew_every();
    loop {
        heartbeat.now();
        sleep(pause).await;
        pause = settings.renew_every();
        let (numbers, leases) = shared.leases.all();
        if leases.is_empty() {
            continue;
        }
        let asked_at = Instant::now();
        match within(settings.renewal_patience(), shared.inbox.extend(&leases, settings.lease)).await {
            Ok(answers) => {
                outage.over();
                for (number, answer) in numbers.into_iter().zip(answers) {
                    if shared.leases.answered(number, answer, asked_at) {
                        pause = renew_again_after(settings.lease);
                    }
                }
            }
            Err(error) => {
                outage.failed(&error);
                pause = renew_again_after(settings.lease);
            }
        }
    }
}

/// Returns whether the event may have ended a process: its start is stored before its handler runs, so that the attempt counts if
/// that happens again. An exclusive worker isolates all events, and most of them are above suspicion.
pub(super) const fn is_suspect(shared: &Shared, leased: &Leased) -> bool {
    leased.is_taken_over || leased.crashes > 0 || leased.is_isolated && !shared.is_exclusive
}

/// Stores that the handler of a suspect event starts, by extending its lease, and retries until the lease ends. Returns the
/// time of the request, or `None` if the handler must not run: the lease is lost, or the store does not answer.
pub(super) async fn record_start(shared: &Shared, lease: Lease, ends_at: Instant) -> Option<Instant> {
    let settings = &shared.settings;
    let mut asked_at = Instant::now();
    let ask = || {
        asked_at = Instant::now();
        within(settings.renewal_patience(), async {
            let answers = shared.inbox.extend(slice::from_ref(&lease), settings.lease).await?;
            if answers.contains(&Fenced::Ok(None)) {
                return Err(StoreError::Unavailable(Locked.into()));
            }
            Ok(answers)
        })
    };
    let failed = |error: &StoreError| {
        if is_locked(error) {
            // The store has answered: it has no outage.
            shared.starting.over();
            debug!(target: "countersign", error = %Causes::of(error), "the start of a handler waits for its event");
        } else {
            shared.starting.failed(error);
        }
    };
    let answers = retry_until(ends_at, ask, failed).await?;
    shared.starting.over();
    matches!(answers.as_slice(), [Fenced::Ok(_)]).then_some(asked_at)
}

/// Another transaction has locked the event.
#[derive(Clone, Copy, Debug)]
struct Locked;

impl fmt::Display for Locked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("another transaction has locked the event")
    }
}

impl Error for Locked {}

fn is_locked(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(source) if source.is::<Locked>())
}
