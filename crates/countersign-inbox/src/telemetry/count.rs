//! Counters that are used in several places, with the same labels everywhere.

use metrics::{SharedString, counter};

use super::list::{ATTEMPTS, DELIVERIES, STORE_ERRORS};
use crate::ops::AttemptOutcome;

pub(crate) fn arrived(source: impl Into<SharedString>, outcome: DeliveryOutcome) {
    counter!(DELIVERIES, "source" => source.into(), "outcome" => outcome.as_str()).increment(1);
}

pub(crate) fn ended(source: impl Into<SharedString>, ended: AttemptOutcome) {
    counter!(ATTEMPTS, "source" => source.into(), "outcome" => ended.as_str()).increment(1);
}

/// Counts with the source as the only label.
pub(crate) fn count(name: &'static str, source: impl Into<SharedString>) {
    counter!(name, "source" => source.into()).increment(1);
}

/// Counts a failed store operation, by the name of the trait's method.
pub(crate) fn store_error(operation: &'static str) {
    counter!(STORE_ERRORS, "operation" => operation).increment(1);
}

/// The outcome of a delivery when it arrives: the outcomes of [`DELIVERIES`](super::DELIVERIES).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum DeliveryOutcome {
    Accepted,
    Duplicate,
    Requeued,
    Replayed,
    Filtered,
    InFlight,
    Rejected,
    StoreError,
}

impl DeliveryOutcome {
    #[cfg(test)]
    pub(super) const ALL: [Self; 8] = [
        Self::Accepted,
        Self::Duplicate,
        Self::Requeued,
        Self::Replayed,
        Self::Filtered,
        Self::InFlight,
        Self::Rejected,
        Self::StoreError,
    ];

    /// Returns the metric label.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Requeued => "requeued",
            Self::Replayed => "replayed",
            Self::Filtered => "filtered",
            Self::InFlight => "inflight",
            Self::Rejected => "rejected",
            Self::StoreError => "store_error",
        }
    }
}
