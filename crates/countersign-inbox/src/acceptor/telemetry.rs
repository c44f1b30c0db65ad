use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::ErrorKind;
use metrics::{SharedString, counter, histogram};
use tracing::{debug, error, info, warn};

use crate::inbox::Accepted;
use crate::store::StoreError;
use crate::telemetry::{ACCEPT_SECONDS, DELIVERIES, ID_BODY_MISMATCH};

/// What operators see of one endpoint: never a secret, a signature or a byte of a body.
#[derive(Clone, Debug)]
pub(super) struct Telemetry {
    source: Arc<str>,
}

impl Telemetry {
    pub(super) fn new(source: &str) -> Self {
        Self { source: source.into() }
    }

    /// Allowed, but short.
    pub(super) fn short_retention(&self, kept: Duration, recommended: Duration) {
        let (kept_secs, recommended_secs) = (kept.as_secs(), recommended.as_secs());
        warn!(
            target: TARGET, source = &*self.source, kept_secs, recommended_secs,
            "ids are forgotten soon: what the provider sends again by hand, or after an outage, may be handled twice"
        );
    }

    /// What the store has said.
    pub(super) fn answered(&self, answer: &Result<Accepted, StoreError>, took: Duration) {
        let source = &*self.source;
        histogram!(ACCEPT_SECONDS, "source" => self.label()).record(took);
        match answer {
            Ok(Accepted::New { id, is_suspect }) => {
                self.count("accepted");
                if *is_suspect {
                    warn!(target: TARGET, source, event = id.get(), "stored, though its signed bytes are known under another id");
                } else {
                    debug!(target: TARGET, source, event = id.get(), "stored");
                }
            }
            Ok(Accepted::Duplicate { id, state, same_body }) => {
                self.count("duplicate");
                debug!(target: TARGET, source, event = id.get(), state = state.as_str(), same_body, "duplicate");
                if !same_body {
                    counter!(ID_BODY_MISMATCH, "source" => self.label()).increment(1);
                    info!(target: TARGET, source, event = id.get(), "a duplicate has another body than what is stored");
                }
            }
            Ok(Accepted::Requeued { id }) => {
                self.count("requeued");
                info!(target: TARGET, source, event = id.get(), "a duplicate has brought a dead letter back");
            }
            Ok(Accepted::Replayed) => {
                self.count("replayed");
                warn!(target: TARGET, source, "not stored: its signed bytes are known under another id");
            }
            Err(error) => self.failed(error),
        }
    }

    /// The store has no answer for it.
    pub(super) fn failed(&self, error: &(dyn Error + 'static)) {
        self.count("store_error");
        let cause = tracing::field::display(Causes(error));
        error!(target: TARGET, source = &*self.source, cause, "not stored");
    }

    /// The provider is not kept waiting any longer.
    pub(super) fn late(&self, deadline: Duration) {
        self.count("store_error");
        let millis = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
        error!(target: TARGET, source = &*self.source, deadline_ms = millis, "the store is late");
    }

    /// It was not even tried.
    pub(super) fn refused(&self, kind: ErrorKind) {
        self.count("rejected");
        warn!(target: TARGET, source = &*self.source, kind = kind.as_str(), "rejected");
    }

    pub(super) fn count(&self, outcome: &'static str) {
        counter!(DELIVERIES, "source" => self.label(), "outcome" => outcome).increment(1);
    }

    fn label(&self) -> SharedString {
        Arc::clone(&self.source).into()
    }
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
