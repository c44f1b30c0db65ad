//! The health of endpoints, by what a store knows of all processes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use countersign::UnixTime;

use super::alert::AlertCause;
use super::health_cause::HealthCause;
use super::rules::AlertRules;
use super::watched_endpoint::WatchedEndpoint;
use crate::ops::{Controls, ErrorPattern, OpsStore, Stats};
use crate::statistics::{DeliveryCounts, Rejections, Series, Statistics, Window};
use crate::store::StoreError;

/// The state of the endpoints of a store at one time, from the counts of all processes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Observation {
    /// Events by state, and pauses.
    pub stats: Stats,
    /// Deliveries and attempts of the last hour.
    pub hour: Statistics,
    /// Deliveries and attempts of the last 7 days.
    pub week: Statistics,
    /// Deliveries and attempts of the last hour, by the minute.
    pub minutes: Series,
    /// Rejected requests of the last hour and of the hour before, as far as the window reaches into it.
    pub rejections: Rejections,
    /// The latest 100 kinds of failed attempts.
    pub errors: Vec<ErrorPattern>,
    /// Circuits that are not closed, and limits of operators.
    pub controls: Controls,
}

/// The health of an endpoint or of a subscription.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EndpointHealth {
    /// The name of the endpoint, or of the subscription, such as `orders/billing`.
    pub source: String,
    /// The health as one word.
    pub state: HealthState,
    /// The reasons, and what else people should know.
    pub causes: Vec<HealthCause>,
}

/// The health of an endpoint as one word.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum HealthState {
    /// Nothing is wrong. There may be a cause that people should know of: an old key that is still used, or the limit of an operator.
    Healthy,
    /// Attempts fail, events wait for too long, requests are rejected, or the circuit is open.
    Failing,
    /// An operator has paused it. It may fail as well: the causes say so.
    Paused,
    /// It had deliveries, and has none any more.
    Silent,
}

impl Observation {
    /// Asks a store. Each query returns a limited number of rows, or one per endpoint.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store does not answer.
    pub async fn of(store: &dyn OpsStore) -> Result<Self, StoreError> {
        Ok(Self {
            stats: store.stats().await?,
            hour: store.statistics(Window::Hour).await?,
            week: store.statistics(Window::Week).await?,
            minutes: store.series(Window::Hour).await?,
            rejections: store.rejections(None, Window::Hour).await?,
            errors: store.errors(None, MOST_ERRORS).await?,
            controls: store.controls().await?,
        })
    }

    /// Returns the health of each endpoint and subscription, by name. The thresholds are those of the alerts, and a condition
    /// counts at once: alerts wait for some minutes, so that what passes by itself wakes no one.
    #[must_use]
    pub fn health(&self, rules: &AlertRules, max_backlog_age: Duration) -> Vec<EndpointHealth> {
        let mut all: BTreeMap<String, Vec<HealthCause>> = self
            .sources()
            .into_iter()
            .map(|source| (source.clone(), self.of_source(&source, rules, max_backlog_age)))
            .collect();
        for endpoint in self.endpoints() {
            let causes = self.of_endpoint(&endpoint, rules);
            if !causes.is_empty() {
                all.entry(endpoint.name().to_owned()).or_default().extend(causes);
            }
        }
        let health = |(source, causes): (String, Vec<HealthCause>)| {
            let state =
                if self.stats.pause(&source).is_some() { HealthState::Paused } else { state(&causes) };
            EndpointHealth { source, state, causes }
        };
        all.into_iter().map(health).collect()
    }

    /// Returns the names under which the store knows anything.
    fn sources(&self) -> BTreeSet<String> {
        let counted = self.stats.sources.iter().map(|of| &of.source);
        let paused = self.stats.pauses.iter().map(|of| &of.source);
        let rejected = self.rejections.counts.iter().map(|of| &of.source);
        let Controls { limits, commands, circuits } = &self.controls;
        let opened = commands.iter().filter(|of| of.left.is_some()).map(|of| &of.source);
        let reported = circuits.iter().map(|of| &of.report.source);
        let controlled = limits.iter().map(|of| &of.source).chain(opened).chain(reported);
        let counted = counted.chain(self.week.sources.keys());
        counted.chain(paused).chain(rejected).chain(controlled).cloned().collect()
    }

    /// Returns the endpoints: `orders` with its subscriptions, such as `orders/billing`.
    fn endpoints(&self) -> Vec<WatchedEndpoint> {
        let mut endpoints = BTreeMap::<String, Vec<String>>::new();
        for source in self.sources() {
            let endpoint = source.rsplit_once('/').map_or(source.as_str(), |(endpoint, _)| endpoint);
            endpoints.entry(endpoint.to_owned()).or_default().push(source);
        }
        endpoints.into_iter().map(|(name, sources)| WatchedEndpoint::new(name, sources)).collect()
    }

    /// Returns what concerns attempts and stored events.
    fn of_source(&self, source: &str, rules: &AlertRules, max_backlog_age: Duration) -> Vec<HealthCause> {
        let mut causes = self.of_controls(source);
        let latest = self.minutes.of(source).iter().rev().take(QUARTER);
        let latest = latest.fold(DeliveryCounts::default(), |mut sum, of| {
            sum.merge(of);
            sum
        });
        let failed = latest.retries.saturating_add(latest.dead);
        let pattern = self.errors.iter().find(|error| error.source == source);
        let pattern = pattern.map(|error| error.pattern.clone());
        let failures = rules.repeated_failures(source, (failed, latest.attempts), pattern);
        let dead_letters = rules.new_dead_letters(source, latest.dead);
        causes.extend(failures.into_iter().chain(dead_letters).map(HealthCause::Alert));
        if let Some(stats) = self.stats.sources.iter().find(|of| of.source == source) {
            if let Some(oldest) = stats.oldest_due.filter(|age| *age > max_backlog_age)
                && self.stats.pause(source).is_none()
            {
                let (source, oldest_seconds) = (source.to_owned(), oldest.as_secs());
                causes.push(HealthCause::Alert(AlertCause::BacklogAge { source, oldest_seconds }));
            }
            if stats.unverified > 0 {
                causes.push(HealthCause::Unverified { count: stats.unverified });
            }
        }
        causes
    }

    /// Returns what concerns requests: each is counted once, however many subscriptions store it.
    fn of_endpoint(&self, endpoint: &WatchedEndpoint, rules: &AlertRules) -> Vec<HealthCause> {
        let (source, mut causes) = (endpoint.name(), Vec::new());
        let of_source = || self.rejections.counts.iter().filter(|of| of.source == source);
        let rejected = of_source().fold(0_u64, |sum, of| sum.saturating_add(of.count));
        let verified = endpoint.deliveries(&self.hour);
        if let Some(latest) = of_source().max_by_key(|of| of.last_at)
            && self.now().saturating_duration_since(latest.last_at) <= RECENTLY
            && rules.is_often_rejected(rejected, rejected.saturating_add(verified))
        {
            causes.push(HealthCause::Rejections { rejected, verified, kind: latest.kind.clone() });
        }
        let silence = rules.silent_endpoint(endpoint, &self.week, self.now());
        let keys = rules.old_keys_in_use(endpoint, &self.week, self.now());
        causes.extend(silence.into_iter().chain(keys).map(HealthCause::Alert));
        causes
    }

    /// Returns the circuits that are open and the limit. Statistics say when a circuit has opened, and not whether it still is:
    /// an operator or the end of its process may have closed it.
    fn of_controls(&self, source: &str) -> Vec<HealthCause> {
        let (name, mut causes) = (|| source.to_owned(), Vec::new());
        let reports = || self.controls.circuits.iter().filter(|of| of.report.source == source);
        let by_failures = reports().filter(|of| of.report.pattern.is_some());
        if let Some(pattern) =
            by_failures.max_by_key(|of| of.seen_at).and_then(|of| of.report.pattern.clone())
        {
            causes.push(HealthCause::Alert(AlertCause::CircuitOpen { source: name(), pattern }));
        }
        // Workers that follow in some seconds, or run no more, have reported nothing yet.
        let is_ordered = self.controls.command(source).is_some_and(|command| command.left.is_some());
        if is_ordered || reports().any(|of| of.report.pattern.is_none()) {
            causes.push(HealthCause::CircuitOpenedByOperator { source: name() });
        }
        if let Some(limit) = self.controls.limit(source) {
            causes.push(HealthCause::Limited(limit.clone()));
        }
        causes
    }

    /// Returns the time of the observation, to the minute.
    fn now(&self) -> UnixTime {
        self.hour.since.saturating_add(self.hour.window.length())
    }
}

impl HealthState {
    /// Returns the word: `healthy`, `failing`, `paused` or `silent`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Failing => "failing",
            Self::Paused => "paused",
            Self::Silent => "silent",
        }
    }
}

impl fmt::Display for HealthState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Returns the state of an endpoint that is not paused.
fn state(causes: &[HealthCause]) -> HealthState {
    let mut state = HealthState::Healthy;
    for cause in causes {
        match cause {
            HealthCause::Alert(AlertCause::OldKeyInUse { .. }) | HealthCause::Limited(_) => {}
            HealthCause::Alert(AlertCause::SilentEndpoint { .. }) => state = HealthState::Silent,
            _ => return HealthState::Failing,
        }
    }
    state
}

/// Minutes over which failures are counted.
const QUARTER: usize = 15;
/// Rejections are counted by the hour: a burst that is over for so long is no reason any more.
const RECENTLY: Duration = Duration::from_secs(15 * 60);
const MOST_ERRORS: usize = 100;

#[cfg(test)]
mod tests;
