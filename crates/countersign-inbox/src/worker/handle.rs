use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;

use super::health::Health;

/// A running worker.
#[derive(Debug)]
#[must_use = "a worker whose handle is dropped runs until the runtime ends, and is not drained"]
pub struct WorkerHandle {
    stop: CancellationToken,
    task: JoinHandle<Report>,
    health: Health,
}

/// The result of a shutdown, and the failures before it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The number of attempts that ended during the shutdown, including those given back.
    pub drained: u64,
    /// The number of events that were given back.
    pub given_back: u64,
    /// The number of outcomes that could not be stored since the start: those events run again.
    pub unstored: u64,
    /// The number of handlers that did not end, even after being aborted: their events wait for the end of their
    /// leases.
    pub abandoned: u64,
    /// The number of panics of the worker's own tasks since the start, without those of handlers.
    pub panics: u64,
}

impl WorkerHandle {
    pub(super) const fn new(stop: CancellationToken, task: JoinHandle<Report>, health: Health) -> Self {
        Self { stop, task, health }
    }

    /// Stops the worker and waits for its end. See [`Worker::run`](super::Worker::run).
    ///
    /// # Errors
    ///
    /// The runtime ended before the worker did.
    pub async fn shutdown(self) -> Result<Report, JoinError> {
        self.stop.cancel();
        self.join().await
    }

    /// Waits until the worker was stopped by the [token](Self::stop_token).
    ///
    /// # Errors
    ///
    /// The runtime ended before the worker did.
    pub async fn join(self) -> Result<Report, JoinError> {
        self.task.await
    }

    /// Returns the token that stops the worker when it is cancelled.
    #[must_use]
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Returns the health, for the application's own endpoints.
    #[must_use]
    pub fn health(&self) -> Health {
        self.health.clone()
    }
}

impl Report {
    /// Returns whether no event must wait for the end of its lease.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.unstored == 0 && self.abandoned == 0
    }
}
