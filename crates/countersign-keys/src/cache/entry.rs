use std::sync::Arc;
use std::time::Duration;

use countersign::{SecretSet, UnixTime};

use super::lifetime::apart;
use crate::error::FetchError;
use crate::format::Published;

/// The cached state of one address.
#[derive(Debug, Default)]
pub(super) struct Entry {
    held: Option<Held>,
    missed: Option<Missed>,
}

/// The last successful answer.
#[derive(Debug)]
struct Held {
    published: Arc<Published>,
    since: UnixTime,
    fresh_for: Duration,
}

/// The last failed attempt.
#[derive(Debug)]
struct Missed {
    failure: Option<Arc<FetchError>>,
    at: UnixTime,
}

/// A successful answer.
#[derive(Clone, Debug)]
pub(crate) struct Fetched {
    pub(crate) published: Arc<Published>,
    pub(crate) fresh_for: Duration,
}

/// The outcome of a fetch. `None` means that the address does not exist.
pub(crate) type Outcome = Result<Option<Fetched>, Arc<FetchError>>;

/// The answer for a request. `None` means that there is no such key.
pub(crate) type Answer = Result<Option<SecretSet>, Arc<FetchError>>;

/// The action for a request.
#[derive(Debug)]
pub(super) enum Step {
    /// Return the answer.
    Tell(Answer),
    /// Return the answer, and fetch in the background.
    TellAndFetch(SecretSet),
    /// Fetch first.
    Fetch,
}

impl Entry {
    /// Returns the action for a request for the key of this name, or for all keys.
    pub(super) fn step(&self, name: Option<&str>, now: UnixTime, stale_for: Duration) -> Step {
        let usable =
            self.held.as_ref().filter(|held| held.age(now) < held.fresh_for.saturating_add(stale_for));
        let Some(held) = usable else { return self.without_answer(now, FAILURE_PAUSE) };
        match held.published.select(name, now) {
            Some(keys) if held.age(now) < held.fresh_for || self.failed_within(FAILURE_PAUSE, now) => {
                Step::Tell(Ok(Some(keys)))
            }
            Some(keys) => Step::TellAndFetch(keys),
            // The key may have been published since, but senders of unknown names must not cause a fetch each time.
            None if held.age(now) < UNKNOWN_PAUSE => Step::Tell(Ok(None)),
            None => self.without_answer(now, UNKNOWN_PAUSE),
        }
    }

    /// Records the outcome of a fetch. A failure keeps the old keys; a missing address removes them.
    pub(super) fn settle(&mut self, outcome: &Outcome, now: UnixTime) {
        self.missed = match outcome {
            Ok(Some(Fetched { published, fresh_for })) => {
                let published = Arc::clone(published);
                self.held = Some(Held { published, since: now, fresh_for: *fresh_for });
                None
            }
            Ok(None) => {
                self.held = None;
                Some(Missed { failure: None, at: now })
            }
            Err(error) => Some(Missed { failure: Some(Arc::clone(error)), at: now }),
        };
    }

    pub(super) const fn holds(&self) -> bool {
        self.held.is_some()
    }

    fn without_answer(&self, now: UnixTime, failure_pause: Duration) -> Step {
        match &self.missed {
            Some(Missed { failure: Some(error), at }) if apart(*at, now) < failure_pause => {
                Step::Tell(Err(Arc::clone(error)))
            }
            Some(Missed { failure: None, at }) if apart(*at, now) < UNKNOWN_PAUSE => Step::Tell(Ok(None)),
            _ => Step::Fetch,
        }
    }

    fn failed_within(&self, pause: Duration, now: UnixTime) -> bool {
        self.missed.as_ref().is_some_and(|missed| apart(missed.at, now) < pause)
    }
}

impl Held {
    fn age(&self, now: UnixTime) -> Duration {
        apart(self.since, now)
    }
}

/// The time for which a missing key or address is cached.
const UNKNOWN_PAUSE: Duration = Duration::from_secs(60);
/// The pause after a failure of a publisher.
const FAILURE_PAUSE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::KeySetFormat;

    const FRESH: Duration = Duration::from_secs(3600);
    const STALE: Duration = Duration::from_secs(86_400);

    fn good() -> Outcome {
        let set = br#"{"keys":[{"kty":"RSA","kid":"a"}]}"#;
        let published = Arc::new(KeySetFormat::jwks().read(set, &[]).unwrap());
        Ok(Some(Fetched { published, fresh_for: FRESH }))
    }

    fn bad() -> Outcome {
        Err(Arc::new(FetchError::TooMany))
    }

    /// Returns an entry after these outcomes, at these seconds.
    fn entry(outcomes: &[(i64, Outcome)]) -> Entry {
        let mut entry = Entry::default();
        for (at, outcome) in outcomes {
            entry.settle(outcome, UnixTime::from_secs(*at));
        }
        entry
    }

    fn step(entry: &Entry, name: &str, at: i64) -> &'static str {
        match entry.step(Some(name), UnixTime::from_secs(at), STALE) {
            Step::Tell(Ok(Some(_))) => "keys",
            Step::Tell(Ok(None)) => "none",
            Step::Tell(Err(_)) => "error",
            Step::TellAndFetch(_) => "keys and fetch",
            Step::Fetch => "fetch",
        }
    }

    #[test]
    fn an_answer_is_fresh_then_stale_then_gone() {
        let entry = entry(&[(0, good())]);
        let steps = [0, 3599, 3600, 89_999, 90_000].map(|at| step(&entry, "a", at));
        assert_eq!(steps, ["keys", "keys", "keys and fetch", "keys and fetch", "fetch"]);
    }

    #[test]
    fn a_failure_takes_nothing_away_and_pauses() {
        let entry = entry(&[(0, good()), (3600, bad())]);
        let steps = [3600, 3609, 3610, 89_999, 90_000].map(|at| step(&entry, "a", at));
        assert_eq!(steps, ["keys", "keys", "keys and fetch", "keys and fetch", "fetch"]);
    }

    #[test]
    fn a_failure_without_an_answer_is_reported_for_a_while() {
        let entry = entry(&[(0, bad())]);
        assert_eq!([0, 9, 10].map(|at| step(&entry, "a", at)), ["error", "error", "fetch"]);
    }

    #[test]
    fn what_is_gone_is_gone_for_a_while() {
        let entry = entry(&[(0, good()), (10, Ok(None))]);
        assert_eq!([10, 69, 70].map(|at| step(&entry, "a", at)), ["none", "none", "fetch"]);
    }

    #[test]
    fn an_unknown_name_is_looked_for_once_a_minute() {
        let once = entry(&[(0, good())]);
        assert_eq!([0, 59, 60].map(|at| step(&once, "b", at)), ["none", "none", "fetch"]);
        let twice = entry(&[(0, good()), (60, good())]);
        assert_eq!([60, 119, 120].map(|at| step(&twice, "b", at)), ["none", "none", "fetch"]);
        let failed = entry(&[(0, good()), (60, bad())]);
        assert_eq!([60, 119, 120].map(|at| step(&failed, "b", at)), ["error", "error", "fetch"]);
        assert_eq!(step(&failed, "a", 60), "keys");
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_no_answer_for_ever() {
        let entry = entry(&[(1_000_000, good())]);
        assert_eq!(
            [999_000, 990_000, 0].map(|at| step(&entry, "a", at)),
            ["keys", "keys and fetch", "fetch"]
        );
    }
}
