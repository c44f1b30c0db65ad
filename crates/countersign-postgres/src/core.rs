use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use countersign_inbox::{Durability, WakeQueue};

use crate::frontier::Frontier;
use crate::schema::SchemaName;
use crate::session::Session;
use crate::sql::Statements;
use crate::upkeep::{Growth, Partitions};

/// What everything in a store has to do with.
pub(crate) struct Core {
    pub(crate) session: Session,
    pub(crate) statements: Statements,
    pub(crate) schema: SchemaName,
    pub(crate) retentions: Retentions,
    pub(crate) durability: Durability,
    pub(crate) wake: WakeQueue,
    pub(crate) frontier: Frontier,
    pub(crate) partitions: Partitions,
    pub(crate) growth: Option<Growth>,
    pub(crate) claims_swept: Interval,
    pub(crate) folded: Interval,
    pub(crate) tended: Interval,
}

/// How long what has ended is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retentions {
    /// Keys of what was handled.
    pub(crate) done: Duration,
    /// Dead letters, with their bodies.
    pub(crate) dead: Duration,
    /// Bodies of what was handled.
    pub(crate) body: Duration,
    /// Entries of the audit log.
    pub(crate) audit: Duration,
}

/// Something that is done now and then.
pub(crate) struct Interval {
    since: Instant,
    /// In seconds.
    every: u64,
    /// Seconds after the start.
    next: AtomicU64,
}

impl Core {
    /// In inline mode nobody else tidies up: the first claim of each minute does it, in a task of its own.
    pub(crate) fn sweep_claims_now_and_then(self: &Arc<Self>) {
        if self.claims_swept.is_due() {
            let core = Arc::clone(self);
            tokio::spawn(async move {
                // An error shows where it matters: in the next claim.
                while core.sweep_claims().await.is_ok_and(|forgotten| forgotten > 0) {}
            });
        }
    }

    /// Folds the counters of events into totals every few seconds, in a task of its own.
    pub(crate) fn fold_now_and_then(self: &Arc<Self>) {
        if self.folded.is_due() {
            let core = Arc::clone(self);
            tokio::spawn(async move {
                // Counts are right without it, and take longer.
                drop(core.fold().await);
            });
        }
    }

    /// Makes partitions as soon as one is missing, in a task of its own.
    pub(crate) fn tend_if_behind(self: &Arc<Self>) {
        if self.partitions.is_behind() && self.partitions.tried.is_due() {
            let core = Arc::clone(self);
            tokio::spawn(async move {
                // Nothing depends on it: there is a partition for what has none.
                drop(core.make_partitions().await);
            });
        }
    }
}

impl Interval {
    /// The first time is at once.
    pub(crate) fn seconds(every: u64) -> Self {
        Self { since: Instant::now(), every, next: AtomicU64::new(0) }
    }

    /// `true` for one of those who ask.
    pub(crate) fn is_due(&self) -> bool {
        let (now, next) = (self.since.elapsed().as_secs(), self.next.load(Ordering::Relaxed));
        now >= next
            && self
                .next
                .compare_exchange(next, now + self.every, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}
