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

/// What failures have in common that open a circuit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Failure {
    pub(super) kind: FailureKind,
    pub(super) pattern: String,
}

/// What the outcome of an attempt says about the next ones.
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
    pub(super) fn pause(&self) -> Duration {
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

    /// Resolves when a trial has ended.
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
        if !matches!(&*self.0.state(), State::HalfOpen { is_trying: true, .. }) {
            return self.0.ended(effect, now);
        }
        let (state, change) = match effect {
            Effect::Success => (State::Closed { latest: None, count: 0 }, Change::Closed),
            Effect::Failure(failure) => {
                let until = now + self.0.pause();
                (State::Open { until, why: Some(failure.clone()) }, Change::Reopened(failure))
            }
            Effect::Neutral => return None,
        };
        *self.0.state() = state;
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
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    /// A step of a history.
    #[derive(Clone, Debug)]
    enum Step {
        Begin,
        End(Index, Effect),
        Drop(Index),
        Wait(u64),
    }

    fn failure(pattern: &str) -> Failure {
        Failure { kind: FailureKind::Error, pattern: pattern.to_owned() }
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let effect = prop_oneof![
            2 => Just(Effect::Success),
            6 => prop_oneof![4 => Just("down"), 1 => Just("slow")].prop_map(|text| Effect::Failure(failure(text))),
            1 => Just(Effect::Neutral),
        ];
        let step = prop_oneof![
            6 => Just(Step::Begin),
            6 => (any::<Index>(), effect).prop_map(|(nth, effect)| Step::End(nth, effect)),
            1 => any::<Index>().prop_map(Step::Drop),
            2 => (1_u64..15).prop_map(Step::Wait),
        ];
        prop::collection::vec(step, 1..80)
    }

    proptest! {
        #[test]
        fn it_opens_after_equal_failures_only_and_closes_after_a_trial_only(steps in steps(), failures in 1_u32..4) {
            let pause = Duration::from_secs(10);
            let circuit = Circuit::new(Some(CircuitBreaker::after(failures).with_pause(pause)));
            let mut now = Instant::now();
            let mut running = Vec::new();
            // The decisive outcomes since it was closed, and the time until which it is open.
            let (mut outcomes, mut open_until) = (Vec::new(), None::<Instant>);
            for step in steps {
                match step {
                    Step::Begin => {
                        let is_trying = running.iter().any(|passage| matches!(passage, Passage::Trial(_)));
                        let admission = circuit.admission(now);
                        let passage = circuit.pass(now);
                        match open_until {
                            None => prop_assert!(matches!((admission, &passage), (Admission::Any, Passage::Free))),
                            Some(until) if until > now => {
                                prop_assert!(matches!(passage, Passage::Refused));
                                prop_assert_eq!(admission, Admission::None(Some(until)));
                            }
                            Some(_) if is_trying => {
                                prop_assert!(matches!((admission, &passage), (Admission::None(None), Passage::Refused)));
                            }
                            Some(_) => prop_assert!(matches!((admission, &passage), (Admission::One, Passage::Trial(_)))),
                        }
                        if !matches!(passage, Passage::Refused) {
                            running.push(passage);
                        }
                    }
                    Step::End(nth, effect) if !running.is_empty() => {
                        let change = match running.swap_remove(nth.index(running.len())) {
                            Passage::Trial(trial) => {
                                let change = trial.ended(effect.clone(), now);
                                match &effect {
                                    Effect::Success => {
                                        prop_assert_eq!(&change, &Some(Change::Closed));
                                        outcomes.clear();
                                        open_until = None;
                                    }
                                    Effect::Failure(of) => {
                                        prop_assert_eq!(&change, &Some(Change::Reopened(of.clone())));
                                        open_until = Some(now + pause);
                                    }
                                    Effect::Neutral => prop_assert_eq!(&change, &None),
                                }
                                continue;
                            }
                            _ => circuit.ended(effect.clone(), now),
                        };
                        if open_until.is_some() {
                            prop_assert_eq!(change, None);
                            continue;
                        }
                        outcomes.extend(Some(effect.clone()).filter(|effect| *effect != Effect::Neutral));
                        let latest: Vec<_> = outcomes.iter().rev().take(failures as usize).collect();
                        let is_repeated = latest.len() == failures as usize
                            && effect != Effect::Neutral
                            && effect != Effect::Success
                            && latest.iter().all(|of| **of == effect);
                        prop_assert_eq!(matches!(change, Some(Change::Opened(_))), is_repeated);
                        if is_repeated {
                            open_until = Some(now + pause);
                        }
                    }
                    Step::Drop(nth) if !running.is_empty() => {
                        drop(running.swap_remove(nth.index(running.len())));
                    }
                    Step::End(..) | Step::Drop(_) => {}
                    Step::Wait(seconds) => now += Duration::from_secs(seconds),
                }
                prop_assert_eq!(circuit.admission(now) == Admission::Any, open_until.is_none());
            }
            // Whatever happened, it can close again.
            running.clear();
            now += pause;
            if let Passage::Trial(trial) = circuit.pass(now) {
                prop_assert_eq!(trial.ended(Effect::Success, now), Some(Change::Closed));
            }
            prop_assert!(matches!(circuit.pass(now), Passage::Free));
        }
    }

    fn command(id: i64, left: Option<u64>) -> CircuitCommand {
        CircuitCommand { id, source: String::new(), left: left.map(Duration::from_secs) }
    }

    #[test]
    fn each_operation_is_followed_once_and_an_old_closing_never() {
        let (circuit, now) = (Circuit::new(Some(CircuitBreaker::after(1))), Instant::now());
        let follow = |command: Option<CircuitCommand>| circuit.follow(command.as_ref(), now);
        let fail = || circuit.ended(Effect::Failure(failure("down")), now);
        assert!(matches!(fail(), Some(Change::Opened(_))));
        assert_eq!(follow(Some(command(3, None))), None, "it is from before the start");
        assert_eq!(follow(Some(command(4, None))), Some(Change::ClosedByOperator));
        assert!(matches!(fail(), Some(Change::Opened(_))));
        assert_eq!(follow(Some(command(4, None))), None);
        let pause = Duration::from_secs(60);
        assert_eq!(follow(Some(command(5, Some(60)))), Some(Change::OpenedByOperator(pause)));
        let report =
            CircuitReport { source: "a".to_owned(), left: pause, is_half_open: false, pattern: None };
        assert_eq!(circuit.report("a", now), Some(report));
        // The opening is over, and only an earlier operation is left.
        assert_eq!((follow(None), follow(Some(command(4, None)))), (None, None));
        assert_eq!(circuit.admission(now), Admission::None(Some(now + pause)));
        assert!(circuit.report("a", now + pause).is_some_and(|report| report.is_half_open));
        assert_eq!(follow(Some(command(6, None))), Some(Change::ClosedByOperator));
        assert_eq!((follow(Some(command(7, None))), circuit.report("a", now)), (None, None), "it is closed");
    }

    #[test]
    fn operators_open_a_circuit_that_failures_do_not() {
        let (circuit, now) = (Circuit::new(None), Instant::now());
        for _ in 0..100 {
            assert_eq!(circuit.ended(Effect::Failure(failure("down")), now), None);
        }
        assert_eq!(circuit.admission(now), Admission::Any);
        let opened = circuit.follow(Some(&command(1, Some(10))), now);
        assert_eq!(opened, Some(Change::OpenedByOperator(Duration::from_secs(10))));
        assert!(matches!(circuit.pass(now), Passage::Refused));
        let later = now + Duration::from_secs(10);
        let Passage::Trial(trial) = circuit.pass(later) else { panic!("it is half open") };
        assert!(matches!(trial.ended(Effect::Failure(failure("down")), later), Some(Change::Reopened(_))));
        let Passage::Trial(trial) = circuit.pass(later + circuit.pause()) else { panic!("it is half open") };
        assert_eq!(
            circuit.follow(Some(&command(2, Some(10))), later),
            Some(Change::OpenedByOperator(Duration::from_secs(10)))
        );
        assert_eq!(trial.ended(Effect::Success, later), None, "an operator has opened it since");
        assert_eq!(circuit.admission(later), Admission::None(Some(later + Duration::from_secs(10))));
    }
}
