use std::time::Duration;

use countersign::ConfigError;

/// The largest number of attempts that a process begins at an endpoint within any period of a length.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RateLimit {
    attempts: u32,
    per: Duration,
}

impl RateLimit {
    /// Creates a limit of so many attempts within any such period.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for 0 or more than 100,000 attempts, and for a period of 0, of more than a day or with a fraction of a
    /// millisecond, because stores keep milliseconds.
    pub fn new(attempts: u32, per: Duration) -> Result<Self, ConfigError> {
        let limit = Self { attempts, per };
        limit.problem().map_or(Ok(limit), |problem| Err(ConfigError::new("rate_limit", problem)))
    }

    /// Returns the number of attempts.
    #[must_use]
    pub const fn attempts(self) -> u32 {
        self.attempts
    }

    /// Returns the period.
    #[must_use]
    pub const fn per(self) -> Duration {
        self.per
    }

    /// Creates a limit that is checked when the inbox starts.
    #[cfg(feature = "runtime")]
    pub(crate) const fn unchecked(attempts: u32, per: Duration) -> Self {
        Self { attempts, per }
    }

    /// Returns the reason why there can be no such limit.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if self.attempts == 0 {
            Some("a rate limit of 0 attempts handles nothing: pause the endpoint instead")
        } else if self.attempts > MOST {
            Some("a rate limit above 100,000 attempts is too large: name a shorter period")
        } else if self.per.is_zero() || self.per > LONGEST {
            Some("the period of a rate limit is more than 0 and at most 1 day")
        } else if !self.per.subsec_nanos().is_multiple_of(1_000_000) {
            Some("the period of a rate limit has a fraction of a millisecond: name whole ones, 1 at least")
        } else {
            None
        }
    }
}

/// Each attempt within the period takes 16 bytes.
const MOST: u32 = 100_000;
const LONGEST: Duration = Duration::from_secs(24 * 3600);
