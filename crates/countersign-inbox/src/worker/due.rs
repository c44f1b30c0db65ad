use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

/// The due times of this process's retries, at which an idle worker claims without a polling delay.
#[derive(Debug, Default)]
pub(super) struct Due {
    times: Mutex<BinaryHeap<Reverse<Instant>>>,
    changed: Notify,
}

impl Due {
    pub(super) fn add(&self, at: Instant) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        // Beyond that number, polling finds them.
        if times.len() < MAX_TIMES {
            times.push(Reverse(at));
            drop(times);
            self.changed.notify_one();
        }
    }

    /// Returns the earliest time.
    pub(super) fn next(&self) -> Option<Instant> {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.peek().map(|Reverse(at)| *at)
    }

    /// Removes the times that have passed. Called before a claim, which finds those events.
    pub(super) fn pass(&self, now: Instant) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        while times.peek().is_some_and(|Reverse(at)| *at <= now) {
            times.pop();
        }
    }

    /// Resolves when a time was added.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }
}

const MAX_TIMES: usize = 4096;
