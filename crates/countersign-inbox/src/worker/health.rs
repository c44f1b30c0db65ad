use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde::Serialize;

use super::vitals::{Beat, Vitals};
use crate::inbox_store::InboxStore;
use crate::ops::SourceStats;
#[cfg(feature = "testing")]
use crate::ops::Stats;
use crate::runtime::within;
use crate::store::StoreError;
use crate::telemetry::Causes;

/// The health of an [`Inbox`](crate::Inbox), for the application's own endpoints. Cheap to clone.
#[derive(Clone)]
pub struct Health {
    store: Arc<dyn InboxStore>,
    vitals: Arc<Vitals>,
    max_backlog_age: Duration,
}

/// The backlog of all endpoints in a store: [`Health::backlog`].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub struct Backlog {
    /// The numbers per endpoint, including those that other processes handle.
    pub sources: Vec<SourceStats>,
    /// The names of the endpoints whose oldest due event has waited for longer than
    /// [`with_max_backlog_age`](crate::InboxBuilder::with_max_backlog_age).
    pub late: Vec<String>,
}

/// The result of a health check. As JSON: `{"ok":false,"reasons":["…"]}`, and `"warnings":["…"]` if there are any. Do not
/// expose it publicly.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[must_use]
#[non_exhaustive]
pub struct HealthReport {
    /// Whether the check passed.
    pub ok: bool,
    /// The reasons for a failed check.
    pub reasons: Vec<String>,
    /// Conditions that do not fail the check: endpoints whose events wait, and that no inbox of this process handles.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Seconds since the worker last wrote to the store, if it has.
    pub last_write_seconds: Option<u64>,
}

impl Health {
    pub(crate) fn new(store: Arc<dyn InboxStore>, vitals: Arc<Vitals>, max_backlog_age: Duration) -> Self {
        Self { store, vitals, max_backlog_age }
    }

    /// Reports whether the worker's tasks run. If not, restart the process. Performs no I/O.
    pub fn live(&self) -> HealthReport {
        let vitals = &self.vitals;
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
    /// this or another service on the same store, does not make it unready: see [`backlog`](Self::backlog). Endpoints that no
    /// inbox of this process handles are [warnings](HealthReport::warnings), because another process may handle them.
    pub async fn ready(&self) -> HealthReport {
        let mut reasons = self.live().reasons;
        if self.vitals.is_stopping.load(Ordering::Relaxed) {
            reasons.push("the worker is stopping".to_owned());
        }
        // Finished attempts do not prove that events can be stored.
        let last_probe = &self.vitals.last_probe;
        if last_probe.age().is_none_or(|age| age > last_probe.silence) {
            match within(PATIENCE, self.store.probe()).await {
                Ok(()) => {
                    last_probe.now();
                    self.vitals.last_write.now();
                }
                Err(error) => reasons.push(format!("the store takes no writes: {}", Causes(&error))),
            }
        }
        let unhandled = self.vitals.unhandled();
        let warning = |name| format!("no inbox of this process handles the waiting events of `{name}`");
        HealthReport { warnings: unhandled.into_iter().map(warning).collect(), ..self.report(reasons) }
    }

    /// Returns the numbers of waiting events, and the endpoints that are late: the value to alert on. Empty if the store
    /// does not [count](InboxStore::counts) events.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store does not answer within three seconds.
    pub async fn backlog(&self) -> Result<Backlog, StoreError> {
        let limit = self.max_backlog_age;
        let Some(stats) = within(PATIENCE, self.store.counts()).await? else { return Ok(Backlog::default()) };
        let sources = stats.sources;
        let is_late = |source: &&SourceStats| source.oldest_due.is_some_and(|age| age > limit);
        let late = sources.iter().filter(is_late).map(|source| source.source.clone()).collect();
        Ok(Backlog { sources, late })
    }

    #[cfg(feature = "testing")]
    pub(crate) async fn counts(&self) -> Result<Option<Stats>, StoreError> {
        within(PATIENCE, self.store.counts()).await
    }

    fn report(&self, reasons: Vec<String>) -> HealthReport {
        let last_write_seconds = self.vitals.last_write.age().map(|age| age.as_secs());
        HealthReport { ok: reasons.is_empty(), reasons, last_write_seconds, warnings: Vec::new() }
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
