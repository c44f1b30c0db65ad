//! Finds the conditions that hold, from what the process has counted and what the store answers.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::alert::AlertCause;
use super::counts::Totals;
use super::rules::AlertRules;
use super::tracker::Held;
use super::watched_endpoint::{KEY_IN_USE, WatchedEndpoint};
use crate::ops::Stats;
use crate::statistics::Statistics;

/// The latest observations.
pub(super) struct Conditions {
    rules: AlertRules,
    max_backlog_age: Duration,
    /// The endpoints of this inbox.
    endpoints: Vec<WatchedEndpoint>,
    /// The counts of the process at earlier times, the oldest first.
    counted: VecDeque<(Instant, BTreeMap<String, Totals>)>,
    of_process: Vec<Held>,
    /// Of the latest answers of the store: an outage says nothing about them.
    of_backlog: Vec<Held>,
    of_statistics: Vec<Held>,
    of_store: Option<Held>,
}

impl Conditions {
    pub(super) fn new(rules: AlertRules, max_backlog_age: Duration, endpoints: Vec<WatchedEndpoint>) -> Self {
        let (counted, of_process, of_backlog, of_statistics) = Default::default();
        let of_store = None;
        Self { rules, max_backlog_age, endpoints, counted, of_process, of_backlog, of_statistics, of_store }
    }

    /// Returns everything that holds.
    pub(super) fn held(&self) -> Vec<Held> {
        let of_store = self.of_backlog.iter().chain(&self.of_statistics).chain(&self.of_store);
        self.of_process.iter().chain(of_store).cloned().collect()
    }

    /// Observes what the process has counted since its start.
    pub(super) fn count(&mut self, totals: BTreeMap<String, Totals>, now: Instant) {
        let (rules, mut held) = (&self.rules, Vec::new());
        for (source, of) in &totals {
            let before = |window| self.before(source, now, window);
            let earlier = before(QUARTER);
            let (attempts, failed) = (of.attempts - earlier.attempts, of.failed - earlier.failed);
            let failures = rules.repeated_failures(source, (failed, attempts), None);
            held.extend(failures.map(|cause| Held { cause, patience: SOON }));
            held.extend(rules.new_dead_letters(source, of.dead - earlier.dead).map(at_once));
            let earlier = before(TEN_MINUTES);
            let rejected = of.rejected - earlier.rejected;
            let requests = rejected + of.verified - earlier.verified;
            if rules.is_often_rejected(rejected, requests) {
                let reason = of.latest_rejection.map(|kind| kind.as_str().to_owned());
                let cause =
                    AlertCause::RisingRejections { source: source.clone(), rejected, requests, reason };
                held.push(Held { cause, patience: SOON });
            }
            if let Some(pattern) = of.circuit.clone() {
                held.push(at_once(AlertCause::CircuitOpen { source: source.clone(), pattern }));
            }
        }
        self.of_process = held;
        self.counted.push_back((now, totals));
        // One that is older than the longest window is the beginning of that window.
        while self.counted.get(1).is_some_and(|(at, _)| now.duration_since(*at) >= QUARTER) {
            self.counted.pop_front();
        }
    }

    /// Observes the backlog of the store.
    pub(super) fn backlog(&mut self, stats: &Stats) {
        let late = stats.sources.iter().filter_map(|of| {
            let oldest = of.oldest_due.filter(|age| *age > self.max_backlog_age)?;
            let is_meant = self.endpoints.iter().any(|endpoint| endpoint.stores_as(&of.source))
                && stats.pause(&of.source).is_none();
            let cause =
                AlertCause::BacklogAge { source: of.source.clone(), oldest_seconds: oldest.as_secs() };
            is_meant.then_some(Held { cause, patience: SOON })
        });
        self.of_backlog = late.collect();
    }

    /// Observes the statistics of the last hour and of the last 7 days.
    pub(super) fn statistics(&mut self, hour: &Statistics, week: &Statistics) {
        // To the minute.
        let (now, mut held) = (hour.since.saturating_add(hour.window.length()), Vec::new());
        for endpoint in &self.endpoints {
            held.extend(self.rules.silent_endpoint(endpoint, week, now).map(at_once));
            let keys = self.rules.old_keys_in_use(endpoint, week, now).into_iter();
            held.extend(keys.map(|cause| Held { cause, patience: ROTATION }));
        }
        self.of_statistics = held;
    }

    /// Observes whether the store answers.
    pub(super) fn store(&mut self, error: Option<String>) {
        let held = |error| Held { cause: AlertCause::StoreUnavailable { error }, patience: OUTAGE };
        self.of_store = error.map(held);
    }

    /// Returns the counts of an endpoint at the beginning of the window; zeros, if the process is younger.
    fn before(&self, source: &str, now: Instant, window: Duration) -> Totals {
        let is_before = |(at, _): &&(Instant, _)| now.duration_since(*at) >= window;
        let found = self.counted.iter().rev().find(is_before);
        found.and_then(|(_, totals)| totals.get(source)).cloned().unwrap_or_default()
    }
}

const fn at_once(cause: AlertCause) -> Held {
    Held { cause, patience: Duration::ZERO }
}

const TEN_MINUTES: Duration = Duration::from_secs(600);
const QUARTER: Duration = Duration::from_secs(900);
// As long as in the rules for Prometheus.
const SOON: Duration = Duration::from_secs(300);
const OUTAGE: Duration = Duration::from_secs(120);
/// Longer than a single delivery counts.
const ROTATION: Duration = KEY_IN_USE.saturating_add(Duration::from_secs(900));
