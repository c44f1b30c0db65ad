use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::time::UnixTime;

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
        let minute = u64::try_from(now.as_secs().div_euclid(60)).unwrap_or_default() & COUNT;
        let count = |state: u64| match (state >> 32, state & COUNT) {
            (latest, count) if minute <= latest && latest - minute <= MOST_MINUTES_BACK => {
                (count < MOST).then_some(state + 1)
            }
            _ => Some(minute << 32 | 1),
        };
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count).is_ok()
    }
}

/// The bits of the state that hold the count; the others hold the minute.
const COUNT: u64 = 0xffff_ffff;
/// The number of look-ups per minute. Endpoints are rarely set up.
const MOST: u64 = 60;
/// The minutes by which a clock is set back without a new count. Corrections of a clock that keeps time are smaller, and
/// after a larger one the limit would otherwise last until the old time is reached again.
const MOST_MINUTES_BACK: u64 = 60;

#[cfg(test)]
mod tests {
    use super::*;

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
