use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;

use super::health::Health;

/// A worker that runs.
#[derive(Debug)]
#[must_use = "a worker whose handle is dropped goes on until the runtime ends, and drains nothing"]
pub struct WorkerHandle {
    stop: CancellationToken,
    task: JoinHandle<Report>,
    health: Health,
}

/// What became of the handlers that ran when the worker was stopped, and what went wrong before.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// Attempts that ended during the shutdown, given back or not.
    pub drained: u64,
    /// Events that were given back.
    pub given_back: u64,
    /// Outcomes that could not be stored, in all the time: those events run again.
    pub unstored: u64,
    /// Handlers that did not end, not even aborted: their events wait for the end of their leases.
    pub abandoned: u64,
    /// Panics of the worker's own tasks, in all the time. Those of handlers are not among them.
    pub panics: u64,
}

impl WorkerHandle {
    pub(super) const fn new(stop: CancellationToken, task: JoinHandle<Report>, health: Health) -> Self {
        Self { stop, task, health }
    }

    /// Stops it, and waits until it has. See [`Worker::run`](super::Worker::run).
    ///
    /// # Errors
    ///
    /// The runtime ended before it did.
    pub async fn shutdown(self) -> Result<Report, JoinError> {
        self.stop.cancel();
        self.join().await
    }

    /// Waits until it was stopped, by the [token](Self::stop_token).
    ///
    /// # Errors
    ///
    /// The runtime ended before it did.
    pub async fn join(self) -> Result<Report, JoinError> {
        self.task.await
    }

    /// Stops it when it is cancelled.
    #[must_use]
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// How it is, for endpoints of your own.
    #[must_use]
    pub fn health(&self) -> Health {
        self.health.clone()
    }
}

impl Report {
    /// Whether no event has to wait for the end of its lease.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.unstored == 0 && self.abandoned == 0
    }
}
