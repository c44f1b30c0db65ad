//! The time that a store uses for its decisions.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use countersign::{Clock, SystemClock, UnixTime};
use countersign_inbox::telemetry::CLOCK_STEP;
use metrics::gauge;

use crate::convert::millis;
use crate::uptime::{self, Between};

/// A clock that continues from the latest time in the file, across steps of the system clock and restarts. All
/// times are milliseconds since 1970.
///
/// Time never goes back: if the clock is behind the file, an offset is added. If the machine was not started in between, the time since
/// the latest time in the file is known, and a clock that was set meanwhile raises an alarm. Otherwise a clock that is ahead of the file by
/// more than a process may have been stopped is not followed. Steps beyond the tolerance raise an alarm, until an
/// operator accepts the time or the clock is right at a restart. After a start with a clock that is ahead by more than the
/// tolerance, and that nothing confirms, nothing is deleted for a while, and the file keeps its time.
pub(crate) struct Timeline {
    clock: Arc<dyn Clock>,
    /// The longest plausible time between two runs.
    max_gap: i64,
    /// The clock is that of the system, which the uptime is compared with.
    is_of_system: bool,
    state: Mutex<State>,
}

struct State {
    latest: i64,
    /// The offset added to the clock.
    offset: i64,
    /// The difference of the clock, if it raises an alarm.
    step: Option<i64>,
    /// Nothing is deleted before this time.
    held_until: Option<Instant>,
    /// The file keeps its time until then: nothing confirms the clock before.
    unconfirmed_until: Option<Instant>,
    /// By how much the system clock was set, beyond the tolerance, without an operator who accepted it.
    set_by: i64,
    seen: Seen,
}

/// All clocks at one moment.
#[derive(Clone, Copy)]
struct Seen {
    clock: i64,
    wall: i64,
    /// The uptime, if it is known.
    uptime: Option<i64>,
    at: Instant,
}

/// The time in a file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stored {
    /// The latest observed time; 0 in a new file.
    pub(crate) latest: i64,
    /// The difference that an operator has accepted.
    pub(crate) accepted: i64,
    /// The time between the latest time and now, if it is known.
    pub(crate) between: Option<Between>,
}

/// The time of a transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) now: UnixTime,
    /// The file may keep this time.
    pub(crate) is_confirmed: bool,
    /// The file keeps the uptime, too.
    pub(crate) is_of_system: bool,
    /// By how much the system clock was set. The file keeps what it would be otherwise, so that the next start notices it.
    pub(crate) set_by: i64,
}

impl Timeline {
    /// Continues from the stored time. `retention` is the time for which keys are remembered.
    pub(crate) fn resume(clock: Arc<dyn Clock>, stored: Stored, retention: Duration) -> Self {
        let seen = Seen::now(&*clock);
        let max_gap = (millis(retention) / 4).clamp(TOLERATED, MAX_GAP);
        let mut state = State {
            latest: seen.clock,
            offset: 0,
            step: None,
            held_until: None,
            unconfirmed_until: None,
            set_by: 0,
            seen,
        };
        if stored.latest > 0 {
            state.resume(stored, max_gap);
        }
        Self { clock, max_gap, is_of_system: false, state: Mutex::new(state) }
    }

    /// Says that the clock is that of the system, so that the file keeps the uptime, too.
    pub(crate) const fn of_system(mut self, is_of_system: bool) -> Self {
        self.is_of_system = is_of_system;
        self
    }

    /// Returns the current time, and whether the file may keep it.
    pub(crate) fn moment(&self) -> Moment {
        let mut state = self.state();
        let seen = Seen::now(&*self.clock);
        let now = UnixTime::from_millis(state.tick(seen));
        let is_confirmed = state.unconfirmed_until.is_none_or(|until| seen.at >= until);
        Moment { now, is_confirmed, is_of_system: self.is_of_system, set_by: state.set_by }
    }

    /// Follows the time of a file that another process owns: an operator's clock is followed no further than a
    /// process may have been stopped.
    pub(crate) fn follow(&self, latest: i64) {
        let mut state = self.state();
        let seen = Seen::now(&*self.clock);
        let now = if latest > 0 {
            seen.clock.clamp(latest, latest.saturating_add(self.max_gap))
        } else {
            seen.clock
        };
        (state.latest, state.offset, state.seen) = (now, now.saturating_sub(seen.clock), seen);
    }

    /// Returns the difference of the clock in milliseconds, if it raises an alarm.
    pub(crate) fn step(&self) -> Option<i64> {
        let mut state = self.state();
        state.tick(Seen::now(&*self.clock));
        state.step
    }

    /// Returns whether old entries may be deleted now.
    pub(crate) fn is_steady(&self) -> bool {
        let mut state = self.state();
        let seen = Seen::now(&*self.clock);
        state.tick(seen);
        state.step.is_none() && state.held_until.is_none_or(|until| seen.at >= until)
    }

    /// Accepts the clock on behalf of an operator. Time still does not go back.
    pub(crate) fn accept(&self) {
        let mut state = self.state();
        let seen = Seen::now(&*self.clock);
        state.tick(seen);
        state.set_by = 0;
        if state.step.take().is_some() {
            state.offset = state.latest.saturating_sub(seen.clock).max(0);
            gauge!(CLOCK_STEP).set(0.0);
            tracing::info!("the time of the system was accepted");
        }
    }

    /// Locks the state. No code panics while holding the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Continues from the time in the file.
    fn resume(&mut self, stored: Stored, max_gap: i64) {
        let gap = self.seen.clock.saturating_sub(stored.latest);
        let passed = stored.between.map_or(0, |between| between.passed);
        let step = gap.saturating_sub(passed);
        let (behind, ahead) = (stored.accepted.min(0) - TOLERATED, stored.accepted.max(0) + TOLERATED);
        // A process that was suspended has left an earlier time than that of the system.
        let set_by = stored.between.map_or(0, |between| between.set_by);
        let is_set = is_large(set_by);
        let most = max_gap.max(stored.accepted);
        if step < behind || (step > ahead && (is_set || gap > most)) {
            self.latest = stored.latest.saturating_add(passed);
            self.offset = self.latest.saturating_sub(self.seen.clock);
            self.set_by = if is_set { set_by } else { 0 };
            self.raise(step);
            return;
        }
        if gap < 0 {
            (self.latest, self.offset) = (stored.latest, gap.saturating_neg());
        } else if step > ahead {
            // The process was stopped for so long, or the clock is wrong: nothing tells them apart.
            self.held_until = Some(self.seen.at + HOLD);
            self.unconfirmed_until = self.held_until;
            tracing::warn!(
                seconds = gap / 1000,
                "the clock is ahead of the latest time in the file: nothing is deleted for 10 minutes; if the clock is wrong, \
                 set it and restart before"
            );
        }
    }

    /// Advances to the time of the clock, without the steps that it makes together with the system clock.
    fn tick(&mut self, seen: Seen) -> i64 {
        let passed = millis(seen.at.saturating_duration_since(self.seen.at));
        let jump = |now: i64, before: i64| now.saturating_sub(before).saturating_sub(passed);
        let wall = jump(seen.wall, self.seen.wall);
        if let (Some(uptime), Some(before)) = (seen.uptime, self.seen.uptime) {
            // A suspension is part of the uptime, and sets no clock.
            let set_by =
                seen.wall.saturating_sub(self.seen.wall).saturating_sub(uptime.saturating_sub(before));
            if is_large(set_by) {
                self.set_by = self.set_by.saturating_add(set_by);
            }
        }
        if is_large(wall) {
            tracing::warn!("the clock of the system was set: nothing is deleted for a while");
            self.held_until = Some(seen.at + HOLD);
            let clock = jump(seen.clock, self.seen.clock);
            if clock.abs_diff(wall) < TOLERATED.unsigned_abs() / 2 {
                self.offset = self.offset.saturating_sub(clock);
                self.raise(clock);
            }
        }
        self.seen = seen;
        let now = seen.clock.saturating_add(self.offset);
        if now < self.latest {
            self.offset = self.latest.saturating_sub(seen.clock);
        }
        self.latest = self.latest.max(now);
        self.latest
    }

    fn raise(&mut self, step: i64) {
        self.step = Some(step);
        gauge!(CLOCK_STEP).set(step as f64 / 1000.0);
        tracing::error!(
            seconds = step / 1000,
            "the clock differs from the latest time in the file: time continues from there, and nothing is deleted; set the \
             clock and restart, or run `countersign inbox accept-clock` if it is right"
        );
    }
}

impl Seen {
    fn now(clock: &dyn Clock) -> Self {
        Self {
            clock: clock.now().as_millis(),
            wall: SystemClock.now().as_millis(),
            uptime: uptime::since_boot(),
            at: Instant::now(),
        }
    }
}

/// Returns whether a difference is beyond the tolerance.
const fn is_large(difference: i64) -> bool {
    difference.unsigned_abs() > TOLERATED.unsigned_abs()
}

/// More than any gradual correction.
const TOLERATED: i64 = 3600 * 1000;
const MAX_GAP: i64 = 7 * 24 * 3600 * 1000;
/// At least one pass of each kind.
const HOLD: Duration = Duration::from_secs(10 * 60);

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    struct ManualClock(AtomicI64);

    impl Clock for ManualClock {
        fn now(&self) -> UnixTime {
            UnixTime::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    fn resumed(at: i64, latest: i64, accepted: i64) -> (Arc<ManualClock>, Timeline) {
        let clock = Arc::new(ManualClock(AtomicI64::new(at)));
        (
            clock.clone(),
            Timeline::resume(
                clock,
                Stored { latest, accepted, between: None },
                Duration::from_secs(30 * DAY as u64),
            ),
        )
    }

    #[test]
    fn time_goes_on_from_the_file_and_steps_beyond_what_is_tolerated_are_an_alarm() {
        let cases = [
            (T, 0, 0, T, false),
            (T, T, 0, T, false),
            (T + 6 * DAY * 1000, T, 0, T + 6 * DAY * 1000, false),
            (T - 60_000, T, 0, T, false),
            (T - 10 * HOUR, T, 0, T, true),
            (T - 10 * HOUR, T, -10 * HOUR, T, false),
            (T - 12 * HOUR, T, -10 * HOUR, T, true),
            (T - 10 * HOUR, T, 10 * HOUR, T, true),
            (T + 365 * DAY * 1000, T, 365 * DAY * 1000, T + 365 * DAY * 1000, false),
            (T - 365 * DAY * 1000, T, 0, T, true),
            (T + 365 * DAY * 1000, T, 0, T, true),
        ];
        for (at, latest, accepted, expected, is_alarm) in cases {
            let (clock, timeline) = resumed(at, latest, accepted);
            let what = (at - T, latest - T, accepted);
            assert_eq!(timeline.moment().now.as_millis(), expected, "{what:?}");
            let is_held = !is_alarm && at - latest > HOUR && latest > 0 && accepted < at - latest;
            assert_eq!(timeline.step().is_some(), is_alarm, "{what:?}");
            assert_eq!(timeline.is_steady(), !is_alarm && !is_held, "{what:?}");
            clock.0.fetch_add(HOUR, Ordering::Relaxed);
            assert_eq!(timeline.moment().now.as_millis(), expected + HOUR, "{what:?}");
            clock.0.fetch_sub(3 * HOUR, Ordering::Relaxed);
            assert_eq!(timeline.moment().now.as_millis(), expected + HOUR, "it does not go back: {what:?}");
            timeline.accept();
            assert_eq!((timeline.step(), timeline.is_steady()), (None, !is_held), "{what:?}");
            assert!(timeline.moment().now.as_millis() >= expected + HOUR, "{what:?}");
        }
    }

    /// Nothing else tells a clock that is ahead from a process that was stopped.
    #[test]
    fn the_time_since_the_machine_was_started_tells_whether_the_clock_was_set() {
        // The clock, the time that has passed, by how much the clock was set; the time after that, an alarm, and a doubt.
        let cases = [
            (10 * HOUR, 10 * HOUR, 0, 10 * HOUR, None, false),
            (10 * HOUR, 60_000, 10 * HOUR - 60_000, 60_000, Some(10 * HOUR - 60_000), false),
            (400 * DAY * 1000, 400 * DAY * 1000, 0, 400 * DAY * 1000, None, false),
            (0, 10 * HOUR, -10 * HOUR, 10 * HOUR, Some(-10 * HOUR), false),
            (-10 * HOUR, 0, -10 * HOUR, 0, Some(-10 * HOUR), false),
            (HOUR / 2, 60_000, HOUR / 2 - 60_000, HOUR / 2, None, false),
            (-60_000, 0, -60_000, 0, None, false),
            // The last process had an earlier time, because it was suspended with the machine.
            (10 * HOUR, 60_000, 0, 10 * HOUR, None, true),
        ];
        for (at, passed, set_by, expected, step, is_held) in cases {
            let clock = Arc::new(ManualClock(AtomicI64::new(T + at)));
            let stored = Stored { latest: T, accepted: 0, between: Some(Between { passed, set_by }) };
            let timeline = Timeline::resume(clock, stored, Duration::from_secs(30 * DAY as u64));
            let what = (at, passed, set_by);
            assert_eq!(timeline.moment().now.as_millis(), T + expected, "{what:?}");
            assert_eq!(timeline.step(), step, "{what:?}");
            assert_eq!(timeline.moment().is_confirmed, !is_held, "{what:?}");
            assert_eq!(timeline.is_steady(), step.is_none() && !is_held, "{what:?}");
        }
    }

    /// The clock of a process does not follow a clock that is set, but that of the next process starts with it.
    #[test]
    fn a_clock_that_was_set_while_the_store_was_open_is_an_alarm_after_each_restart_until_it_is_accepted() {
        let (_, timeline) = resumed(T, T, 0);
        let mut state = timeline.state();
        let mut seen = state.seen;
        seen.uptime = Some(seen.uptime.unwrap_or(0));
        state.seen = seen;
        let mut jump = |wall, uptime| {
            seen.wall += wall;
            seen.uptime = seen.uptime.map(|before| before + uptime);
            state.tick(seen);
            state.set_by
        };
        assert_eq!(jump(10 * HOUR, 10 * HOUR), 0, "suspended");
        assert_eq!(jump(10 * HOUR, 0), 10 * HOUR, "set");
        assert_eq!(jump(HOUR / 2, 0), 10 * HOUR, "tolerated");
        assert_eq!(jump(-10 * HOUR, 0), 0, "set back");
        let set_by = jump(10 * HOUR, 0);
        drop(state);
        let between = Some(Between { passed: 0, set_by });
        for accepts in [false, true] {
            let clock = Arc::new(ManualClock(AtomicI64::new(T + 10 * HOUR)));
            let stored = Stored { latest: T, accepted: 0, between };
            let timeline = Timeline::resume(clock, stored, Duration::from_secs(30 * DAY as u64));
            assert_eq!(timeline.step(), Some(10 * HOUR));
            if accepts {
                timeline.accept();
            }
            assert_eq!(timeline.moment().set_by, if accepts { 0 } else { set_by });
        }
    }

    /// A clock that was ahead when the process started is usually set right within minutes.
    #[test]
    fn after_a_start_far_behind_the_clock_nothing_is_deleted_for_a_while() {
        for (gap, is_held) in [(HOUR, false), (HOUR + 1, true), (6 * DAY * 1000, true)] {
            let (_, timeline) = resumed(T + gap, T, 0);
            assert_eq!(timeline.is_steady(), !is_held, "{gap}");
            assert_eq!(timeline.moment().is_confirmed, !is_held, "{gap}");
            let mut state = timeline.state();
            if let Some(until) = &mut state.held_until {
                assert!(*until > Instant::now() + HOLD / 2);
                *until = Instant::now();
                state.unconfirmed_until = state.held_until;
            }
            drop(state);
            assert!(timeline.moment().is_confirmed, "{gap}");
            assert!(timeline.is_steady(), "{gap}");
        }
    }

    #[test]
    fn a_step_of_the_system_that_the_clock_makes_too_is_left_out() {
        for step in [2 * HOUR, -2 * HOUR, 365 * DAY * 1000, -365 * DAY * 1000] {
            for follows in [true, false] {
                let (_, timeline) = resumed(T, T, 0);
                let mut state = timeline.state();
                let mut seen = state.seen;
                seen.wall += step;
                seen.clock += if follows { step } else { 0 };
                seen.at += Duration::from_millis(10);
                let now = if follows { T + 10 } else { T };
                assert_eq!(state.tick(seen), now, "{step}");
                assert_eq!(state.step.is_some(), follows, "{step}");
                seen.clock += 10;
                assert_eq!(state.tick(seen), now + 10, "{step}");
                let until = state.held_until.unwrap();
                assert_eq!(until, seen.at + HOLD);
            }
        }
    }

    #[test]
    fn an_operators_clock_is_followed_within_bounds() {
        for (clock, expected) in
            [(T - DAY * 1000, T), (T + 60_000, T + 60_000), (T + 400 * DAY * 1000, T + MAX_GAP)]
        {
            let (_, timeline) = resumed(clock, 0, 0);
            timeline.follow(T);
            assert_eq!(timeline.moment().now.as_millis(), expected);
            assert_eq!(timeline.step(), None);
        }
    }

    const T: i64 = 1_700_000_000_000;
    const HOUR: i64 = 3600 * 1000;
    const DAY: i64 = 24 * 3600;
}
