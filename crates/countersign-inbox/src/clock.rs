use std::time::{Duration, Instant};

use countersign::{Clock, SystemClock, UnixTime};

/// The time at its start, and from then on what really passed: steps of the system's clock neither end leases nor
/// forget ids.
#[derive(Clone, Copy, Debug)]
pub struct MonotonicClock {
    start: UnixTime,
    since: Instant,
}

impl MonotonicClock {
    /// Starts at the time of the system.
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

/// Saturates at the end of time.
pub(crate) fn after(time: UnixTime, duration: Duration) -> UnixTime {
    let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    UnixTime::from_millis(time.as_millis().saturating_add(millis))
}

/// From `earlier` to `later`, or zero.
pub(crate) fn between(earlier: UnixTime, later: UnixTime) -> Duration {
    let millis = later.as_millis().saturating_sub(earlier.as_millis());
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}
