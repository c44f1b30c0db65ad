//! Counters that are used in several places, with the same labels everywhere.

use metrics::{SharedString, counter};

use super::names::{ATTEMPTS, DELIVERIES, STORE_ERRORS};
use super::outcome::DeliveryOutcome;
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
