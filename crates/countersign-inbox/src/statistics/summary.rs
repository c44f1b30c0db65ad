use std::collections::BTreeMap;

use countersign::UnixTime;

use super::{Breakdown, DeliveryCounts, Histogram, Window};

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
    pub keys: BTreeMap<String, Occurrences>,
    /// The deliveries within the window that were acknowledged and not stored, by the rule that left them out: `types`,
    /// `sampling`, or the name of a [filter](crate::Endpoint::with_filter).
    pub filtered: BTreeMap<String, Occurrences>,
    /// The attempts that ended within the window, by their [response code](crate::Increment::codes). Attempts without one are
    /// not among them.
    pub codes: BTreeMap<String, Occurrences>,
    /// The times within the window at which the [circuit breaker](crate::CircuitBreaker) of a process stopped attempts, or stopped them once more after
    /// a trial, by the pattern of the failures. It is open until an attempt succeeds: see
    /// [`last_success`](Self::last_success).
    pub circuits: BTreeMap<String, Occurrences>,
}

/// How often something happened within a window, and when last.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Occurrences {
    /// The number.
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

    /// Adds to the statistics of an endpoint. For stores. Names are copied once, however many rows an endpoint has.
    pub fn add(&mut self, source: &str, add: impl FnOnce(&mut EndpointStatistics)) {
        match self.sources.get_mut(source) {
            Some(known) => add(known),
            None => add(self.sources.entry(source.to_owned()).or_default()),
        }
    }
}

impl EndpointStatistics {
    /// Returns the number of verified deliveries: new, duplicate, or left out by a rule.
    #[must_use]
    pub fn deliveries(&self) -> u64 {
        self.filtered.values().fold(self.counts.stored(), |sum, of| sum.saturating_add(of.count))
    }

    /// Adds the use of a key. For stores.
    pub fn add_key(&mut self, name: &str, used: Occurrences) {
        add(&mut self.keys, name, used);
    }

    /// Adds what was counted by a property. For stores.
    pub fn add_breakdown(&mut self, by: Breakdown, name: &str, counted: Occurrences) {
        let known = match by {
            Breakdown::FilterRule => &mut self.filtered,
            Breakdown::ResponseCode => &mut self.codes,
            Breakdown::OpenedCircuit => &mut self.circuits,
        };
        add(known, name, counted);
    }
}

fn add(all: &mut BTreeMap<String, Occurrences>, name: &str, more: Occurrences) {
    match all.get_mut(name) {
        Some(known) => {
            known.count = known.count.saturating_add(more.count);
            known.last_at = known.last_at.max(more.last_at);
        }
        None => _ = all.insert(name.to_owned(), more),
    }
}
