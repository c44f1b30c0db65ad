use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::{Durability, WakeQueue};

use crate::frontier::Frontier;
use crate::maintenance::{Growth, Interval, Partitions};
use crate::schema::SchemaName;
use crate::session::Session;
use crate::sql::Statements;

/// State shared by all operations of a store.
pub(crate) struct StoreInner {
    pub(crate) session: Session,
    pub(crate) statements: Statements,
    pub(crate) schema: SchemaName,
    pub(crate) retention: RetentionPeriods,
    pub(crate) durability: Durability,
    pub(crate) wake: WakeQueue,
    pub(crate) frontier: Frontier,
    pub(crate) partitions: Partitions,
    pub(crate) growth: Option<Growth>,
    pub(crate) claims_swept: Interval,
    pub(crate) folded: Interval,
    pub(crate) partition_maintenance: Interval,
}

/// The retention of finished data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetentionPeriods {
    /// Keys of handled deliveries.
    pub(crate) done: Duration,
    /// Dead letters, with their bodies.
    pub(crate) dead: Duration,
    /// Bodies of handled events.
    pub(crate) body: Duration,
    /// Attempts at handled events.
    pub(crate) attempt: Duration,
    /// Entries of the audit log.
    pub(crate) audit: Duration,
}

impl StoreInner {
    /// Sweeps claims in a separate task, triggered by the first claim of each minute, because inline mode has no
    /// other maintenance.
    pub(crate) fn sweep_claims_now_and_then(self: &Arc<Self>) {
        if self.claims_swept.is_due() {
            let inner = Arc::clone(self);
            tokio::spawn(async move {
                // An error surfaces in the next claim.
                while inner.sweep_claims().await.is_ok_and(|forgotten| forgotten > 0) {}
            });
        }
    }

    /// Folds the counters of events into totals every few seconds, in a separate task.
    pub(crate) fn fold_now_and_then(self: &Arc<Self>) {
        if self.folded.is_due() {
            let inner = Arc::clone(self);
            tokio::spawn(async move {
                // Without folding, counts are still right, but take longer.
                drop(inner.fold().await);
            });
        }
    }

    /// Creates missing partitions in a separate task.
    pub(crate) fn tend_if_behind(self: &Arc<Self>) {
        if self.partitions.is_behind() && self.partitions.tried.is_due() {
            let inner = Arc::clone(self);
            tokio::spawn(async move {
                // Not essential: the default partition takes rows of other days.
                drop(inner.make_partitions().await);
            });
        }
    }
}
