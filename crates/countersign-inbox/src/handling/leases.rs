use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::claim::{Fenced, Lease};
use crate::runtime::LeaseTimer;

/// The leases of all running handlers.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    held: Mutex<BTreeMap<u64, Arc<Held>>>,
    next: AtomicU64,
}

/// A lease while its handler runs.
#[derive(Debug)]
pub(crate) struct Held {
    lease: Lease,
    lease_timer: LeaseTimer,
    stale: CancellationToken,
}

/// Keeps a lease renewed until it is dropped.
pub(crate) struct Hold<'l> {
    leases: &'l Leases,
    number: u64,
    pub(crate) held: Arc<Held>,
}

impl Leases {
    /// Registers a lease that was requested at this time, for renewal.
    pub(crate) fn hold(&self, lease: Lease, asked_at: Instant, ttl: Duration) -> Hold<'_> {
        let lease_timer = LeaseTimer::new(asked_at, ttl);
        let held = Arc::new(Held { lease, lease_timer, stale: CancellationToken::new() });
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(number, held.clone());
        Hold { leases: self, number, held }
    }

    /// Returns the numbers of the leases, and the leases.
    pub(crate) fn all(&self) -> (Vec<u64>, Vec<Lease>) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.iter().map(|(number, held)| (*number, held.lease)).unzip()
    }

    /// Processes an answer, and returns whether the lease is to be extended again soon: it counts, and ends as before. Leases
    /// that have ended in the meantime are ignored: their finish has made them stale.
    pub(crate) fn answered(&self, number: u64, answer: Fenced<Option<Lease>>, asked_at: Instant) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).get(&number).cloned();
        let Some(held) = held else { return false };
        match answer {
            Fenced::Ok(Some(_)) => held.lease_timer.confirm(asked_at),
            Fenced::Ok(None) => return true,
            Fenced::Stale => held.stale.cancel(),
        }
        false
    }
}

impl Held {
    /// Returns the last time at which no other worker can have taken the event over.
    pub(crate) fn ends_at(&self) -> Instant {
        self.lease_timer.ends_at()
    }

    /// Resolves when the handler must stop: another worker has the event, or may have it soon.
    pub(crate) async fn lost(&self) {
        loop {
            tokio::select! {
                () = self.stale.cancelled() => return,
                () = sleep_until(self.lease_timer.fenced_at()) => {
                    // Unless it was renewed in the meantime.
                    if !self.lease_timer.is_certain() {
                        return;
                    }
                }
            }
        }
    }

    /// Returns whether no other worker can have the event yet.
    pub(crate) fn is_certain(&self) -> bool {
        !self.is_stale() && self.lease_timer.is_certain()
    }

    /// Returns whether another worker has the event, according to the store.
    pub(crate) fn is_stale(&self) -> bool {
        self.stale.is_cancelled()
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.leases.held.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}
