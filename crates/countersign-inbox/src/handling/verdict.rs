use std::time::Duration;

use super::outcome::Outcome;
use super::retry_policy::RetryPolicy;
use crate::inbox_store::Finish;
use crate::ops::{AttemptOutcome, FailureKind};

/// The result of an attempt before the limits are applied.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Done,
    Skip {
        reason: String,
    },
    Retry {
        after: Option<Duration>,
        kind: FailureKind,
        error: String,
    },
    Dead {
        why: DeadReason,
        kind: FailureKind,
        error: String,
    },
    /// The data has a version that the catalogue does not name: the event is tried again, whatever the limits.
    Keep {
        error: String,
    },
    /// The stored request does not verify.
    Unverified {
        error: String,
    },
    GiveBack,
}

/// The reason for which an event became a dead letter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum DeadReason {
    Permanent,
    Attempts,
    Age,
    Crashed,
    Decode,
    UnknownVersion,
}

impl DeadReason {
    /// Returns the metric label.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Permanent => "permanent",
            Self::Attempts => "attempts",
            Self::Age => "age",
            Self::Crashed => "crashed",
            Self::Decode => "decode",
            Self::UnknownVersion => "unknown_version",
        }
    }
}

impl Verdict {
    /// Creates the verdict of data that no handler can take.
    pub(crate) const fn undecodable(error: String) -> Self {
        Self::Dead { why: DeadReason::Decode, kind: FailureKind::Decode, error }
    }

    /// Creates the verdict of data whose version the catalogue does not name.
    pub(crate) const fn of_unknown_version(error: String) -> Self {
        Self::Dead { why: DeadReason::UnknownVersion, kind: FailureKind::UnknownVersion, error }
    }

    /// Applies the limits on attempts and age.
    pub(crate) fn within(self, retries: &RetryPolicy, attempt: u32, age: Duration) -> Self {
        let Self::Retry { kind, error, .. } = &self else { return self };
        let kind = *kind;
        let most = retries.max_attempts;
        if attempt >= most {
            let error = format!("gave up after attempt {attempt} of {most}: {error}");
            return Self::Dead { why: DeadReason::Attempts, kind, error };
        }
        if age >= retries.max_age {
            let (age, limit) = (age.as_secs(), retries.max_age.as_secs());
            let error = format!("gave up after {age} s, with a limit of {limit} s: {error}");
            return Self::Dead { why: DeadReason::Age, kind, error };
        }
        self
    }

    /// Converts the verdict into the finish for the store.
    pub(crate) fn into_finish(self, retries: &RetryPolicy, attempt: u32, random: f64) -> Finish {
        match self {
            Self::Done => Finish::Done,
            Self::Skip { reason } => Finish::Skip { reason: cut(reason) },
            Self::Retry { after, error, .. } => {
                let after = match after {
                    Some(after) => after.min(retries.backoff.longest),
                    None => retries.backoff.delay(attempt, random),
                };
                Finish::Retry { after, error: cut(error) }
            }
            Self::Keep { error } => Finish::Keep { after: KEPT, error: cut(error) },
            Self::Dead { error, .. } => Finish::Dead { error: cut(error) },
            Self::Unverified { error } => Finish::Unverified { error: cut(error) },
            Self::GiveBack => Finish::GiveBack,
        }
    }

    pub(crate) const fn ended(&self) -> AttemptOutcome {
        match self {
            Self::Done => AttemptOutcome::Done,
            Self::Skip { .. } => AttemptOutcome::Skip,
            Self::Retry { .. } => AttemptOutcome::Retry,
            Self::Keep { .. } => AttemptOutcome::Keep,
            Self::Dead { .. } => AttemptOutcome::Dead,
            Self::Unverified { .. } => AttemptOutcome::Unverified,
            Self::GiveBack => AttemptOutcome::GiveBack,
        }
    }

    /// Returns the class of the failure, if it is one.
    pub(crate) const fn failure(&self) -> Option<FailureKind> {
        match self {
            Self::Retry { kind, .. } | Self::Dead { kind, .. } => Some(*kind),
            Self::Keep { .. } => Some(FailureKind::UnknownVersion),
            Self::Unverified { .. } => Some(FailureKind::Verification),
            Self::Done | Self::Skip { .. } | Self::GiveBack => None,
        }
    }

    /// Returns the metric label.
    pub(crate) const fn as_str(&self) -> &'static str {
        self.ended().as_str()
    }
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::Done,
            Outcome::Retry { after, error } => Self::Retry { after, kind: FailureKind::Error, error },
            Outcome::Permanent { error } => {
                Self::Dead { why: DeadReason::Permanent, kind: FailureKind::Permanent, error }
            }
            Outcome::Skip { reason } => Self::Skip { reason },
        }
    }
}

/// Cuts longer errors.
pub(crate) fn cut(mut error: String) -> String {
    let end = (0..=MAX_ERROR.min(error.len())).rev().find(|end| error.is_char_boundary(*end));
    error.truncate(end.unwrap_or(0));
    error
}

const MAX_ERROR: usize = 4096;
/// The time until an event of an unknown version is tried again.
const KEPT: Duration = Duration::from_secs(3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_is_a_dead_letter_with_the_last_error_and_the_limit_where_one_is_reached() {
        let retries =
            RetryPolicy { max_attempts: 3, max_age: Duration::from_secs(60), ..RetryPolicy::default() };
        let kind = FailureKind::Timeout;
        let retry = || Verdict::Retry { after: None, kind, error: "down".to_owned() };
        let within = |attempt, secs| retry().within(&retries, attempt, Duration::from_secs(secs));
        assert_eq!(within(2, 59), retry());
        let error = "gave up after attempt 3 of 3: down".to_owned();
        assert_eq!(within(3, 0), Verdict::Dead { why: DeadReason::Attempts, kind, error });
        let error = "gave up after 61 s, with a limit of 60 s: down".to_owned();
        assert_eq!(within(1, 61), Verdict::Dead { why: DeadReason::Age, kind, error });
        assert_eq!(Verdict::Done.within(&retries, 9, Duration::MAX), Verdict::Done);
    }

    #[test]
    fn a_retry_waits_as_long_as_asked_for_up_to_a_limit_or_as_the_backoff_says() {
        let retries = RetryPolicy::default();
        let finish = |after| {
            let verdict = Verdict::Retry { after, kind: FailureKind::Error, error: String::new() };
            let Finish::Retry { after, .. } = verdict.into_finish(&retries, 2, 0.5) else { panic!() };
            after.as_secs()
        };
        assert_eq!([None, Some(Duration::from_secs(7)), Some(Duration::MAX)].map(finish), [5, 7, 24 * 3600]);
    }

    #[test]
    fn the_reasons_are_those_of_the_list_of_metrics() {
        let deaths = [
            DeadReason::Permanent,
            DeadReason::Attempts,
            DeadReason::Age,
            DeadReason::Crashed,
            DeadReason::Decode,
            DeadReason::UnknownVersion,
        ];
        let metric = crate::telemetry::METRICS.iter().find(|metric| metric.name == crate::telemetry::DEAD);
        let reasons = metric.unwrap().labels.iter().find(|label| label.name == "reason").unwrap().values;
        // Stores count what they cannot read.
        assert_eq!(reasons.strip_suffix(&["unreadable"]), Some(&deaths.map(DeadReason::as_str)[..]));
    }

    #[test]
    fn a_long_error_is_cut_between_characters() {
        let (why, kind) = (DeadReason::Permanent, FailureKind::Permanent);
        let error = Verdict::Dead { why, kind, error: "ü".repeat(MAX_ERROR) };
        let Finish::Dead { error } = error.into_finish(&RetryPolicy::default(), 1, 0.0) else { panic!() };
        assert_eq!(error, "ü".repeat(MAX_ERROR / 2));
    }
}
