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
