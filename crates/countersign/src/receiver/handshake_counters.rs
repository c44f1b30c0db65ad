use std::sync::{Mutex, PoisonError};

use crate::scheme::Text;
use crate::time::UnixTime;

/// The number of times that a handshake was answered and refused since the receiver was created. Clones of a
/// receiver share the count.
///
/// Some handshakes are periodic: if the last answer is older than the period, the provider is about to disable the
/// endpoint.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct HandshakeCount {
    /// The name of the handshake.
    pub name: Text,
    /// The number of answers as the provider requires them.
    pub answered: u64,
    /// The number of refusals because of the handshake's content: a wrong verify token, a value that is too long. Requests
    /// that failed verification, or handshakes that are not enabled, are not counted.
    pub refused: u64,
    /// The time of the last answer.
    pub last_answered: Option<UnixTime>,
}

/// The counters of one handshake.
#[derive(Debug, Default)]
pub(super) struct HandshakeCounters(Mutex<Count>);

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    answered: u64,
    refused: u64,
    last_answered: Option<UnixTime>,
}

impl HandshakeCounters {
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
        // A panic while the lock was held left consistent numbers.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_and_refusals_are_counted_apart() {
        let counters = HandshakeCounters::default();
        counters.answered(UnixTime::from_secs(10));
        counters.answered(UnixTime::from_secs(20));
        counters.refused();
        let count = counters.of("crc".into());
        assert_eq!((count.answered, count.refused), (2, 1));
        assert_eq!(count.last_answered, Some(UnixTime::from_secs(20)));
    }
}
