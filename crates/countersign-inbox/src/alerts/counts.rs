use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign::ErrorKind;

use crate::ops::AttemptOutcome;

/// The counts of this process since its start, and its open circuits.
#[derive(Default)]
pub(crate) struct AlertCounts(Mutex<BTreeMap<String, Totals>>);

/// The counts of an endpoint, which only grow.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Totals {
    pub(super) attempts: u64,
    pub(super) failed: u64,
    pub(super) dead: u64,
    pub(super) verified: u64,
    pub(super) rejected: u64,
    pub(super) latest_rejection: Option<ErrorKind>,
    /// The pattern of the failures that opened the circuit.
    pub(super) circuit: Option<String>,
}

impl AlertCounts {
    /// Counts a verified delivery to an endpoint.
    pub(crate) fn verified(&self, source: &str) {
        self.count(source, |totals| totals.verified += 1);
    }

    pub(crate) fn rejected(&self, source: &str, kind: ErrorKind) {
        self.count(source, |totals| {
            totals.rejected += 1;
            totals.latest_rejection = Some(kind);
        });
    }

    pub(crate) fn attempted(&self, source: &str, outcome: AttemptOutcome) {
        self.count(source, |totals| {
            totals.attempts += 1;
            totals.failed += u64::from(matches!(outcome, AttemptOutcome::Retry | AttemptOutcome::Dead));
            totals.dead += u64::from(outcome == AttemptOutcome::Dead);
        });
    }

    /// Records that the circuit has opened, or closed.
    pub(crate) fn circuit(&self, source: &str, pattern: Option<String>) {
        self.count(source, |totals| totals.circuit = pattern);
    }

    pub(super) fn totals(&self) -> BTreeMap<String, Totals> {
        self.lock().clone()
    }

    fn count(&self, source: &str, count: impl FnOnce(&mut Totals)) {
        let mut all = self.lock();
        match all.get_mut(source) {
            Some(totals) => count(totals),
            None => count(all.entry(source.to_owned()).or_default()),
        }
    }

    /// Nothing panics while it has the lock.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Totals>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
