use std::collections::BTreeMap;

use countersign::UnixTime;

use super::{DeliveryCounts, Histogram, Window};

/// What happened at the endpoints of a store within a [window](Window), by the clock of the store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statistics {
    /// The window.
    pub window: Window,
    /// The beginning of the window; it ends now.
    pub since: UnixTime,
    /// The endpoints that have ever counted anything, by name. Those that were silent within the window have zeros.
    pub sources: BTreeMap<String, EndpointStatistics>,
}

/// What happened at an endpoint within a window.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct EndpointStatistics {
    /// The numbers of deliveries and attempts.
    pub counts: DeliveryCounts,
    /// The times from acceptance, or the latest replay, to done.
    pub time_to_done: Histogram,
    /// The time of the last verified delivery, within the window or before it.
    pub last_delivery: Option<UnixTime>,
    /// The time at which an event was last done, within the window or before it.
    pub last_success: Option<UnixTime>,
    /// The keys that verified deliveries within the window, by name: an old key that is still in use is among them.
    pub keys: BTreeMap<String, KeyUse>,
}

/// The use of a key within a window.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyUse {
    /// The number of deliveries that it verified.
    pub count: u64,
    /// The time of the last one.
    pub last_at: UnixTime,
}

impl Statistics {
    /// Creates statistics without endpoints, for the window that ends now. For stores.
    #[must_use]
    pub fn new(window: Window, now: UnixTime) -> Self {
        Self { window, since: window.since(now), sources: BTreeMap::new() }
    }

    /// Returns the statistics of an endpoint, to add to. For stores.
    pub fn source(&mut self, name: impl Into<String>) -> &mut EndpointStatistics {
        self.sources.entry(name.into()).or_default()
    }
}

impl EndpointStatistics {
    /// Adds the use of a key. For stores.
    pub fn add_key(&mut self, name: impl Into<String>, used: KeyUse) {
        let known = self.keys.entry(name.into()).or_insert(KeyUse { count: 0, last_at: used.last_at });
        known.count = known.count.saturating_add(used.count);
        known.last_at = known.last_at.max(used.last_at);
    }
}
