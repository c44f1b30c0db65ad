use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use countersign::UnixTime;

/// Counts and logs handled deliveries that were forgotten before the end of their retention.
#[derive(Debug)]
pub(super) struct Evictions {
    count: AtomicU64,
    /// Evictions of the store.
    capacity: usize,
    /// The earliest time of the next log line, in milliseconds.
    next_report: AtomicI64,
}

impl Evictions {
    pub(super) const fn new(capacity: usize) -> Self {
        Self { count: AtomicU64::new(0), capacity, next_report: AtomicI64::new(i64::MIN) }
    }

    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    #[cold]
    pub(super) fn add(&self, now: UnixTime) {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        #[cfg(feature = "runtime")]
        metrics::counter!(crate::telemetry::EVICTED).increment(1);
        let (now, next) = (now.as_millis(), self.next_report.load(Ordering::Relaxed));
        if now < next {
            return;
        }
        let reserved = self.next_report.compare_exchange(
            next,
            now.saturating_add(REPORT_EVERY),
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
        if reserved.is_ok() {
            report(count, self.capacity);
        }
    }
}

#[cfg(feature = "runtime")]
fn report(evicted: u64, capacity: usize) {
    tracing::warn!(
        target: crate::telemetry::TARGET,
        evicted,
        capacity,
        "the store in memory is full, and forgets deliveries before the end of their retention: they are handled again \
         if they are sent again; give `MemoryStore::new` a higher capacity, or use a store on a disk"
    );
}

#[cfg(not(feature = "runtime"))]
const fn report(_evicted: u64, _capacity: usize) {}

/// Milliseconds between two lines of the log.
const REPORT_EVERY: i64 = 60_000;
