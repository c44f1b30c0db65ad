use std::collections::BTreeMap;
use std::time::Duration;

use super::{Histogram, RejectionIncrement};
use crate::ops::InlineAttempt;

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
    /// The number of deliveries by the name of the key that verified them, including those that were left out.
    pub keys: BTreeMap<String, u64>,
    /// The number of deliveries that were left out, by the rule: `types`, `sampling`, or the name of a filter.
    pub filtered: BTreeMap<String, u64>,
    /// The number of ended attempts by their response code: in durable mode that of another system, if the handler has
    /// [set one](crate::Context::set_response_code); in inline mode that of the handler's response.
    pub codes: BTreeMap<String, u64>,
    /// How often the [circuit breaker](crate::CircuitBreaker) stopped attempts, by the [pattern](crate::error_pattern) of the failures, cut to
    /// 128 bytes.
    pub circuits: BTreeMap<String, u64>,
    /// The rejected requests.
    pub rejections: RejectionIncrement,
    /// Attempts in inline mode, the oldest first, each with the time since it ended. They are among the numbers already.
    pub inline_attempts: Vec<(Duration, InlineAttempt)>,
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
        let Self { keys, filtered, codes, circuits, .. } = self;
        let all = [
            (keys, &other.keys),
            (filtered, &other.filtered),
            (codes, &other.codes),
            (circuits, &other.circuits),
        ];
        for (known, other) in all {
            for (name, count) in other {
                add(known.entry(name.clone()).or_default(), *count);
            }
        }
        self.rejections.merge(&other.rejections);
        self.inline_attempts.extend(other.inline_attempts.iter().cloned());
    }

    /// Returns whether no delivery and no attempt was counted. There may be rejected requests, and rows of attempts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts == DeliveryCounts::default()
            && self.time_to_done.count() == 0
            && [&self.keys, &self.filtered, &self.codes, &self.circuits].into_iter().all(BTreeMap::is_empty)
    }

    /// Returns the number of verified deliveries: new, duplicate, or left out by a rule.
    #[must_use]
    pub fn deliveries(&self) -> u64 {
        self.filtered.values().fold(self.counts.stored(), |sum, count| sum.saturating_add(*count))
    }

    /// Returns the numbers by rule, by response code, and by the failures that opened the circuit. For stores, which keep them in one table.
    pub fn breakdown(&self) -> impl Iterator<Item = (Breakdown, &str, u64)> {
        let of = |kind, counts| {
            let counts: &BTreeMap<String, u64> = counts;
            counts.iter().map(move |(name, count)| (kind, name.as_str(), *count))
        };
        of(Breakdown::FilterRule, &self.filtered)
            .chain(of(Breakdown::ResponseCode, &self.codes))
            .chain(of(Breakdown::OpenedCircuit, &self.circuits))
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

    /// Returns the number of verified deliveries whose events are stored, by them or before.
    #[must_use]
    pub const fn stored(&self) -> u64 {
        self.accepted.saturating_add(self.duplicates)
    }

    /// Returns the share of events that were done, of those that were done or became dead letters, from 0 to 1; `None` if no event ended. One
    /// that is replayed counts again.
    #[must_use]
    pub fn event_success_rate(&self) -> Option<f64> {
        let ended = self.done.saturating_add(self.dead);
        (ended > 0).then(|| self.done as f64 / ended as f64)
    }

    /// Returns the share of attempts after which the event was done, from 0 to 1; `None` without attempts.
    #[must_use]
    pub fn success_rate(&self) -> Option<f64> {
        (self.attempts > 0).then(|| self.done as f64 / self.attempts as f64)
    }
}

/// A property by which the deliveries or attempts of an endpoint are counted, besides its keys.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Breakdown {
    /// Deliveries that were left out, by the rule.
    FilterRule,
    /// Ended attempts, by the response code.
    ResponseCode,
    /// Times at which the circuit was opened, by the pattern of the failures.
    OpenedCircuit,
}

impl Breakdown {
    /// Returns the stored code.
    #[must_use]
    pub const fn code(self) -> i16 {
        match self {
            Self::FilterRule => 1,
            Self::ResponseCode => 2,
            Self::OpenedCircuit => 3,
        }
    }

    /// Returns the property with this stored code; `None` for one that a later version has stored.
    #[must_use]
    pub const fn from_code(code: i16) -> Option<Self> {
        match code {
            1 => Some(Self::FilterRule),
            2 => Some(Self::ResponseCode),
            3 => Some(Self::OpenedCircuit),
            _ => None,
        }
    }
}

fn add(count: &mut u64, more: u64) {
    *count = count.saturating_add(more);
}
