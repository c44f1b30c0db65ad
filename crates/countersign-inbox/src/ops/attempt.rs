use std::fmt;
use std::time::Duration;

use countersign::UnixTime;
use serde::{Deserialize, Serialize};

/// A finished or lost attempt at an event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attempt {
    /// The number of the attempt since the event was stored or replayed.
    pub attempt: u32,
    /// The fence of the attempt.
    pub fence: u64,
    /// The time of the claim, by the clock of the store. `None` if it was stored by a version that did not record it.
    pub started_at: Option<UnixTime>,
    /// The time of the finish, by the clock of the store. A lost attempt ends with its lease, or when the store detects
    /// that its holder is gone.
    pub ended_at: UnixTime,
    /// The outcome.
    pub outcome: AttemptOutcome,
    /// The class of the failure, if it failed.
    pub failure: Option<FailureKind>,
    /// The response code of another system, if the handler has [set one](crate::Context::set_response_code).
    pub code: Option<u16>,
    /// The error, or the reason for skipping the event.
    pub error: Option<String>,
    /// The name of the worker.
    pub worker: Option<String>,
    /// The actor of the latest replay before the attempt; for a duplicate of a dead letter, the slug of its provider.
    pub replayed_by: Option<String>,
}

/// The outcome of an attempt, in the store and as a label of metrics.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum AttemptOutcome {
    /// The event was handled.
    Done,
    /// The event needed no handling.
    Skip,
    /// The event was retried later.
    Retry,
    /// The event has a version that the program does not know, and was kept: the attempt did not count.
    Keep,
    /// The event became a dead letter.
    Dead,
    /// The worker shut down and returned the event: the attempt did not count.
    GiveBack,
    /// The stored request did not verify: the attempt did not count.
    Unverified,
    /// The process crashed, or the lease expired, before the attempt had a result.
    Lost,
}

/// The class of a failure. It does not depend on the text of the error.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The handler returned an error.
    Error,
    /// The handler returned a [permanent](crate::Outcome::Permanent) failure.
    Permanent,
    /// The handler panicked.
    Panic,
    /// The handler took longer than its timeout.
    Timeout,
    /// The data has another shape than the type of the handler, or no type.
    Decode,
    /// The data has a version that the catalogue does not name.
    UnknownVersion,
    /// The preceding attempts ended without an outcome.
    Crash,
    /// The stored request was not verified again.
    Verification,
    /// The stored request cannot be read.
    Unreadable,
}

impl Attempt {
    /// Returns the time from the claim to the finish. `None` if the start is unknown.
    #[must_use]
    pub fn duration(&self) -> Option<Duration> {
        self.started_at.map(|started_at| self.ended_at.saturating_duration_since(started_at))
    }
}

impl AttemptOutcome {
    /// All outcomes.
    pub const ALL: [Self; 8] = [
        Self::Done,
        Self::Skip,
        Self::Retry,
        Self::Keep,
        Self::Dead,
        Self::GiveBack,
        Self::Unverified,
        Self::Lost,
    ];

    /// Returns the name in the store, in output and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skip => "skip",
            Self::Retry => "retry",
            Self::Keep => "keep",
            Self::Dead => "dead",
            Self::GiveBack => "give_back",
            Self::Unverified => "unverified",
            Self::Lost => "lost",
        }
    }

    /// Returns the outcome with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }

    /// Returns whether such an attempt ends its event as done. Those above a
    /// [rate](crate::InboxBuilder::with_recorded_successes) leave no row.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self, Self::Done | Self::Skip)
    }

    /// Returns whether such an attempt is among the [kinds of failures](crate::OpsStore::errors).
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Retry | Self::Keep | Self::Dead | Self::Unverified)
    }

    /// Returns whether such an attempt has an error or a reason.
    #[must_use]
    pub const fn has_error(self) -> bool {
        matches!(self, Self::Skip | Self::Retry | Self::Keep | Self::Dead | Self::Unverified)
    }
}

impl fmt::Display for AttemptOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FailureKind {
    /// All classes.
    pub const ALL: [Self; 9] = [
        Self::Error,
        Self::Permanent,
        Self::Panic,
        Self::Timeout,
        Self::Decode,
        Self::UnknownVersion,
        Self::Crash,
        Self::Verification,
        Self::Unreadable,
    ];

    /// Returns the name in the store and in output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Permanent => "permanent",
            Self::Panic => "panic",
            Self::Timeout => "timeout",
            Self::Decode => "decode",
            Self::UnknownVersion => "unknown_version",
            Self::Crash => "crash",
            Self::Verification => "verification",
            Self::Unreadable => "unreadable",
        }
    }

    /// Returns the class with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_name_is_that_of_one_value_in_every_form() {
        for outcome in AttemptOutcome::ALL {
            assert_eq!(AttemptOutcome::from_name(outcome.as_str()), Some(outcome));
            assert_eq!(json!(outcome), json!(outcome.as_str()));
        }
        for kind in FailureKind::ALL {
            assert_eq!(FailureKind::from_name(kind.as_str()), Some(kind));
            assert_eq!(json!(kind), json!(kind.as_str()));
        }
        assert_eq!((AttemptOutcome::from_name("other"), FailureKind::from_name("")), (None, None));
    }
}
