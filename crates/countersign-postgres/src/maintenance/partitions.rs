use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use super::interval::Interval;

/// The days that have partitions.
pub(crate) struct Partitions {
    /// The latest day on which a row was stored.
    seen: AtomicI32,
    /// The last day with a partition.
    made: AtomicI32,
    /// There are partitions beyond their retention that could not be dropped.
    lingering: AtomicBool,
    pub(crate) tried: Interval,
}

impl Partitions {
    pub(crate) fn new() -> Self {
        let lingering = AtomicBool::new(false);
        Self { seen: AtomicI32::new(0), made: AtomicI32::new(0), lingering, tried: Interval::seconds(RETRY) }
    }

    /// Records that a row was stored on that day.
    pub(crate) fn note(&self, day: i32) {
        if self.seen.load(Ordering::Relaxed) < day {
            self.seen.fetch_max(day, Ordering::Relaxed);
        }
    }

    /// Records that there are partitions up to that day.
    pub(super) fn made(&self, last: i32) {
        self.made.fetch_max(last, Ordering::Relaxed);
    }

    /// Records whether partitions beyond their retention are left.
    pub(super) fn linger(&self, is_so: bool) {
        self.lingering.store(is_so, Ordering::Relaxed);
    }

    pub(super) fn are_lingering(&self) -> bool {
        self.lingering.load(Ordering::Relaxed)
    }

    /// Returns whether the next day has no partition.
    pub(crate) fn is_behind(&self) -> bool {
        self.seen.load(Ordering::Relaxed) >= self.made.load(Ordering::Relaxed)
    }
}

/// Seconds until the creation of partitions is retried.
const RETRY: u64 = 60;

/// A table that is partitioned by day.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Table(pub(super) &'static str);

impl Table {
    pub(super) const BODY: Self = Self("body");
    pub(super) const ATTEMPT: Self = Self("attempt");
    pub(super) const ALL: [Self; 2] = [Self::BODY, Self::ATTEMPT];
}

/// The largest number of rows that are moved while arriving events wait.
pub(super) const MOST_MOVED: i64 = 10_000;
