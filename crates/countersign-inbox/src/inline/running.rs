use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::claim::Lease;
use crate::key::EventKey;

/// The deliveries that handlers of this process run, with their newest leases.
///
/// A handler may outlive its lease while the store is away. The next claim of its delivery in this process then takes the lease over
/// from nobody but that handler: it gets the new lease, and no second handler runs beside it.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<HashMap<EventKey, Lease>>>);

/// A delivery while its handler runs.
pub(super) struct Handling {
    all: Running,
    key: EventKey,
}

impl Running {
    /// Records that a handler runs with this lease. If one runs already, it gets the lease, and the answer is `None`.
    pub(super) fn begin(&self, lease: Lease) -> Option<Handling> {
        let is_running = self.lock().insert(lease.key(), lease).is_some();
        (!is_running).then(|| Handling { all: self.clone(), key: lease.key() })
    }

    /// Locks the map. No code panics while holding it.
    fn lock(&self) -> MutexGuard<'_, HashMap<EventKey, Lease>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Handling {
    /// Returns the newest lease, or `None` if there is none.
    pub(super) fn lease(&self) -> Option<Lease> {
        self.all.lock().get(&self.key).copied()
    }
}

impl Drop for Handling {
    fn drop(&mut self) {
        self.all.lock().remove(&self.key);
    }
}
