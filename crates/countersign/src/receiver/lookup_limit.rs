use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::time::UnixTime;

/// The limit on look-ups for unauthenticated requests. Shared by clones.
#[derive(Clone, Debug, Default)]
pub(super) struct LookupLimit(Arc<AtomicU64>);

impl LookupLimit {
    /// Counts a look-up. Returns `false` if the limit of this minute is reached.
    pub(super) fn take(&self, now: UnixTime) -> bool {
        let minute = u64::try_from(now.as_secs().div_euclid(60)).unwrap_or_default() & COUNT;
        let count = |state: u64| match (state >> 32, state & COUNT) {
            (same, count) if same == minute => (count < MOST).then_some(state + 1),
            _ => Some(minute << 32 | 1),
        };
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count).is_ok()
    }
}

/// The bits of the state that hold the count; the others hold the minute.
const COUNT: u64 = 0xffff_ffff;
/// The number of look-ups per minute. Endpoints are rarely set up.
const MOST: u64 = 60;

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
}
