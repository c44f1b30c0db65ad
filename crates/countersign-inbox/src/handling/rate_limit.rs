use std::time::Duration;

/// The largest number of attempts that a process begins at an endpoint within any period of a length.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct RateLimit {
    pub(crate) attempts: u32,
    pub(crate) per: Duration,
}

impl RateLimit {
    /// Returns the reason why there can be no such limit.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if self.attempts == 0 {
            Some("a rate limit of 0 attempts handles nothing: pause the endpoint instead")
        } else if self.attempts > MOST {
            Some("a rate limit above 100,000 attempts is too large: name a shorter period")
        } else if self.per.is_zero() || self.per > LONGEST {
            Some("the period of a rate limit is more than 0 and at most 1 day")
        } else {
            None
        }
    }
}

/// Each attempt within the period takes 16 bytes.
const MOST: u32 = 100_000;
const LONGEST: Duration = Duration::from_secs(24 * 3600);
