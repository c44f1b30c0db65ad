use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::key::EventKey;

/// Deliveries that were handled in this process and whose outcome is not stored yet. Their leases may expire
/// meanwhile, but duplicates are not handled again.
#[derive(Clone, Default)]
pub(super) struct Unsettled(Arc<Mutex<HashMap<EventKey, usize>>>);

/// A delivery until its outcome is stored.
pub(super) struct Settling {
    all: Unsettled,
    key: EventKey,
}

impl Unsettled {
    /// Records a delivery. Returns `None` if there are too many: the store then decides on their duplicates.
    pub(super) fn add(&self, key: EventKey) -> Option<Settling> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            return None;
        }
        *all.entry(key).or_default() += 1;
        Some(Settling { all: self.clone(), key })
    }

    pub(super) fn has(&self, key: EventKey) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&key)
    }
}

impl Drop for Settling {
    fn drop(&mut self) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                all.remove(&self.key);
            }
        }
    }
}

const MOST: usize = 65_536;
