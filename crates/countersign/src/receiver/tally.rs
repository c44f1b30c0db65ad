use std::sync::{Mutex, PoisonError};

use crate::scheme::Text;
use crate::time::UnixTime;

/// How often a handshake was answered and refused, since the receiver was made. Clones of a receiver count together.
///
/// Some handshakes are periodic: where the last answer is older than the period, the provider is about to give up.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct HandshakeCount {
    /// The name of the handshake.
    pub name: Text,
    /// How often it was answered as the provider wants it.
    pub answered: u64,
    /// How often it was refused for what it is: a wrong token, a value that is too long. What failed verification, or
    /// was not configured, is not among them.
    pub refused: u64,
    /// When it was last answered.
    pub last_answered: Option<UnixTime>,
}

/// The count of one handshake.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Count>);

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    answered: u64,
    refused: u64,
    last_answered: Option<UnixTime>,
}

impl Tally {
    pub(super) fn answered(&self, now: UnixTime) {
        self.update(|count| {
            count.answered += 1;
            count.last_answered = Some(now);
        });
    }

    pub(super) fn refused(&self) {
        self.update(|count| count.refused += 1);
    }

    pub(super) fn of(&self, name: Text) -> HandshakeCount {
        let Count { answered, refused, last_answered } = self.update(|count| *count);
        HandshakeCount { name, answered, refused, last_answered }
    }

    fn update<R>(&self, change: impl FnOnce(&mut Count) -> R) -> R {
        // Whoever panicked elsewhere while holding it left numbers that are right.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_refusals_are_counted_apart() {
        let tally = Tally::default();
        tally.answered(UnixTime::from_secs(10));
        tally.answered(UnixTime::from_secs(20));
        tally.refused();
        let count = tally.of("crc".into());
        assert_eq!((count.answered, count.refused), (2, 1));
        assert_eq!(count.last_answered, Some(UnixTime::from_secs(20)));
    }
}
