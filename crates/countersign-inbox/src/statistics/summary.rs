use std::collections::BTreeMap;

use countersign::UnixTime;

use super::{Breakdown, DeliveryCounts, Histogram, Window};
use crate::ops::Pause;

/// The deliveries and attempts at the endpoints of a store within a [window](Window), by the clock of the store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statistics {
    /// The window.
    pub window: Window,
    /// The beginning of the window; it ends now.
    pub since: UnixTime,
    /// The endpoints that have ever counted anything, by name. Those that were silent within the window have zeros.
    pub sources: BTreeMap<String, EndpointStatistics>,
}

/// The deliveries and attempts at an endpoint within a window.
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

    /// Returns the sums of each endpoint with [subscriptions](crate::Subscription), by its name: what was counted under that name and under
    /// those that begin with it and a slash, as a [pause](crate::Pause::names_for) of it would hold for them. Each subscription has
    /// an event of its own of a delivery, which counts for each of them.
    #[must_use]
    pub fn endpoints(&self) -> BTreeMap<String, EndpointStatistics> {
        let mut sums = BTreeMap::<String, EndpointStatistics>::new();
        for (source, of) in &self.sources {
            for name in Pause::names_for(source).skip(1) {
                sums.entry(name.to_owned()).or_default().merge(of);
            }
        }
        for (name, sum) in &mut sums {
            if let Some(own) = self.sources.get(name) {
                sum.merge(own);
            }
        }
        sums
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

    /// Adds what was counted at another source. The times of the last delivery and the last success are the later ones.
    pub fn merge(&mut self, other: &Self) {
        self.counts.merge(&other.counts);
        self.time_to_done.merge(&other.time_to_done);
        self.last_delivery = self.last_delivery.max(other.last_delivery);
        self.last_success = self.last_success.max(other.last_success);
        let Self { keys, filtered, codes, circuits, .. } = self;
        let all = [
            (keys, &other.keys),
            (filtered, &other.filtered),
            (codes, &other.codes),
            (circuits, &other.circuits),
        ];
        for (known, other) in all {
            other.iter().for_each(|(name, of)| add(known, name, *of));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_has_the_sums_of_its_subscriptions() {
        let mut statistics = Statistics::new(Window::Hour, UnixTime::from_secs(7200));
        for (number, source) in (1_u64..).zip(["a", "a/x", "a/y", "a/y/z", "ab", "b/x"]) {
            let counts = DeliveryCounts {
                accepted: 10_u64.pow(number as u32),
                done: 1,
                attempts: 2,
                ..DeliveryCounts::default()
            };
            let last_at = UnixTime::from_secs(7000 + number as i64);
            statistics.add(source, |of| {
                (of.counts, of.last_delivery) = (counts, Some(last_at));
                of.add_key("key", Occurrences { count: number, last_at });
            });
        }
        let sums = statistics.endpoints();
        let accepted: Vec<_> = sums.iter().map(|(name, of)| (name.as_str(), of.counts.accepted)).collect();
        assert_eq!(accepted, [("a", 11_110), ("a/y", 11_000), ("b", 1_000_000)]);
        let last_at = UnixTime::from_secs(7004);
        assert_eq!((sums["a"].last_delivery, sums["a"].last_success), (Some(last_at), None));
        assert_eq!(sums["a"].keys["key"], Occurrences { count: 10, last_at });
        assert_eq!((sums["a"].counts.done, sums["a"].counts.attempts), (4, 8));
    }
}
