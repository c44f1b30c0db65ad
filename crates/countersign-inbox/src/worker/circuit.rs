//! The circuit of an endpoint: closed, open after repeated failures, half open for a trial.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::handling::{CircuitBreaker, Verdict};
use crate::ops::{CircuitCommand, CircuitReport, FailureKind, error_pattern};

/// The state of a circuit breaker.
pub(super) struct Circuit {
    /// `None` if failures do not open it, and operators do.
    breaker: Option<CircuitBreaker>,
    state: Mutex<State>,
    /// The number of the latest operation of an operator that it has followed.
    followed: AtomicI64,
    changed: Notify,
}

#[derive(Debug)]
enum State {
    /// With the latest failure, and how often it occurred without another outcome in between.
    Closed {
        latest: Option<Failure>,
        count: u32,
    },
    Open {
        until: Instant,
        why: Option<Failure>,
    },
    HalfOpen {
        is_trying: bool,
        why: Option<Failure>,
    },
}

/// The kind of failures that open a circuit together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Failure {
    pub(super) kind: FailureKind,
    pub(super) pattern: String,
}

/// The effect of an outcome on the circuit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Effect {
    Success,
    Failure(Failure),
    /// Nothing.
    Neutral,
}

/// The number of events that may be claimed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Admission {
    Any,
    /// For a trial.
    One,
    /// None until this time, or until the trial ends.
    None(Option<Instant>),
}

/// The right to begin an attempt.
pub(super) enum Passage {
    Free,
    Trial(Trial),
    Refused,
}

/// The attempt that decides about a half-open circuit. If it is dropped without an outcome, another one follows.
pub(super) struct Trial(Arc<Circuit>);

/// A change of the state.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Change {
    Opened(Failure),
    Reopened(Failure),
    Closed,
    /// For this time.
    OpenedByOperator(Duration),
    ClosedByOperator,
}

impl Circuit {
    pub(super) fn new(breaker: Option<CircuitBreaker>) -> Arc<Self> {
        let state = Mutex::new(State::Closed { latest: None, count: 0 });
        Arc::new(Self { breaker, state, followed: AtomicI64::new(NEVER), changed: Notify::new() })
    }

    /// Returns the number of failures that open it.
    pub(super) fn failures(&self) -> Option<u32> {
        self.breaker.map(|breaker| breaker.failures)
    }

    /// Returns the time between a failed trial and the next one.
    pub(super) fn trial_interval(&self) -> Duration {
        self.breaker.unwrap_or(CircuitBreaker::after(1)).pause
    }

    /// Follows the latest operation of an operator once: opens the circuit for the time that is left, or closes it. A closing from before
    /// the first look of this process changes nothing.
    pub(super) fn follow(&self, command: Option<&CircuitCommand>, now: Instant) -> Option<Change> {
        let number = command.map_or(NO_COMMAND, |command| command.id);
        let before = self.followed.fetch_max(number, Ordering::Relaxed);
        let command = command.filter(|command| command.id > before)?;
        let mut state = self.state();
        let change = match command.left {
            Some(left) => {
                *state = State::Open { until: now + left.min(LONGEST), why: None };
                Change::OpenedByOperator(left)
            }
            None if before == NEVER || matches!(&*state, State::Closed { .. }) => return None,
            None => {
                *state = State::Closed { latest: None, count: 0 };
                Change::ClosedByOperator
            }
        };
        drop(state);
        self.changed.notify_one();
        Some(change)
    }

    /// Returns the state for operators, unless it is closed.
    pub(super) fn report(&self, source: &str, now: Instant) -> Option<CircuitReport> {
        let (left, is_half_open, why) = match &*self.state_at(now) {
            State::Closed { .. } => return None,
            State::Open { until, why } => (until.saturating_duration_since(now), false, why.clone()),
            State::HalfOpen { why, .. } => (Duration::ZERO, true, why.clone()),
        };
        let pattern = why.map(|failure| failure.pattern);
        Some(CircuitReport { source: source.to_owned(), left, is_half_open, pattern })
    }

    /// Returns how many events may be claimed now.
    pub(super) fn admission(&self, now: Instant) -> Admission {
        match &*self.state_at(now) {
            State::Closed { .. } => Admission::Any,
            State::Open { until, .. } => Admission::None(Some(*until)),
            State::HalfOpen { is_trying: true, .. } => Admission::None(None),
            State::HalfOpen { is_trying: false, .. } => Admission::One,
        }
    }

    /// Decides whether an attempt may begin now.
    pub(super) fn pass(self: &Arc<Self>, now: Instant) -> Passage {
        match &mut *self.state_at(now) {
            State::Closed { .. } => Passage::Free,
            State::HalfOpen { is_trying, .. } if !*is_trying => {
                *is_trying = true;
                Passage::Trial(Trial(Arc::clone(self)))
            }
            State::Open { .. } | State::HalfOpen { .. } => Passage::Refused,
        }
    }

    /// Records the outcome of an attempt that is no trial.
    pub(super) fn ended(&self, effect: Effect, now: Instant) -> Option<Change> {
        let breaker = self.breaker?;
        let mut state = self.state();
        // An attempt that began before the circuit opened.
        let State::Closed { latest, count } = &mut *state else { return None };
        match effect {
            Effect::Success => *state = State::Closed { latest: None, count: 0 },
            Effect::Failure(failure) => {
                *count = if latest.as_ref() == Some(&failure) { count.saturating_add(1) } else { 1 };
                if *count >= breaker.failures {
                    *state = State::Open { until: now + breaker.pause, why: Some(failure.clone()) };
                    return Some(Change::Opened(failure));
                }
                *latest = Some(failure);
            }
            Effect::Neutral => {}
        }
        None
    }

    /// Lets a waiting claim look again, because a limit has changed.
    pub(super) fn wake(&self) {
        self.changed.notify_one();
    }

    /// Resolves when a trial has ended, an operator has changed the circuit, or a [limit has changed](Self::wake).
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Returns the state, after the end of a pause that is over.
    fn state_at(&self, now: Instant) -> MutexGuard<'_, State> {
        let mut state = self.state();
        if let State::Open { until, why } = &mut *state
            && *until <= now
        {
            *state = State::HalfOpen { is_trying: false, why: why.take() };
        }
        state
    }

    /// Nothing panics while it has the lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Change {
    /// Returns the pattern of the failure that keeps the circuit open.
    pub(super) fn pattern(&self) -> Option<&str> {
        match self {
            Self::Opened(failure) | Self::Reopened(failure) => Some(&failure.pattern),
            Self::Closed | Self::OpenedByOperator(_) | Self::ClosedByOperator => None,
        }
    }
}

impl Trial {
    /// Records the outcome of the trial. If an operator has opened or closed the circuit meanwhile, it is an attempt like others.
    pub(super) fn ended(self, effect: Effect, now: Instant) -> Option<Change> {
        // Held until the state is set, so that no operator changes it in between.
        let mut held = self.0.state();
        if !matches!(&*held, State::HalfOpen { is_trying: true, .. }) {
            drop(held);
            return self.0.ended(effect, now);
        }
        let (state, change) = match effect {
            Effect::Success => (State::Closed { latest: None, count: 0 }, Change::Closed),
            Effect::Failure(failure) => {
                let until = now + self.0.trial_interval();
                (State::Open { until, why: Some(failure.clone()) }, Change::Reopened(failure))
            }
            // Only an operator has opened it, and nothing says that it should stay open.
            Effect::Neutral if self.0.breaker.is_none() => {
                (State::Closed { latest: None, count: 0 }, Change::Closed)
            }
            Effect::Neutral => return None,
        };
        *held = state;
        drop(held);
        Some(change)
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        if let State::HalfOpen { is_trying, .. } = &mut *self.0.state() {
            *is_trying = false;
        }
        self.0.changed.notify_one();
    }
}

impl From<&Verdict> for Effect {
    /// Expects a verdict before limits are applied: a failure that exceeds them is one as well.
    fn from(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Done => Self::Success,
            Verdict::Retry { kind, error, .. } => {
                Self::Failure(Failure { kind: *kind, pattern: error_pattern(error) })
            }
            // A type without a handler is skipped, too.
            Verdict::Skip { .. }
            | Verdict::Dead { .. }
            | Verdict::Keep { .. }
            | Verdict::Unverified { .. }
            | Verdict::GiveBack => Self::Neutral,
        }
    }
}

/// The longest opening that is computed with.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);
/// Before the first look at operations. Their numbers are larger than both.
const NEVER: i64 = -1;
const NO_COMMAND: i64 = 0;

#[cfg(test)]
mod tests;
