//! What operators see: counters, and events of `tracing`. Never an id, a tenant or a byte of a body.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use metrics::counter;
use tracing::{debug, error, info, warn};

use crate::telemetry::{ATTEMPTS, COMMIT_AFTER_SUCCESS_FAILED, LEASE_LOST, STALE_FINISH};

/// What became of a delivery when it arrived.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    Accepted,
    Duplicate,
    InFlight,
    Replayed,
    Rejected,
    StoreError,
}

/// How a handler ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Attempted {
    Done,
    Permanent,
    Failed,
    Panicked,
    Stale,
}

pub(super) fn delivered(source: &str, outcome: Outcome) {
    let word = match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Duplicate => "duplicate",
        Outcome::InFlight => "inflight",
        Outcome::Replayed => "replayed",
        Outcome::Rejected => "rejected",
        Outcome::StoreError => "store_error",
    };
    counter!("webhook_deliveries_total", "source" => source.to_owned(), "outcome" => word).increment(1);
    match outcome {
        Outcome::Accepted => debug!(target: TARGET, source, outcome = word, "claimed"),
        Outcome::Duplicate | Outcome::InFlight | Outcome::Rejected => {
            info!(target: TARGET, source, outcome = word, "not handled");
        }
        Outcome::Replayed => warn!(
            target: TARGET, source, outcome = word,
            "not handled: its signed bytes were handled under another id, which the signature does not cover"
        ),
        // Told with its cause.
        Outcome::StoreError => {}
    }
}

pub(super) fn attempted(source: &str, outcome: Attempted) {
    let word = match outcome {
        Attempted::Done => "done",
        Attempted::Permanent => "permanent",
        Attempted::Failed => "failed",
        Attempted::Panicked => "panicked",
        Attempted::Stale => "stale",
    };
    counter!(ATTEMPTS, "source" => source.to_owned(), "outcome" => word).increment(1);
    match outcome {
        Attempted::Done => debug!(target: TARGET, source, outcome = word, "handled"),
        Attempted::Permanent | Attempted::Failed | Attempted::Stale => {
            warn!(target: TARGET, source, outcome = word, "handled");
        }
        Attempted::Panicked => error!(target: TARGET, source, outcome = word, "the handler panicked"),
    }
}

/// A duplicate that was compared with the first.
pub(super) fn compared(source: &str, same_body: bool) {
    if !same_body {
        counter!("webhook_id_body_mismatch_total", "source" => source.to_owned()).increment(1);
        info!(target: TARGET, source, "a duplicate has another body than the first");
    }
}

pub(super) fn suspect(source: &str) {
    warn!(target: TARGET, source, "its signed bytes are known under another id, which the signature does not cover");
}

pub(super) fn lease_lost(source: &str, why: &str) {
    counter!(LEASE_LOST, "source" => source.to_owned()).increment(1);
    warn!(target: TARGET, source, why, "the lease was lost while the handler ran: it is cancelled");
}

pub(super) fn stale_finish(source: &str, operation: &str) {
    counter!(STALE_FINISH, "source" => source.to_owned()).increment(1);
    warn!(target: TARGET, source, operation, "somebody else has taken the delivery over: the finish is discarded");
}

pub(super) fn commit_failed(source: &str) {
    counter!(COMMIT_AFTER_SUCCESS_FAILED, "source" => source.to_owned()).increment(1);
    error!(target: TARGET, source, "a delivery was handled, and the store could not be told: it may be handled again");
}

pub(super) fn told_late(source: &str) {
    info!(target: TARGET, source, "the store knows now that the delivery was handled");
}

/// It is tried again.
pub(super) fn once_more(source: &str, operation: &str, cause: &(dyn Error + 'static)) {
    debug!(target: TARGET, source, operation, cause = %Causes(cause), "the store failed: once more");
}

pub(super) fn store_failed(source: &str, operation: &str, cause: &(dyn Error + 'static)) {
    error!(target: TARGET, source, operation, cause = %Causes(cause), "the store failed");
}

pub(super) fn short_retention(source: &str, kept: Duration, recommended: Duration) {
    let (kept_secs, recommended_secs) = (kept.as_secs(), recommended.as_secs());
    warn!(
        target: TARGET, source, kept_secs, recommended_secs,
        "ids are forgotten soon: what the provider sends again by hand, or after an outage, may be handled twice"
    );
}

/// An error and everything behind it, on one line.
struct Causes<'e>(&'e (dyn Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

const TARGET: &str = "countersign";
