use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::claim::Lease;
use crate::key::EventKey;

/// Events whose handler has ended and whose outcome is not stored yet.
///
/// When the store comes back after the end of a lease, a claim of this worker may overtake the finish. The event
/// was handled: the new lease goes to the pending finish, and no second handler runs.
#[derive(Debug, Default)]
pub(super) struct PendingFinishes {
    all: Mutex<HashMap<EventKey, Pending>>,
    next: AtomicU64,
}

/// The latest finish of an event.
#[derive(Debug)]
struct Pending {
    number: u64,
    adopted: Option<Lease>,
}

/// A finish until it is stored.
pub(super) struct PendingFinish<'p> {
    finishes: &'p PendingFinishes,
    key: EventKey,
    number: u64,
}

impl PendingFinishes {
    /// Registers a finish. An earlier one that is still pending, because only its reply was lost, no longer receives
    /// a lease.
    pub(super) fn register(&self, lease: Lease) -> PendingFinish<'_> {
        let (key, number) = (lease.key(), self.next.fetch_add(1, Ordering::Relaxed));
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key, Pending { number, adopted: None });
        PendingFinish { finishes: self, key, number }
    }

    /// Passes a newer lease to the pending finish of its event. Returns `false` if there is none.
    pub(super) fn adopt(&self, lease: Lease) -> bool {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.get_mut(&lease.key()).map(|pending| pending.adopted = Some(lease)).is_some()
    }
}

impl PendingFinish<'_> {
    /// Returns the newest lease that was passed to this finish.
    pub(super) fn adopted(&self) -> Option<Lease> {
        let all = self.finishes.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&self.key).filter(|pending| pending.number == self.number)?.adopted
    }
}

impl Drop for PendingFinish<'_> {
    fn drop(&mut self) {
        let mut all = self.finishes.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.get(&self.key).is_some_and(|pending| pending.number == self.number) {
            all.remove(&self.key);
        }
    }
}
