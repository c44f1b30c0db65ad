use std::time::Duration;

use super::backoff::Backoff;

/// The limits on the attempts of an event, and the delays between them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryPolicy {
    pub(crate) backoff: Backoff,
    pub(crate) max_attempts: u32,
    pub(crate) max_age: Duration,
}

/// The limits and delays that an endpoint or a subscription sets. The others are those of the inbox.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct RetryOptions {
    pub(crate) backoff: Option<Backoff>,
    pub(crate) max_attempts: Option<u32>,
    pub(crate) max_age: Option<Duration>,
}

impl RetryPolicy {
    /// Returns the pause of an isolated event after it crashed the process: long enough that the process is not kept
    /// busy with restarts, and at most the delay after a first failure.
    pub(crate) fn isolated_pause(&self) -> Duration {
        self.backoff.base.min(MAX_ISOLATED_PAUSE)
    }

    /// Returns the upper bound for a valid delay.
    pub(crate) fn horizon(&self) -> Duration {
        self.backoff.longest.max(self.backoff.cap).max(WEEK)
    }

    /// Returns the option that cannot be right, and why.
    pub(crate) fn problem(&self) -> Option<(&'static str, &'static str)> {
        if self.backoff.base.is_zero() {
            let problem =
                "without a pause, events that fail keep the worker busy: use some milliseconds at least";
            Some(("backoff.base", problem))
        } else if self.backoff.cap < self.backoff.base {
            Some(("backoff.cap", "the cap is below the base: exchange them"))
        } else if self.max_attempts == 0 {
            Some(("max_attempts", "without attempts, every event is a dead letter: 1 at least"))
        } else if self.max_age.is_zero() {
            Some((
                "max_age",
                "with an age of 0, the first failure is the last: limit the attempts to 1 for that",
            ))
        } else {
            None
        }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { backoff: Backoff::default(), max_attempts: 12, max_age: Duration::from_secs(3 * 24 * 3600) }
    }
}

impl RetryOptions {
    /// Adds those of the inbox.
    pub(crate) fn or(&self, inbox: &RetryPolicy) -> RetryPolicy {
        RetryPolicy {
            backoff: self.backoff.unwrap_or(inbox.backoff),
            max_attempts: self.max_attempts.unwrap_or(inbox.max_attempts),
            max_age: self.max_age.unwrap_or(inbox.max_age),
        }
    }
}

const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
const MAX_ISOLATED_PAUSE: Duration = Duration::from_secs(5);
