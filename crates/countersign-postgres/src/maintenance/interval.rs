use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A periodic task.
pub(crate) struct Interval {
    since: Instant,
    /// The interval in seconds.
    every: u64,
    /// The next time, in seconds after the start.
    next: AtomicU64,
}

impl Interval {
    /// Creates a task whose first run is due at once.
    pub(crate) fn seconds(every: u64) -> Self {
        Self { since: Instant::now(), every, next: AtomicU64::new(0) }
    }

    /// Returns `true` for one of several concurrent callers.
    pub(crate) fn is_due(&self) -> bool {
        let (now, next) = (self.since.elapsed().as_secs(), self.next.load(Ordering::Relaxed));
        now >= next
            && self
                .next
                .compare_exchange(next, now + self.every, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}
