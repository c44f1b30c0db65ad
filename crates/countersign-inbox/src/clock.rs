use std::time::Instant;

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
        self.start.saturating_add(self.since.elapsed())
    }
}
