use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The vital signs of a worker.
#[derive(Debug)]
pub(super) struct Vitals {
    pub(super) beats: Vec<Arc<Beat>>,
    pub(super) last_write: Beat,
    pub(super) last_probe: Beat,
    pub(super) is_stopping: AtomicBool,
    pub(super) is_over: AtomicBool,
    pub(super) counts: Counts,
}

/// Counters since the start of the worker.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) attempts: AtomicU64,
    pub(super) given_back: AtomicU64,
    pub(super) unstored: AtomicU64,
    pub(super) abandoned: AtomicU64,
    pub(super) panics: AtomicU64,
}

/// The time of the last occurrence of something.
#[derive(Debug)]
pub(super) struct Beat {
    pub(super) name: String,
    /// The longest expected interval.
    pub(super) silence: Duration,
    made: Instant,
    /// Milliseconds since the start, from 1 on; 0 means never.
    last: AtomicU64,
}

impl Beat {
    pub(super) fn new(name: impl Into<String>, silence: Duration) -> Self {
        Self { name: name.into(), silence, made: Instant::now(), last: AtomicU64::new(0) }
    }

    pub(super) fn now(&self) {
        self.last.store(self.millis(), Ordering::Relaxed);
    }

    /// Returns the age of the last occurrence.
    pub(super) fn age(&self) -> Option<Duration> {
        let last = self.last.load(Ordering::Relaxed);
        (last > 0).then(|| Duration::from_millis(self.millis().saturating_sub(last)))
    }

    fn millis(&self) -> u64 {
        u64::try_from(self.made.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
    }
}

impl Counts {
    pub(super) fn add(count: &AtomicU64) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}
