use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

/// Limits isolated events to one at a time. While it runs, the worker claims nothing else for a limited time.
pub(super) struct IsolationGate {
    turn: Arc<Semaphore>,
    running_since: Mutex<Option<Instant>>,
    ended: Notify,
}

/// The right to claim an isolated event.
pub(super) struct Turn {
    _permit: OwnedSemaphorePermit,
}

/// A running isolated event, until it is dropped.
pub(super) struct Isolated {
    gate: Arc<IsolationGate>,
    turn: Option<Turn>,
}

impl Turn {
    const fn new(permit: OwnedSemaphorePermit) -> Self {
        Self { _permit: permit }
    }
}

impl IsolationGate {
    pub(super) fn new() -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), running_since: Mutex::new(None), ended: Notify::new() }
    }

    /// Waits while an isolated event runs, and returns the turn if it is free afterwards. The first claims of a
    /// worker wait for each other, because they may follow a crash.
    pub(super) async fn pass(&self, is_first: bool) -> Option<Turn> {
        let turn = self.turn.clone();
        if is_first {
            return timeout(LONGEST_WAIT, turn.acquire_owned()).await.ok()?.ok().map(Turn::new);
        }
        let ended = self.ended.notified();
        if let Some(since) = self.running_since() {
            // The next claim determines the kind of event.
            let _ = timeout_at(since + LONGEST_WAIT, ended).await;
        }
        turn.try_acquire_owned().ok().map(Turn::new)
    }

    /// Records that an isolated event was claimed and starts.
    pub(super) fn begin(self: &Arc<Self>, turn: Turn) -> Isolated {
        *self.running_since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        Isolated { gate: self.clone(), turn: Some(turn) }
    }

    /// Resolves when an isolated event has ended, so that another one may be claimed.
    pub(super) async fn ended(&self) {
        self.ended.notified().await;
    }

    fn running_since(&self) -> Option<Instant> {
        *self.running_since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Isolated {
    fn drop(&mut self) {
        *self.gate.running_since.lock().unwrap_or_else(PoisonError::into_inner) = None;
        // Before the others are woken, so that they find it free.
        drop(self.turn.take());
        self.gate.ended.notify_waiters();
    }
}

/// The longest delay of other events. A handler that crashes the process usually does so at once.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
