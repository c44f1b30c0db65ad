//! Counters and `tracing` events, without ids, tenants or bytes of a body.

use std::error::Error;

use countersign::__private::Causes;
use tracing::{debug, error, info, warn};

use crate::ops::AttemptOutcome;
use crate::telemetry::{
    COMMIT_AFTER_SUCCESS_FAILED, DeliveryOutcome, HANDLER_PANICS, ID_BODY_MISMATCH, LEASE_LOST, STALE_FINISH,
    TARGET, arrived, count, ended, store_error,
};

pub(super) fn delivered(source: &str, result: DeliveryOutcome) {
    arrived(source.to_owned(), result);
    let outcome = result.as_str();
    match result {
        DeliveryOutcome::Accepted => debug!(target: TARGET, source, outcome, "claimed"),
        DeliveryOutcome::Duplicate
        | DeliveryOutcome::Requeued
        | DeliveryOutcome::Filtered
        | DeliveryOutcome::InFlight
        | DeliveryOutcome::Rejected => {
            info!(target: TARGET, source, outcome, "not handled");
        }
        DeliveryOutcome::Replayed => warn!(
            target: TARGET, source, outcome,
            "not handled: its signed bytes were handled under another id, which the signature does not cover"
        ),
        // Reported with its cause elsewhere.
        DeliveryOutcome::StoreError => {}
    }
}

pub(super) fn attempted(source: &str, how: AttemptOutcome) {
    ended(source.to_owned(), how);
    let outcome = how.as_str();
    match how {
        AttemptOutcome::Done => debug!(target: TARGET, source, outcome, "handled"),
        _ => warn!(target: TARGET, source, outcome, "handled"),
    }
}

pub(super) fn panicked(source: &str, message: &str) {
    ended(source.to_owned(), AttemptOutcome::Retry);
    count(HANDLER_PANICS, source.to_owned());
    error!(target: TARGET, source, outcome = AttemptOutcome::Retry.as_str(), message, "the handler panicked");
}

/// Counts a duplicate by whether its body equals that of the first delivery.
pub(super) fn compared(source: &str, same_body: bool) {
    if !same_body {
        count(ID_BODY_MISMATCH, source.to_owned());
        info!(target: TARGET, source, "a duplicate has another body than the first");
    }
}

pub(super) fn suspect(source: &str) {
    warn!(target: TARGET, source, "its signed bytes are known under another id, which the signature does not cover");
}

pub(super) fn lease_lost(source: &str, why: &str) {
    count(LEASE_LOST, source.to_owned());
    warn!(target: TARGET, source, why, "the lease was lost while the handler ran: it is cancelled");
}

pub(super) fn stale_finish(source: &str, operation: &str) {
    count(STALE_FINISH, source.to_owned());
    warn!(target: TARGET, source, operation, "another process has taken the delivery over: the outcome is discarded");
}

pub(super) fn commit_failed(source: &str) {
    count(COMMIT_AFTER_SUCCESS_FAILED, source.to_owned());
    error!(target: TARGET, source, "a delivery was handled, but the outcome could not be stored before the lease ended: storing is retried, and the delivery is handled again if another process takes it over");
}

pub(super) fn commit_given_up(source: &str) {
    error!(target: TARGET, source, "a delivery was handled, but the outcome could not be stored within an hour: it may be handled again");
}

pub(super) fn stored_late(source: &str) {
    info!(target: TARGET, source, "the outcome was stored after the lease had ended");
}

/// Logs a retried operation.
pub(super) fn once_more(source: &str, operation: &'static str, cause: &(dyn Error + 'static)) {
    store_error(operation);
    debug!(target: TARGET, source, operation, cause = %Causes::of(cause), "the store failed: retrying");
}

pub(super) fn store_failed(source: &str, operation: &'static str, cause: &(dyn Error + 'static)) {
    store_error(operation);
    error!(target: TARGET, source, operation, cause = %Causes::of(cause), "the store failed");
}
