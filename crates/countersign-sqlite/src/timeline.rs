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
    /// By how much the clock is behind this time. `None` while a difference waits to be accepted.
    pub(crate) behind: Option<i64>,
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
        let behind = state.step.is_none().then_some(state.offset.max(0));
        Moment { now, is_confirmed, is_of_system: self.is_of_system, set_by: state.set_by, behind }
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
mod tests;
