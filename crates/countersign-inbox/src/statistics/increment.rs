use std::collections::BTreeMap;

use super::{Histogram, RejectionIncrement};

/// The deliveries and attempts that a process has counted at an endpoint since it last
/// [added them](crate::InboxStore::add_statistics) to the store.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Increment {
    /// The name of the endpoint.
    pub source: String,
    /// The numbers of deliveries and attempts.
    pub counts: DeliveryCounts,
    /// The times from acceptance, or the latest replay, to done.
    pub time_to_done: Histogram,
    /// The number of deliveries by the name of the key that verified them.
    pub keys: BTreeMap<String, u64>,
    /// The rejected requests.
    pub rejections: RejectionIncrement,
}

/// The numbers of deliveries to an endpoint, and of attempts at their events.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct DeliveryCounts {
    /// Deliveries that were stored.
    pub accepted: u64,
    /// Deliveries whose event was stored already, including those that requeued a dead letter.
    pub duplicates: u64,
    /// Attempts that ended, except those given back or unverified.
    pub attempts: u64,
    /// Attempts after which the event was done or skipped.
    pub done: u64,
    /// Attempts that failed and are followed by another one.
    pub retries: u64,
    /// Attempts after which the event was a dead letter.
    pub dead: u64,
}

impl Increment {
    /// Creates an empty increment of this endpoint.
    #[must_use]
    pub fn new(source: impl Into<String>) -> Self {
        Self { source: source.into(), ..Self::default() }
    }

    /// Adds what another increment of the same endpoint has.
    pub fn merge(&mut self, other: &Self) {
        self.counts.merge(&other.counts);
        self.time_to_done.merge(&other.time_to_done);
        for (key, count) in &other.keys {
            add(self.keys.entry(key.clone()).or_default(), *count);
        }
        self.rejections.merge(&other.rejections);
    }

    /// Returns whether no delivery and no attempt was counted. There may be rejected requests.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts == DeliveryCounts::default() && self.keys.is_empty() && self.time_to_done.count() == 0
    }
}

impl DeliveryCounts {
    /// Adds other numbers.
    pub fn merge(&mut self, other: &Self) {
        add(&mut self.accepted, other.accepted);
        add(&mut self.duplicates, other.duplicates);
        add(&mut self.attempts, other.attempts);
        add(&mut self.done, other.done);
        add(&mut self.retries, other.retries);
        add(&mut self.dead, other.dead);
    }

    /// Returns the number of verified deliveries, new or not.
    #[must_use]
    pub const fn deliveries(&self) -> u64 {
        self.accepted.saturating_add(self.duplicates)
    }

    /// Returns the share of attempts after which the event was done, from 0 to 1; `None` without attempts.
    #[must_use]
    pub fn success_rate(&self) -> Option<f64> {
        (self.attempts > 0).then(|| self.done as f64 / self.attempts as f64)
    }
}

fn add(count: &mut u64, more: u64) {
    *count = count.saturating_add(more);
}
