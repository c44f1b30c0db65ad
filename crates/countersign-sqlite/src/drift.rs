use std::time::{Duration, Instant};

use countersign::{Clock, SystemClock, UnixTime};

/// Notices that the system's clock was set, so that nothing is forgotten by a clock that may be wrong.
pub(crate) struct Drift {
    wall: UnixTime,
    at: Instant,
    /// Until then, nothing is deleted.
    held_until: Option<Instant>,
}

impl Drift {
    pub(crate) fn start() -> Self {
        Self { wall: SystemClock.now(), at: Instant::now(), held_until: None }
    }

    /// Whether old entries may be deleted now.
    pub(crate) fn is_steady(&mut self) -> bool {
        self.check(SystemClock.now(), Instant::now())
    }

    fn check(&mut self, wall: UnixTime, at: Instant) -> bool {
        let passed = i64::try_from(at.duration_since(self.at).as_millis()).unwrap_or(i64::MAX);
        let expected = self.wall.as_millis().saturating_add(passed);
        if wall.as_millis().abs_diff(expected) > TOLERATED {
            tracing::warn!("the clock of the system was set: nothing is deleted for a while");
            self.held_until = Some(at + HOLD);
        }
        (self.wall, self.at) = (wall, at);
        self.held_until.is_none_or(|until| at >= until)
    }
}

/// An hour, in milliseconds: more than any correction in small steps.
const TOLERATED: u64 = 3600 * 1000;
/// At least a pass of each kind.
const HOLD: Duration = Duration::from_secs(10 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_more_than_an_hour_holds_for_a_while_whatever_its_direction() {
        const HOUR: i64 = 3600 * 1000;
        for step in [HOUR + 1, -HOUR - 1, 365 * 24 * HOUR, -365 * 24 * HOUR] {
            let mut drift = Drift::start();
            let (wall, at) = (drift.wall.as_millis(), drift.at);
            let later = |minutes: u64| at + Duration::from_secs(minutes * 60);
            let wall = |minutes: i64, step| UnixTime::from_millis(wall + minutes * 60_000 + step);
            assert!(drift.check(wall(1, 0), later(1)), "{step}");
            assert!(drift.check(wall(2, HOUR), later(2)), "{step}");
            assert!(drift.check(wall(3, 0), later(3)), "{step}");
            assert!(!drift.check(wall(4, step), later(4)), "{step}");
            assert!(!drift.check(wall(5, step), later(5)), "{step}");
            assert!(drift.check(wall(14, step), later(14)), "{step}");
        }
    }
}
