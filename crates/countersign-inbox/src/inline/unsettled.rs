use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::key::EventKey;

/// Deliveries that were handled in this process and whose outcome is not stored yet. Their leases may expire
/// meanwhile, but duplicates are not handled again.
#[derive(Clone, Default)]
pub(super) struct Unsettled(Arc<Mutex<HashMap<EventKey, Entry>>>);

#[derive(Default)]
struct Entry {
    /// The number of outcomes that are being stored.
    settling: usize,
    /// The number of claims without an answer.
    claiming: usize,
    /// Whether the delivery was handled under a lease that was stale while a claim had no answer: that claim may have replaced the
    /// lease.
    is_handled: bool,
}

/// A delivery until its outcome is stored.
pub(super) struct Settling {
    all: Unsettled,
    key: EventKey,
}

/// A claim until its answer has been considered.
pub(super) struct Claiming {
    all: Unsettled,
    key: EventKey,
}

impl Unsettled {
    /// Records a delivery. Returns `None` if there are too many: the store then decides on their duplicates.
    pub(super) fn add(&self, key: EventKey) -> Option<Settling> {
        let mut all = self.lock();
        if all.len() >= MOST && !all.contains_key(&key) {
            return None;
        }
        all.entry(key).or_default().settling += 1;
        Some(Settling { all: self.clone(), key })
    }

    /// Records that a delivery is claimed, before the store is asked.
    pub(super) fn claim(&self, key: EventKey) -> Claiming {
        self.lock().entry(key).or_default().claiming += 1;
        Claiming { all: self.clone(), key }
    }

    fn update(&self, key: EventKey, act: impl FnOnce(&mut Entry)) {
        let mut all = self.lock();
        if let Some(entry) = all.get_mut(&key) {
            act(entry);
            if entry.settling == 0 && entry.claiming == 0 {
                all.remove(&key);
            }
        }
    }

    /// Locks the map. No code panics while holding it.
    fn lock(&self) -> MutexGuard<'_, HashMap<EventKey, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Settling {
    /// Records that the lease was stale: another claim has replaced it. If that is a claim of this process whose answer is on its way,
    /// the delivery still counts as handled there.
    pub(super) fn end_stale(self) {
        self.all.update(self.key, |entry| entry.is_handled = entry.claiming > 0);
    }
}

impl Drop for Settling {
    fn drop(&mut self) {
        self.all.update(self.key, |entry| entry.settling = entry.settling.saturating_sub(1));
    }
}

impl Claiming {
    /// Returns whether the delivery was handled in this process, and the outcome is not stored.
    pub(super) fn is_of_handled(&self) -> bool {
        self.all.lock().get(&self.key).is_some_and(|entry| entry.settling > 0 || entry.is_handled)
    }
}

impl Drop for Claiming {
    fn drop(&mut self) {
        self.all.update(self.key, |entry| entry.claiming = entry.claiming.saturating_sub(1));
    }
}

const MOST: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_outcome_is_remembered_for_the_claims_that_were_open() {
        let (unsettled, key) = (Unsettled::default(), EventKey::random());
        let settling = unsettled.add(key).unwrap();
        let claims = [(); 2].map(|()| unsettled.claim(key));
        assert!(claims[0].is_of_handled());
        settling.end_stale();
        assert!(claims[0].is_of_handled());
        let [first, second] = claims;
        drop(first);
        assert!(second.is_of_handled());
        drop(second);
        assert!(unsettled.lock().is_empty());
        // Without an open claim, the claim of another process has replaced the lease.
        unsettled.add(key).unwrap().end_stale();
        assert!(!unsettled.claim(key).is_of_handled());
        drop(unsettled.add(key));
        assert!(unsettled.lock().is_empty());
    }
}
