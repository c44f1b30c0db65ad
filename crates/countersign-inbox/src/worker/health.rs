use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use countersign::__private::Causes;
use serde::Serialize;

use super::status::{Heartbeat, WorkerStatus};
use crate::inbox_store::InboxStore;
#[cfg(feature = "testing")]
use crate::ops::Stats;
use crate::ops::{ControlChange, OpsStore, PauseChange, SourceStats};
use crate::runtime::within;
use crate::store::StoreError;

/// The health of an [`Inbox`](crate::Inbox), for the application's own endpoints. Cheap to clone.
#[derive(Clone)]
pub struct Health {
    store: Arc<dyn InboxStore>,
    status: Arc<WorkerStatus>,
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
    pub(crate) fn new(
        store: Arc<dyn InboxStore>,
        status: Arc<WorkerStatus>,
        max_backlog_age: Duration,
    ) -> Self {
        Self { store, status, max_backlog_age }
    }

    /// Reports whether the worker's tasks run. If not, restart the process. Performs no I/O.
    pub fn live(&self) -> HealthReport {
        let status = &self.status;
        let mut reasons = Vec::new();
        if status.is_over.load(Ordering::Relaxed) {
            reasons.push("the worker has stopped".to_owned());
        } else if status.heartbeats.iter().any(|heartbeat| heartbeat.age().is_none()) {
            reasons.push("the worker has not started".to_owned());
        } else if !status.is_stopping.load(Ordering::Relaxed) {
            reasons.extend(status.heartbeats.iter().filter_map(|heartbeat| silent(heartbeat)));
        }
        self.report(reasons)
    }

    /// Reports whether this process can accept events: its worker runs, and the store accepts writes. A backlog, in
    /// this or another service on the same store, does not make it unready: see [`backlog`](Self::backlog). Endpoints that no
    /// inbox of this process handles are [warnings](HealthReport::warnings), because another process may handle them.
    pub async fn ready(&self) -> HealthReport {
        let mut reasons = self.live().reasons;
        if self.status.is_stopping.load(Ordering::Relaxed) {
            reasons.push("the worker is stopping".to_owned());
        }
        // Finished attempts do not prove that events can be stored.
        let last_probe = &self.status.last_probe;
        if last_probe.age().is_none_or(|age| age > last_probe.silence) {
            match within(PATIENCE, self.store.probe()).await {
                Ok(()) => {
                    last_probe.now();
                    self.status.last_write.now();
                }
                Err(error) => reasons.push(format!("the store takes no writes: {}", Causes::of(&error))),
            }
        }
        let unhandled = self.status.unhandled();
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

    pub(crate) async fn set_pause(&self, change: &PauseChange) -> Result<bool, StoreError> {
        within(PATIENCE, self.ops()?.set_pause(change)).await
    }

    pub(crate) async fn set_control(&self, change: &ControlChange) -> Result<bool, StoreError> {
        within(PATIENCE, self.ops()?.set_control(change)).await
    }

    fn ops(&self) -> Result<&dyn OpsStore, StoreError> {
        self.store.ops().ok_or_else(|| {
            StoreError::Unavailable(
                "the store has no operator's view, so that nothing can be paused or limited".into(),
            )
        })
    }

    #[cfg(feature = "testing")]
    pub(crate) async fn counts(&self) -> Result<Option<Stats>, StoreError> {
        within(PATIENCE, self.store.counts()).await
    }

    fn report(&self, reasons: Vec<String>) -> HealthReport {
        let last_write_seconds = self.status.last_write.age().map(|age| age.as_secs());
        HealthReport { ok: reasons.is_empty(), reasons, last_write_seconds, warnings: Vec::new() }
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Health").field(&self.live()).finish()
    }
}

fn silent(heartbeat: &Heartbeat) -> Option<String> {
    let age = heartbeat.age().filter(|age| *age > heartbeat.silence)?;
    Some(format!("the task `{}` has made no progress for {} s", heartbeat.name, age.as_secs()))
}

/// The timeout of health checks.
const PATIENCE: Duration = Duration::from_secs(3);
