use std::time::Duration;

/// The delay of a failed event: a random part of `min(cap, base · 2ⁿ)` ("full jitter"), so that events that failed
/// together do not come back together. The store keeps the due time, so it survives the process.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Backoff {
    pub(crate) base: Duration,
    pub(crate) cap: Duration,
    pub(crate) longest: Duration,
}

impl Backoff {
    /// Creates a backoff of up to `base` after the first attempt, twice as long after each further one, and at most
    /// `cap`.
    #[must_use]
    pub const fn new(base: Duration, cap: Duration) -> Self {
        Self { base, cap, longest: Duration::from_secs(24 * 3600) }
    }

    /// Sets the longest delay that a handler may request with [`Outcome::retry_after`](super::Outcome::retry_after).
    /// The default is 24 hours.
    #[must_use]
    pub const fn with_longest(self, longest: Duration) -> Self {
        Self { longest, ..self }
    }

    /// Returns the longest delay after this attempt; the first is 1.
    #[must_use]
    pub fn ceiling(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(63);
        let nanos = self.base.as_nanos().saturating_mul(1u128 << doublings);
        if nanos >= self.cap.as_nanos() {
            return self.cap;
        }
        u64::try_from(nanos).map_or(self.cap, Duration::from_nanos)
    }

    /// Returns the delay after this attempt, for a random number from 0 to 1.
    #[must_use]
    pub fn delay(&self, attempt: u32, random: f64) -> Duration {
        let ceiling = self.ceiling(attempt);
        let secs = ceiling.as_secs_f64() * random.clamp(0.0, 1.0);
        Duration::try_from_secs_f64(secs).map_or(ceiling, |delay| delay.min(ceiling))
    }
}

impl Default for Backoff {
    /// Returns a backoff from 5 s, the time of a restart, to 1 h: 12 attempts take a little more than an hour.
    fn default() -> Self {
        Self::new(Duration::from_secs(5), Duration::from_secs(3600))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    proptest! {
        #[test]
        fn a_delay_is_within_its_ceiling(
            base in any::<Duration>(),
            cap in any::<Duration>(),
            attempt in any::<u32>(),
            random in any::<f64>(),
        ) {
            let backoff = Backoff::new(base, cap);
            let (delay, ceiling) = (backoff.delay(attempt, random), backoff.ceiling(attempt));
            prop_assert!(delay <= ceiling && ceiling <= cap, "{delay:?} {ceiling:?}");
            prop_assert!(ceiling <= backoff.ceiling(attempt.saturating_add(1)));
            prop_assert_eq!(backoff.delay(attempt, 0.0), Duration::ZERO);
        }

        #[test]
        fn a_delay_is_any_part_of_its_ceiling(base in 1u64..1 << 30, attempt in 1u32..20, random in 0.0..=1.0) {
            let backoff = Backoff::new(Duration::from_millis(base), Duration::from_secs(3600));
            let part = backoff.delay(attempt, random).as_secs_f64() / backoff.ceiling(attempt).as_secs_f64();
            prop_assert!((part - random).abs() < 1e-5, "{part}");
        }

        #[test]
        fn a_ceiling_doubles_until_the_cap(base in 1u64..1000, attempt in 1u32..20) {
            let backoff = Backoff::new(Duration::from_millis(base), Duration::from_secs(1 << 40));
            prop_assert_eq!(backoff.ceiling(attempt + 1), backoff.ceiling(attempt) * 2);
        }
    }

    #[test]
    fn the_defaults_are_five_seconds_to_one_hour() {
        let ceilings =
            [1, 2, 10, 11, 12, u32::MAX].map(|attempt| Backoff::default().ceiling(attempt).as_secs());
        assert_eq!(ceilings, [5, 10, 2560, 3600, 3600, 3600]);
    }
}
