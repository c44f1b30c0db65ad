use std::sync::atomic::{AtomicU64, Ordering};

use super::interval::Interval;

/// Keeps plans up to date with tables that grow quickly.
///
/// A statement that was planned for a tiny table scans the whole table each time until the server has analysed it
/// again, which takes up to a minute. That is too long in a burst.
pub(crate) struct Growth {
    /// The number of rows since the start of the hour.
    rows: AtomicU64,
    hour: Interval,
}

impl Growth {
    pub(crate) fn new() -> Self {
        Self { rows: AtomicU64::new(0), hour: Interval::seconds(3600) }
    }

    /// Returns whether an analysis is due.
    pub(super) fn note(&self, rows: usize) -> bool {
        if self.hour.is_due() {
            self.rows.store(0, Ordering::Relaxed);
        }
        let rows = rows as u64;
        let before = self.rows.fetch_add(rows, Ordering::Relaxed);
        STEPS.iter().any(|step| before < *step && before + rows >= *step)
    }
}

/// The numbers of rows after which plans are outdated.
const STEPS: [u64; 3] = [1_000, 8_000, 64_000];
