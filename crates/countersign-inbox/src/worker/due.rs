use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

/// When retries of this process are due: an idle worker asks the store then, and not seconds later.
#[derive(Debug, Default)]
pub(super) struct Due {
    times: Mutex<BinaryHeap<Reverse<Instant>>>,
    changed: Notify,
}

impl Due {
    pub(super) fn add(&self, at: Instant) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        // Beyond that, polling finds them.
        if times.len() < MAX_TIMES {
            times.push(Reverse(at));
            drop(times);
            self.changed.notify_one();
        }
    }

    /// The earliest.
    pub(super) fn next(&self) -> Option<Instant> {
        let times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.peek().map(|Reverse(at)| *at)
    }

    /// The store is being asked: whatever was due is.
    pub(super) fn pass(&self, now: Instant) {
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        while times.peek().is_some_and(|Reverse(at)| *at <= now) {
            times.pop();
        }
    }

    /// Resolves when there is a new one.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }
}

const MAX_TIMES: usize = 4096;
