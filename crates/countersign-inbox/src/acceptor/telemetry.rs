use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use countersign::__private::Causes;
use countersign::ErrorKind;
use metrics::{SharedString, counter, histogram};
use tracing::{debug, error, info, warn};

use super::answer::NotStored;
use crate::event::EventId;
use crate::inbox_store::Accepted;
use crate::telemetry::{
    ACCEPT_DURATION, DeliveryOutcome, FILTERED, ID_BODY_MISMATCH, TARGET, arrived, count, store_error,
};

/// Metrics and log events of one endpoint, without secrets, signatures or bytes of a body.
#[derive(Clone, Debug)]
pub(super) struct Telemetry {
    source: Arc<str>,
}

impl Telemetry {
    pub(super) fn new(source: &str) -> Self {
        Self { source: source.into() }
    }

    /// Records the result of the store.
    pub(super) fn answered(&self, answer: &Result<Accepted, NotStored>, took: Duration) {
        let source = &*self.source;
        histogram!(ACCEPT_DURATION, "source" => self.label()).record(took);
        match answer {
            Ok(Accepted::New { id, is_suspect }) => {
                self.arrived(DeliveryOutcome::Accepted);
                if *is_suspect {
                    warn!(target: TARGET, source, event = id.get(), "stored, though its signed bytes are known under another id");
                } else {
                    debug!(target: TARGET, source, event = id.get(), "stored");
                }
            }
            Ok(Accepted::Duplicate { id, state, same_body }) => {
                self.arrived(DeliveryOutcome::Duplicate);
                debug!(target: TARGET, source, event = id.get(), state = state.as_str(), same_body, "duplicate");
                if !same_body {
                    count(ID_BODY_MISMATCH, self.label());
                    info!(target: TARGET, source, event = id.get(), "a duplicate has another body than the stored event");
                }
            }
            Ok(Accepted::Requeued { id }) => {
                self.arrived(DeliveryOutcome::Requeued);
                info!(target: TARGET, source, event = id.get(), "a duplicate has requeued a dead letter");
            }
            Ok(Accepted::Replayed) => {
                self.arrived(DeliveryOutcome::Replayed);
                warn!(target: TARGET, source, "not stored: its signed bytes are known under another id");
            }
            Err(NotStored::InFlight(id)) => {
                self.arrived(DeliveryOutcome::InFlight);
                info!(
                    target: TARGET,
                    source,
                    event = id.get(),
                    "not acknowledged: its event is being handled, and the stored request does not verify with the present secrets, so \
                     that the provider has to send it again"
                );
            }
            Err(NotStored::Store(error)) => {
                store_error("accept");
                self.failed(error);
            }
        }
    }

    /// Records that a duplicate has replaced the request of its event.
    pub(super) fn replaced(&self, id: EventId) {
        info!(
            target: TARGET,
            source = &*self.source,
            event = id.get(),
            "a duplicate has replaced the request of an event that waits, which does not verify with the present secrets"
        );
    }

    /// Records that a duplicate may not replace the request of its event, although that does not verify.
    pub(super) fn not_replaced(&self, id: EventId, kind: ErrorKind) {
        warn!(
            target: TARGET,
            source = &*self.source,
            event = id.get(),
            kind = kind.as_str(),
            "the stored request of a duplicate does not verify, and stays: the duplicate has another body or type, and its \
             signature does not cover that and the id; add the secret that signed the event again, with \
             `SecretSet::and_env` or `SecretSet::with_until`"
        );
    }

    /// Records that the store did not replace the request of an event, although it waits.
    pub(super) fn never_replaced(&self, id: EventId) {
        warn!(
            target: TARGET,
            source = &*self.source,
            event = id.get(),
            "the stored request of a duplicate does not verify, and the store has not replaced it: does it implement both \
             `InboxStore::stored_request` and `InboxStore::replace_request`? Add the secret that signed the event again, with \
             `SecretSet::and_env` or `SecretSet::with_until`"
        );
    }

    /// Records that a rule of the endpoint leaves the delivery out.
    pub(super) fn filtered(&self, rule: &Arc<str>) {
        self.arrived(DeliveryOutcome::Filtered);
        counter!(FILTERED, "source" => self.label(), "rule" => SharedString::from(Arc::clone(rule)))
            .increment(1);
        debug!(target: TARGET, source = &*self.source, rule = &**rule, "left out");
    }

    /// Records that the store failed.
    pub(super) fn failed(&self, error: &(dyn Error + 'static)) {
        self.arrived(DeliveryOutcome::StoreError);
        let cause = tracing::field::display(Causes::of(error));
        error!(target: TARGET, source = &*self.source, cause, "not stored");
    }

    /// Records that the provider is answered before the store.
    pub(super) fn late(&self, deadline: Duration) {
        self.arrived(DeliveryOutcome::StoreError);
        let millis = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
        error!(target: TARGET, source = &*self.source, deadline_ms = millis, "the store did not answer before the deadline");
    }

    /// Records that the delivery was refused without an attempt to store it.
    pub(super) fn refused(&self, kind: ErrorKind) {
        self.arrived(DeliveryOutcome::Rejected);
        warn!(target: TARGET, source = &*self.source, kind = kind.as_str(), "rejected");
    }

    pub(super) fn arrived(&self, outcome: DeliveryOutcome) {
        arrived(self.label(), outcome);
    }

    fn label(&self) -> SharedString {
        Arc::clone(&self.source).into()
    }
}
