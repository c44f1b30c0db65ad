use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::claim::Lease;
use crate::key::EventKey;

/// The deliveries that handlers of a deduplicator run, with their newest leases.
///
/// A handler may outlive its lease while the store is away. The next claim of its delivery through the same deduplicator takes the lease
/// over from no other process: the handler gets the new lease, and no second handler runs beside it.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<HashMap<EventKey, Claimed>>>);

/// A lease, and the time at which it was requested.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claimed {
    pub(super) lease: Lease,
    pub(super) asked: Instant,
}

/// A delivery while its handler runs.
pub(super) struct Handling {
    all: Running,
    /// `None` once it has ended.
    key: Option<EventKey>,
}

impl Running {
    /// Records that a handler runs with this lease. If one runs already, it gets the lease unless it has a newer one, and the answer is
    /// `None`.
    pub(super) fn begin(&self, lease: Lease, asked: Instant) -> Option<Handling> {
        let claimed = Claimed { lease, asked };
        match self.lock().entry(lease.key()) {
            Entry::Occupied(mut newest) => {
                if newest.get().lease.fence() < lease.fence() {
                    newest.insert(claimed);
                }
                None
            }
            Entry::Vacant(entry) => {
                entry.insert(claimed);
                Some(Handling { all: self.clone(), key: Some(lease.key()) })
            }
        }
    }

    /// Locks the map. No code panics while holding it.
    fn lock(&self) -> MutexGuard<'_, HashMap<EventKey, Claimed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handling {
    /// Ends the handling, and returns the newest lease, in one step: a claim either hands its lease over before, or finds that no handler
    /// runs.
    pub(super) fn end(mut self) -> Option<Claimed> {
        self.remove()
    }

    fn remove(&mut self) -> Option<Claimed> {
        self.all.lock().remove(&self.key.take()?)
    }
}

impl Drop for Handling {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use countersign::UnixTime;

    use super::*;

    #[tokio::test]
    async fn a_handler_has_the_newest_lease_until_it_ends_and_no_lease_is_handed_over_afterwards() {
        let (running, key, now) = (Running::default(), EventKey::random(), Instant::now());
        let lease = |fence| Lease::new(key, fence, UnixTime::from_secs(0));
        let first = running.begin(lease(1), now).unwrap();
        for fence in [3, 2] {
            assert!(running.begin(lease(fence), now).is_none(), "{fence}");
        }
        assert_eq!(first.end().unwrap().lease.fence(), 3);
        // The end of the first one is not that of the second one.
        let second = running.begin(lease(4), now).unwrap();
        assert_eq!(second.end().unwrap().lease.fence(), 4);
        drop(running.begin(lease(5), now).unwrap());
        assert!(running.lock().is_empty());
    }
}
