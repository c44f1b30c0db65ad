use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Serialize;

use super::shared::Shared;
use super::vitals::Beat;
use crate::ops::SourceStats;
use crate::runtime::within;
use crate::store::StoreError;
use crate::telemetry::Causes;

/// The health of a worker, for the application's own endpoints. Cheap to clone.
#[derive(Clone)]
pub struct Health {
    shared: Arc<Shared>,
}

/// The backlog of all endpoints in a store: [`Health::backlog`].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub struct Backlog {
    /// The numbers per endpoint, including those that other processes handle.
    pub sources: Vec<SourceStats>,
    /// The names of the endpoints whose oldest due event has waited for longer than
    /// [`with_max_backlog_age`](super::WorkerBuilder::with_max_backlog_age).
    pub late: Vec<String>,
}

/// The result of a health check. As JSON: `{"ok":false,"reasons":["…"]}`. Do not expose it publicly.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[must_use]
#[non_exhaustive]
pub struct HealthReport {
    /// Whether the check passed.
    pub ok: bool,
    /// The reasons for a failed check.
    pub reasons: Vec<String>,
    /// Seconds since the worker last wrote to the store, if it has.
    pub last_write_seconds: Option<u64>,
}

impl Health {
    pub(super) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Reports whether the worker's tasks run. If not, restart the process. Performs no I/O.
    pub fn live(&self) -> HealthReport {
        let vitals = &self.shared.vitals;
        let mut reasons = Vec::new();
        if vitals.is_over.load(Ordering::Relaxed) {
            reasons.push("the worker has stopped".to_owned());
        } else if vitals.beats.iter().any(|beat| beat.age().is_none()) {
            reasons.push("the worker has not started".to_owned());
        } else if !vitals.is_stopping.load(Ordering::Relaxed) {
            reasons.extend(vitals.beats.iter().filter_map(|beat| silent(beat)));
        }
        self.report(reasons)
    }

    /// Reports whether this process can accept events: its worker runs, and the store accepts writes. A backlog, in
    /// this or another service on the same store, does not make it unready: see [`backlog`](Self::backlog).
    pub async fn ready(&self) -> HealthReport {
        let mut reasons = self.live().reasons;
        let shared = &self.shared;
        if shared.vitals.is_stopping.load(Ordering::Relaxed) {
            reasons.push("the worker is stopping".to_owned());
        }
        // Finished attempts do not prove that events can be stored.
        let last_probe = &shared.vitals.last_probe;
        if last_probe.age().is_none_or(|age| age > last_probe.silence) {
            match within(PATIENCE, shared.inbox.probe()).await {
                Ok(()) => {
                    last_probe.now();
                    shared.vitals.last_write.now();
                }
                Err(error) => reasons.push(format!("the store takes no writes: {}", Causes(&error))),
            }
        }
        self.report(reasons)
    }

    /// Returns the numbers of waiting events, and the endpoints that are late: the value to alert on. Empty without
    /// [`with_ops`](super::WorkerBuilder::with_ops).
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store does not answer within three seconds.
    pub async fn backlog(&self) -> Result<Backlog, StoreError> {
        let limit = self.shared.settings.max_backlog_age;
        let Some(ops) = &self.shared.ops else { return Ok(Backlog::default()) };
        let sources = within(PATIENCE, ops.stats()).await?.sources;
        let is_late = |source: &&SourceStats| source.oldest_due.is_some_and(|age| age > limit);
        let late = sources.iter().filter(is_late).map(|source| source.source.clone()).collect();
        Ok(Backlog { sources, late })
    }

    fn report(&self, reasons: Vec<String>) -> HealthReport {
        let last_write_seconds = self.shared.vitals.last_write.age().map(|age| age.as_secs());
        HealthReport { ok: reasons.is_empty(), reasons, last_write_seconds }
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Health").field(&self.live()).finish()
    }
}

fn silent(beat: &Beat) -> Option<String> {
    let age = beat.age().filter(|age| *age > beat.silence)?;
    Some(format!("the task `{}` has made no progress for {} s", beat.name, age.as_secs()))
}

/// The timeout of health checks.
const PATIENCE: Duration = Duration::from_secs(3);
