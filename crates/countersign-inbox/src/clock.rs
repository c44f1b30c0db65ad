use std::time::{Duration, Instant};

use countersign::{Clock, SystemClock, UnixTime};

/// A clock that reads the system time once, at its start, and then adds the elapsed monotonic time: steps of the
/// system clock neither expire leases nor forget ids.
#[derive(Clone, Copy, Debug)]
pub struct MonotonicClock {
    start: UnixTime,
    since: Instant,
}

impl MonotonicClock {
    /// Creates a clock that starts at the system time.
    #[must_use]
    pub fn start() -> Self {
        Self { start: SystemClock.now(), since: Instant::now() }
    }
}

impl Clock for MonotonicClock {
    fn now(&self) -> UnixTime {
        after(self.start, self.since.elapsed())
    }
}

/// Adds a duration, saturating at the largest time.
pub(crate) fn after(time: UnixTime, duration: Duration) -> UnixTime {
    let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    UnixTime::from_millis(time.as_millis().saturating_add(millis))
}

/// Returns the duration from `earlier` to `later`, or zero.
pub(crate) fn between(earlier: UnixTime, later: UnixTime) -> Duration {
    let millis = later.as_millis().saturating_sub(earlier.as_millis());
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}
