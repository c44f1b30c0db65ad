//! The time for which ids must be remembered.

use std::time::Duration;

use countersign::{ConfigError, Provider};

/// Computes how long the ids of a provider must be remembered, from its retry policy.
///
/// An id that is forgotten too early lets a duplicate through as new.
#[derive(Clone, Debug)]
pub struct Retention {
    slug: String,
    acceptance: Duration,
    recommended: Duration,
}

impl Retention {
    /// The default retention of stores, 30 days, which covers deliveries that are resent manually.
    pub const DEFAULT: Duration = Duration::from_secs(30 * DAY);

    /// Creates the retention for this provider. If the verifier has its own tolerance, pass [its
    /// provider](countersign::Verifier::provider).
    #[must_use]
    pub fn of(provider: &Provider) -> Self {
        let retries = retry_window(provider).unwrap_or_default();
        let acceptance = replay_window(provider).unwrap_or_default().max(retries);
        let recommended = acceptance.max(retries.saturating_mul(2)).max(WEEK);
        Self { slug: provider.slug.clone().into_owned(), acceptance, recommended }
    }

    /// Returns the time within which a genuine delivery can arrive again: the longer one of the provider's retry
    /// window and the window that the tolerance of the timestamp allows.
    ///
    /// Without a timestamp, or without a bound on it, a recorded delivery can be replayed for ever, and the stored
    /// ids are the only protection; the result then covers only the retries.
    #[must_use]
    pub const fn acceptance_window(&self) -> Duration {
        self.acceptance
    }

    /// Returns twice the provider's retry window, and at least 7 days, to allow for outages and wrong clocks.
    #[must_use]
    pub const fn recommended(&self) -> Duration {
        self.recommended
    }

    /// Checks that it is sufficient to remember ids for as long as `kept`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if that is shorter than the [acceptance window](Self::acceptance_window).
    pub fn check(&self, kept: Duration) -> Result<(), ConfigError> {
        if kept >= self.acceptance {
            return Ok(());
        }
        let problem = format!(
            "ids are remembered for {}, and {} may send a delivery again for {}: it would be handled twice; let the \
             store remember for {} or more",
            duration_text(kept),
            self.slug,
            duration_text(self.acceptance),
            duration_text(self.recommended),
        );
        Err(ConfigError::new("retention", problem))
    }
}

/// Returns the time from the event to the last attempt.
fn retry_window(provider: &Provider) -> Option<Duration> {
    Some(Duration::from_secs(provider.retries?.window_secs?))
}

/// Returns the time for which one delivery is accepted: from the largest lead to the largest age of its timestamp.
fn replay_window(provider: &Provider) -> Option<Duration> {
    let tolerance = provider.scheme.timestamp.as_ref()?.tolerance;
    let age = provider.scheme.jwt.as_ref().and_then(|rules| rules.max_age_secs).unwrap_or(0);
    let secs = tolerance.past()?.saturating_add(tolerance.future()?).saturating_add(age);
    Some(Duration::from_secs(secs))
}

fn duration_text(duration: Duration) -> String {
    match duration.as_secs() {
        secs if secs > 0 && secs % DAY == 0 => format!("{} d", secs / DAY),
        secs if secs > 0 && secs % HOUR == 0 => format!("{} h", secs / HOUR),
        _ => format!("{} s", duration.as_secs_f64()),
    }
}

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const WEEK: Duration = Duration::from_secs(7 * DAY);

#[cfg(test)]
mod tests {
    use countersign::scheme::{Encoding, Location, Scheme, SignatureField, TimestampFormat};
    use countersign::{Retries, Tolerance, providers};

    use super::*;

    #[test]
    fn the_catalogue_is_covered_by_the_default_and_by_what_is_recommended() {
        let mut with_retries = 0;
        for provider in providers::all() {
            let retention = Retention::of(provider);
            let slug = &provider.slug;
            assert!(retention.recommended() >= WEEK, "{slug}");
            assert!(retention.recommended() >= retention.acceptance_window(), "{slug}");
            assert!(retention.check(Retention::DEFAULT).is_ok(), "{slug}");
            assert!(retention.check(retention.recommended()).is_ok(), "{slug}");
            if let Some(window) = provider.retries.and_then(|retries| retries.window_secs) {
                with_retries += 1;
                let window = Duration::from_secs(window);
                assert!(retention.acceptance_window() >= window, "{slug}");
                assert!(retention.recommended() >= window * 2, "{slug}");
                assert!(retention.check(window - Duration::from_secs(1)).is_err(), "{slug}");
            }
        }
        assert!(with_retries >= 7, "{with_retries}");
    }

    #[test]
    fn the_longer_one_of_retries_and_tolerance_counts() {
        let of = |tolerance, window_secs: Option<u64>| {
            let scheme =
                SCHEME.with_timestamp(Location::header("x-time"), TimestampFormat::Seconds, tolerance);
            let mut provider = Provider::new("p", "P", scheme);
            provider.retries = window_secs.map(Retries::for_secs);
            let retention = Retention::of(&provider);
            (retention.acceptance_window().as_secs(), retention.recommended().as_secs())
        };
        assert_eq!(of(Tolerance::between(300, 60), None), (360, 7 * DAY));
        assert_eq!(of(Tolerance::seconds(300), Some(4 * HOUR)), (4 * HOUR, 7 * DAY));
        assert_eq!(of(Tolerance::seconds(300), Some(5 * DAY)), (5 * DAY, 10 * DAY));
        assert_eq!(of(Tolerance::seconds(5 * DAY), Some(DAY)), (10 * DAY, 10 * DAY));
        assert_eq!(of(Tolerance::seconds(300).insecure_any_future(), Some(60)), (60, 7 * DAY));
        assert_eq!(of(Tolerance::seconds(u64::MAX), None).0, u64::MAX);
        assert_eq!(Retention::of(&Provider::new("p", "P", SCHEME)).acceptance_window(), Duration::ZERO);
    }

    #[test]
    fn a_refusal_says_why_and_what_cures_it() {
        let acme = Provider::new("acme", "Acme", SCHEME).with_retries(Retries::for_secs(3 * DAY));
        let retention = Retention::of(&acme);
        let error = retention.check(Duration::from_secs(DAY)).unwrap_err();
        assert_eq!(error.field(), "retention");
        assert_eq!(
            error.to_string(),
            "`retention`: ids are remembered for 1 d, and acme may send a delivery again for 3 d: it would be handled \
             twice; let the store remember for 7 d or more"
        );
    }

    const SCHEME: Scheme =
        Scheme::hmac_sha256(SignatureField::header("x-signature", Encoding::Hex), "{body}");
}
