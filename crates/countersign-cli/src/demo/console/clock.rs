use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use countersign::{Clock, SystemClock, UnixTime};

/// The system's clock, behind by a time that shrinks: what is played quickly happened over an hour. Clones share it.
#[derive(Clone)]
pub(super) struct DelayedClock {
    behind_millis: Arc<AtomicI64>,
}

impl DelayedClock {
    pub(super) fn behind(time: Duration) -> Self {
        Self { behind_millis: Arc::new(AtomicI64::new(millis(time))) }
    }

    /// Moves the clock by this time, and never beyond that of the system.
    pub(super) fn catch_up(&self, step: Duration) {
        let behind = self.behind_millis.load(Ordering::Relaxed).saturating_sub(millis(step));
        self.behind_millis.store(behind.max(0), Ordering::Relaxed);
    }
}

impl Clock for DelayedClock {
    fn now(&self) -> UnixTime {
        let behind = self.behind_millis.load(Ordering::Relaxed);
        UnixTime::from_millis(SystemClock.now().as_millis().saturating_sub(behind))
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_catches_up_and_stops_there() {
        let clock = DelayedClock::behind(Duration::from_secs(3600));
        let is_late = |clock: &DelayedClock| clock.now() < SystemClock.now();
        clock.clone().catch_up(Duration::from_secs(3599));
        assert!(is_late(&clock));
        clock.catch_up(Duration::from_secs(3600));
        let before = SystemClock.now();
        assert!(clock.now() >= before && clock.now() <= SystemClock.now());
    }
}
