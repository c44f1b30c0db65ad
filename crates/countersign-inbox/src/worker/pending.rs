use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::claim::Lease;
use crate::key::EventKey;

/// Events whose handler has ended and whose outcome the store does not know yet.
///
/// When the store comes back after the end of a lease, a claim of this worker may be faster than the finish. The event was
/// handled: the new lease goes to the pending finish, and no second handler runs.
#[derive(Debug, Default)]
pub(super) struct PendingFinishes(Mutex<HashMap<EventKey, Lease>>);

/// A finish until the store knows of it.
pub(super) struct PendingFinish<'p> {
    all: &'p PendingFinishes,
    key: EventKey,
}

impl PendingFinishes {
    pub(super) fn register(&self, lease: Lease) -> PendingFinish<'_> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(lease.key(), lease);
        PendingFinish { all: self, key: lease.key() }
    }

    /// Hands a newer lease to the pending finish of its event. Returns false if there is none.
    pub(super) fn adopt(&self, lease: Lease) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get_mut(&lease.key()).map(|newest| *newest = lease).is_some()
    }
}

impl PendingFinish<'_> {
    /// Returns the newest lease on the event.
    pub(super) fn lease(&self) -> Option<Lease> {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).get(&self.key).copied()
    }
}

impl Drop for PendingFinish<'_> {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
