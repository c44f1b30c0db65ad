use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countersign::{Delivery, ErrorKind, RejectionStyle};
use http::{Response, StatusCode};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::in_flight::InFlight;
use super::running::Running;
use super::telemetry;
use super::unsettled::Unsettled;
use crate::identity::IdentityPolicy;
use crate::ops::{AttemptOutcome, InlineAttempt};
use crate::recorder::{Recorder, SuccessSampler};
use crate::statistics::RejectionSample;
use crate::store::DedupeStore;
use crate::telemetry::DeliveryOutcome;

/// The state that clones of a [`Deduplicator`](super::Deduplicator) share.
pub(super) struct Shared {
    pub(super) store: Arc<dyn DedupeStore>,
    pub(super) identity: IdentityPolicy,
    pub(super) style: RejectionStyle,
    pub(super) options: Options,
    pub(super) in_flight: InFlight,
    pub(super) running: Running,
    pub(super) unsettled: Unsettled,
    pub(super) tasks: TaskTracker,
    pub(super) recorder: Option<Arc<Recorder>>,
    pub(super) successes: SuccessSampler,
}

impl Shared {
    pub(super) fn source(&self) -> &str {
        self.identity.name()
    }

    /// Counts a delivery that this key has verified.
    pub(super) fn delivered(&self, key: &str, outcome: DeliveryOutcome) {
        telemetry::delivered(self.source(), outcome);
        let is_new = match outcome {
            DeliveryOutcome::Accepted => true,
            DeliveryOutcome::Duplicate | DeliveryOutcome::Requeued | DeliveryOutcome::Replayed => false,
            DeliveryOutcome::Filtered
            | DeliveryOutcome::InFlight
            | DeliveryOutcome::Rejected
            | DeliveryOutcome::StoreError => return,
        };
        if let Some(recorder) = &self.recorder {
            recorder.delivered(self.source(), key, is_new);
        }
    }

    /// Counts a verified delivery that is refused because it has no id. Its head is not known here.
    pub(super) fn record_missing_id(&self, delivery: &Delivery) {
        if let Some(recorder) = &self.recorder {
            let (kind, cause) = (ErrorKind::MissingId, "the delivery is verified and has no id");
            let sample = || RejectionSample::new(kind.as_str(), cause, String::new());
            recorder.rejected(self.source(), &delivery.provider().slug, kind, sample);
        }
    }

    /// Counts an attempt that has ended now. Failures have a row, and so do the successes that the rate admits.
    pub(super) fn record_attempt(&self, attempt: InlineAttempt) {
        if let Some(recorder) = &self.recorder {
            let is_recorded =
                attempt.outcome != AttemptOutcome::Done || self.successes.admits(Instant::now());
            recorder.attempted_inline(self.source(), attempt, is_recorded);
        }
    }
}

/// The policy for verified deliveries without an id. [`IdentityPolicy::with_body_as_id`] is an alternative.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum MissingId {
    /// Handles each of them. The default: two pings with the same body are two events.
    #[default]
    NewEveryTime,
    /// Rejects them with 400, for providers that always send an id.
    Reject,
}

/// The settings of a [`Deduplicator`](super::Deduplicator).
pub(super) struct Options {
    pub(super) lease: Duration,
    pub(super) coalesce_wait: Duration,
    pub(super) store_timeout: Duration,
    pub(super) retry_after: Duration,
    pub(super) missing_id: Option<MissingId>,
    pub(super) permanent: Vec<StatusCode>,
    pub(super) duplicate_response: Response<Bytes>,
    /// The name of the process that operators see.
    pub(super) name: String,
    /// The number of successes per second that leave a row.
    pub(super) recorded_successes: u32,
}
