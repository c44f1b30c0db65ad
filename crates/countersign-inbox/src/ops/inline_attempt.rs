use std::time::Duration;

use countersign::UnixTime;

use super::{AttemptOutcome, FailureKind};

/// An ended attempt of a handler in [inline mode](crate::inline::Deduplicator), as its process has counted it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InlineAttempt {
    /// The slug of the provider.
    pub provider: String,
    /// The tenant.
    pub tenant: Option<String>,
    /// The provider's id of the delivery.
    pub external_id: Option<String>,
    /// The type of the event.
    pub event_type: Option<String>,
    /// The fence of the claim, which grows with each attempt at a delivery; `None` for a delivery without an id, which is not
    /// claimed.
    pub fence: Option<u64>,
    /// The time that the handler has taken.
    pub took: Duration,
    /// The outcome: [done](AttemptOutcome::Done), [dead](AttemptOutcome::Dead) after a response that is
    /// [permanent](crate::inline::DeduplicatorBuilder::with_permanent_statuses), [retry](AttemptOutcome::Retry) after any other
    /// failure, because the provider sends the delivery again, or [lost](AttemptOutcome::Lost).
    pub outcome: AttemptOutcome,
    /// The class of the failure, if it failed.
    pub failure: Option<FailureKind>,
    /// The status of the handler's response, if there was one.
    pub code: Option<u16>,
    /// The error, if it failed.
    pub error: Option<String>,
    /// The name of the process.
    pub worker: String,
}

/// A stored attempt of a handler in inline mode.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredInlineAttempt {
    /// The id of the row.
    pub id: i64,
    /// The name of the endpoint.
    pub source: String,
    /// The time at which it ended, by the clock of the store.
    pub ended_at: UnixTime,
    /// The attempt.
    pub attempt: InlineAttempt,
}

/// A selection of attempts in inline mode. All set fields must match; an empty filter selects all of them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct InlineFilter {
    /// The name of the endpoint.
    pub source: Option<String>,
    /// Only those that [have failed](AttemptOutcome::is_failure).
    pub has_failed: bool,
}

impl InlineAttempt {
    /// Returns whether it [has failed](AttemptOutcome::is_failure), and is counted in the
    /// [kinds of errors](crate::OpsStore::errors).
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.outcome.is_failure()
    }
}

impl InlineFilter {
    /// Returns whether an attempt at this endpoint is selected.
    #[must_use]
    pub fn has(&self, source: &str, attempt: &InlineAttempt) -> bool {
        self.source.as_deref().is_none_or(|wanted| wanted == source)
            && (!self.has_failed || attempt.has_failed())
    }
}
