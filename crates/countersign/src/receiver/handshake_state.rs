//! The state of handshakes that the clones of a receiver share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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

/// Records whether a secret was issued to a receiver and its clones. A verifier with fixed secrets does not take
/// over an issued one, so this is the only record that a secret was stored before.
///
/// One number holds the state and the number of resets. A claim from before a reset changes nothing: the state may be
/// that of a later claim.
#[derive(Clone, Debug, Default)]
pub(super) struct IssuedMemory(Arc<AtomicU64>);

/// The exclusive right to store an issued secret. Released when it is dropped before the secret is stored.
#[derive(Debug)]
pub(super) struct IssueClaim {
    memory: IssuedMemory,
    /// The record at the claim, without its state.
    resets: u64,
    /// Whether no other secret was stored or being stored.
    is_first: bool,
}

impl IssuedMemory {
    /// Claims the right to store a secret. Returns `None` if one is stored, or being stored.
    pub(super) fn claim(&self, may_replace: bool) -> Option<IssueClaim> {
        let claimed = self.change(|record| (record & STATE == NONE).then_some(record | STORING));
        let (Ok(before) | Err(before)) = claimed;
        let is_first = claimed.is_ok();
        let claim = || IssueClaim { memory: self.clone(), resets: before & !STATE, is_first };
        (is_first || may_replace).then(claim)
    }

    /// Allows a further secret.
    pub(super) fn reset(&self) {
        let _ = self.change(|record| Some((record & !STATE).wrapping_add(RESET)));
    }

    fn change(&self, change: impl FnMut(u64) -> Option<u64>) -> Result<u64, u64> {
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, change)
    }
}

impl IssueClaim {
    /// Records that the secret is stored: later ones are refused, unless the record was reset since the claim.
    pub(super) fn stored(self) {
        let stored = |record| (record & !STATE == self.resets).then_some(self.resets | STORED);
        let _ = self.memory.change(stored);
    }
}

impl Drop for IssueClaim {
    fn drop(&mut self) {
        if self.is_first {
            // Has no effect if the secret was stored, or the record was reset in the meantime.
            let released = |record| (record == self.resets | STORING).then_some(self.resets | NONE);
            let _ = self.memory.change(released);
        }
    }
}

/// The bits of the state; the others count resets.
const STATE: u64 = 0b11;
const NONE: u64 = 0;
const STORING: u64 = 1;
const STORED: u64 = 2;
const RESET: u64 = 0b100;

/// The limit on look-ups for unauthenticated requests. Shared by clones.
#[derive(Clone, Debug, Default)]
pub(super) struct LookupLimit(Arc<AtomicU64>);

impl LookupLimit {
    /// Counts a look-up. Returns `false` if the limit of this minute is reached.
    ///
    /// A time of an earlier minute counts for the latest one: requests that are decided on two threads at the turn of
    /// a minute, and a clock that is set back, do not begin another count. A clock that is set back by more than an
    /// hour was wrong before.
    pub(super) fn take(&self, now: UnixTime) -> bool {
        let minute = u64::try_from(now.as_secs().div_euclid(60)).unwrap_or_default() & COUNT_BITS;
        let count = |state: u64| match (state >> 32, state & COUNT_BITS) {
            (latest, count) if minute <= latest && latest - minute <= MOST_MINUTES_BACK => {
                (count < MOST_LOOKUPS).then_some(state + 1)
            }
            _ => Some(minute << 32 | 1),
        };
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count).is_ok()
    }
}

/// The bits of the state that hold the count; the others hold the minute.
const COUNT_BITS: u64 = 0xffff_ffff;
/// The number of look-ups per minute. Endpoints are rarely set up.
const MOST_LOOKUPS: u64 = 60;
/// The minutes by which a clock is set back without a new count. Corrections of a clock that keeps time are smaller, and
/// after a larger one the limit would otherwise last until the old time is reached again.
const MOST_MINUTES_BACK: u64 = 60;

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

    #[test]
    fn one_secret_is_stored_at_a_time_and_then_none() {
        let memory = IssuedMemory::default();
        let same = memory.clone();
        let claim = memory.claim(false).unwrap();
        assert!(same.claim(false).is_none(), "it is being stored");
        drop(claim);
        same.claim(false).unwrap().stored();
        assert!(memory.claim(false).is_none(), "it is stored");
        memory.reset();
        assert!(same.claim(false).is_some());
    }

    #[test]
    fn a_replacement_that_fails_leaves_what_is_stored() {
        let memory = IssuedMemory::default();
        memory.claim(false).unwrap().stored();
        drop(memory.claim(true).unwrap());
        assert!(memory.claim(false).is_none(), "the first is still the secret");
    }

    #[test]
    fn a_claim_from_before_a_reset_releases_no_later_one() {
        let memory = IssuedMemory::default();
        let early = memory.claim(false).unwrap();
        memory.reset();
        let late = memory.claim(false).unwrap();
        drop(early);
        assert!(memory.claim(false).is_none(), "the later secret is being stored");
        late.stored();
        assert!(memory.claim(false).is_none(), "it is stored");
    }

    #[test]
    fn a_claim_from_before_a_reset_does_not_record_its_secret() {
        let memory = IssuedMemory::default();
        for may_replace in [false, true] {
            let early = memory.claim(may_replace).unwrap();
            memory.reset();
            early.stored();
            let late = memory.claim(false).expect("a further secret is allowed");
            drop(late);
        }
    }

    #[test]
    fn the_number_of_look_ups_in_a_minute_is_bounded() {
        let limit = LookupLimit::default();
        for minute in [0, 1, 28_333_333] {
            let now = UnixTime::from_secs(minute * 60 + 7);
            assert_eq!((0..100).filter(|_| limit.clone().take(now)).count(), 60, "{minute}");
        }
    }

    #[test]
    fn times_on_both_sides_of_a_minute_share_one_count() {
        let limit = LookupLimit::default();
        let (before, after) = (UnixTime::from_secs(600 * 60 - 1), UnixTime::from_secs(600 * 60));
        let taken = (0..100).flat_map(|_| [before, after]).filter(|now| limit.take(*now)).count();
        // The first one was alone in its minute.
        assert_eq!(taken, 61);
    }

    #[test]
    fn a_clock_that_is_set_back_begins_no_count_unless_it_was_wrong_by_more_than_an_hour() {
        let limit = LookupLimit::default();
        let taken = |minute: i64| (0..100).filter(|_| limit.take(UnixTime::from_secs(minute * 60))).count();
        assert_eq!([1000, 999, 940, 939].map(taken), [60, 0, 0, 60]);
        assert_eq!([939, 938, 940].map(taken), [0, 0, 60]);
    }
}
