use std::time::Duration;

use countersign::Provider;
use fastrand::Rng;

/// The rules by which a provider delivers an event.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DeliveryPolicy {
    /// The delays before retries.
    pub retries: RetrySchedule,
    /// The time from the event to its last attempt, if the provider limits it.
    pub window: Option<Duration>,
    /// The time within which the receiver must respond.
    pub ack_limit: Duration,
    /// Whether attempts at one endpoint never overlap.
    pub one_at_a_time: bool,
    /// The time of uninterrupted failures after which an endpoint is disabled, if the provider disables any.
    pub disable_after: Option<Duration>,
}

/// The delays before retries, each counted from the end of the attempt before it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RetrySchedule {
    /// These delays.
    Fixed(Vec<Duration>),
    /// Exponential backoff with full jitter: a delay is drawn between zero and a bound that doubles with each retry.
    Backoff {
        /// The bound before the first retry.
        base: Duration,
        /// The largest bound.
        cap: Duration,
        /// The number of retries.
        retries: u32,
    },
}

impl DeliveryPolicy {
    /// Creates a policy with these retries, and 15 s for a response.
    #[must_use]
    pub const fn new(retries: RetrySchedule) -> Self {
        Self { retries, window: None, ack_limit: DEFAULT_ACK, one_at_a_time: false, disable_after: None }
    }

    /// Returns the policy that a declaration documents. Without documented retries there are none.
    pub(super) fn documented(provider: &Provider) -> Self {
        let documented = provider.retries.unwrap_or_default();
        let delays: Vec<_> = provider.retry_delays_secs.iter().copied().map(Duration::from_secs).collect();
        let retries = match documented.attempts {
            Some(attempts) if delays.is_empty() => RetrySchedule::Backoff {
                base: BASE,
                cap: documented.window_secs.map_or(CAP, |secs| Duration::from_secs(secs / 2)),
                retries: attempts.saturating_sub(1).min(MAX_RETRIES),
            },
            _ => RetrySchedule::Fixed(delays),
        };
        let mut policy = Self::new(retries);
        policy.window = documented.window_secs.map(Duration::from_secs);
        policy.ack_limit = documented.ack_secs.map_or(DEFAULT_ACK, Duration::from_secs);
        policy
    }

    /// Sets the time within which the receiver must respond.
    #[must_use]
    pub fn with_ack_limit(self, limit: Duration) -> Self {
        Self { ack_limit: limit, ..self }
    }

    /// Sets the time from the event to its last attempt.
    #[must_use]
    pub fn with_window(self, window: Duration) -> Self {
        Self { window: Some(window), ..self }
    }

    /// Never sends two attempts to an endpoint at the same time.
    #[must_use]
    pub fn one_at_a_time(self) -> Self {
        Self { one_at_a_time: true, ..self }
    }

    /// Disables an endpoint after this time of uninterrupted failures.
    #[must_use]
    pub fn disabling_after(self, time: Duration) -> Self {
        Self { disable_after: Some(time), ..self }
    }

    /// Returns the largest number of attempts at an event, including the first.
    #[must_use]
    pub fn max_attempts(&self) -> u32 {
        let retries = match &self.retries {
            RetrySchedule::Fixed(delays) => u32::try_from(delays.len()).unwrap_or(u32::MAX),
            RetrySchedule::Backoff { retries, .. } => *retries,
        };
        retries.saturating_add(1)
    }

    /// Returns the delay before a retry; the first one has the number 1.
    pub(super) fn delay(&self, retry: u32, random: &mut Rng) -> Option<Duration> {
        match &self.retries {
            RetrySchedule::Fixed(delays) => delays.get(usize::try_from(retry.checked_sub(1)?).ok()?).copied(),
            RetrySchedule::Backoff { base, cap, retries } => (retry <= *retries).then(|| {
                let doubled = base.saturating_mul(1_u32.checked_shl(retry - 1).unwrap_or(u32::MAX));
                doubled.min(*cap).mul_f64(random.f64())
            }),
        }
    }
}

/// The limit of Svix.
const DEFAULT_ACK: Duration = Duration::from_secs(15);
const BASE: Duration = Duration::from_secs(30);
const CAP: Duration = Duration::from_secs(12 * 3600);
/// Some declarations have a number of attempts that only bounds a window of days.
const MAX_RETRIES: u32 = 50;
