use std::time::Duration;

use metrics::counter;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use crate::inbox_store::InboxStore;
use crate::runtime::{Outage, within};
use crate::telemetry;

/// Deletes rows after their retention in a process without a worker, about every 30 s while there is something to
/// add to the store.
pub(super) struct Sweeper {
    /// The time of the next sweep. Held by the sweep that is under way.
    next: Mutex<Instant>,
    outage: Outage,
}

impl Sweeper {
    /// Sweeps until the store has nothing to delete, if the last sweep began 30 s ago or earlier, and none is under
    /// way.
    pub(super) async fn sweep_if_due(&self, store: &dyn InboxStore) {
        let Ok(mut next) = self.next.try_lock() else { return };
        if Instant::now() < *next {
            return;
        }
        *next = Instant::now() + SWEEP_EVERY;
        while sweep(store, PATIENCE, &self.outage).await {
            sleep(BETWEEN_SWEEPS).await;
        }
    }
}

impl Default for Sweeper {
    fn default() -> Self {
        Self { next: Mutex::new(Instant::now()), outage: Outage::of("sweep") }
    }
}

/// Sweeps once, and counts the deleted rows. Returns whether there may be more.
pub(crate) async fn sweep(store: &dyn InboxStore, patience: Duration, outage: &Outage) -> bool {
    match within(patience, store.sweep()).await {
        Ok(swept) => {
            outage.over();
            counter!(telemetry::RETENTION_DELETED).increment(swept.events);
            swept.has_more
        }
        Err(error) => {
            outage.failed(&error);
            false
        }
    }
}

/// Half of the minute within which rows past their retention are gone, also a few thousand of them under load.
pub(crate) const SWEEP_EVERY: Duration = Duration::from_secs(30);
/// The store deletes a few rows per call, so that other operations can run in between.
pub(crate) const BETWEEN_SWEEPS: Duration = Duration::from_millis(100);
/// The time that the store has to answer.
const PATIENCE: Duration = Duration::from_secs(5);
