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

/// How a worker is, for endpoints of your own. Cheap to clone.
#[derive(Clone)]
pub struct Health {
    shared: Arc<Shared>,
}

/// The backlog of all endpoints in a store: [`Health::backlog`].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub struct Backlog {
    /// Counts per endpoint, also of those that other processes handle.
    pub sources: Vec<SourceStats>,
    /// The names of the endpoints whose oldest due event waits for longer than
    /// [`with_max_backlog_age`](super::WorkerBuilder::with_max_backlog_age).
    pub late: Vec<String>,
}

/// Whether all is well. As JSON: `{"ok":false,"reasons":["…"]}`; not for strangers.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[must_use]
#[non_exhaustive]
pub struct HealthReport {
    /// Whether it is.
    pub ok: bool,
    /// What is not.
    pub reasons: Vec<String>,
    /// Seconds since the worker last wrote to the store, if it has.
    pub last_write_seconds: Option<u64>,
}

impl Health {
    pub(super) const fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Whether the worker's tasks run. If not, restart the process. Asks nobody.
    pub fn live(&self) -> HealthReport {
        let vitals = &self.shared.vitals;
        let mut reasons = Vec::new();
        if vitals.is_over.load(Ordering::Relaxed) {
            reasons.push("the worker has stopped".to_owned());
        } else if vitals.beats.iter().any(|beat| beat.age().is_none()) {
            reasons.push("the worker has not begun".to_owned());
        } else if !vitals.is_stopping.load(Ordering::Relaxed) {
            reasons.extend(vitals.beats.iter().filter_map(|beat| silent(beat)));
        }
        self.report(reasons)
    }

    /// Reports whether this process can accept events: its worker runs, and the store takes writes. A backlog, here or
    /// of another service on the same store, is no reason to send no traffic: see [`backlog`](Self::backlog).
    pub async fn ready(&self) -> HealthReport {
        let mut reasons = self.live().reasons;
        let shared = &self.shared;
        if shared.vitals.is_stopping.load(Ordering::Relaxed) {
            reasons.push("the worker is stopping".to_owned());
        }
        // That attempts can be finished does not say that events can be stored.
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

    /// Returns how many events wait, and where they wait for too long: the value to alert on. Empty without
    /// [`with_ops`](super::WorkerBuilder::with_ops).
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store does not answer within three seconds.
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
    Some(format!("the task `{}` has not moved for {} s", beat.name, age.as_secs()))
}

/// Whoever asks for the health does not wait longer.
const PATIENCE: Duration = Duration::from_secs(3);
