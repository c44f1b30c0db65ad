//! The circuit of an endpoint: closed, open after repeated failures, half open for a trial.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::handling::{CircuitBreaker, Verdict};
use crate::ops::{FailureKind, error_pattern};

/// The state of a circuit breaker.
pub(super) struct Circuit {
    breaker: CircuitBreaker,
    state: Mutex<State>,
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
    },
    HalfOpen {
        is_trying: bool,
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
}

impl Circuit {
    pub(super) fn new(breaker: CircuitBreaker) -> Arc<Self> {
        let state = Mutex::new(State::Closed { latest: None, count: 0 });
        Arc::new(Self { breaker, state, changed: Notify::new() })
    }

    pub(super) const fn breaker(&self) -> &CircuitBreaker {
        &self.breaker
    }

    /// Returns how many events may be claimed now.
    pub(super) fn admission(&self, now: Instant) -> Admission {
        match &*self.state_at(now) {
            State::Closed { .. } => Admission::Any,
            State::Open { until } => Admission::None(Some(*until)),
            State::HalfOpen { is_trying: true } => Admission::None(None),
            State::HalfOpen { is_trying: false } => Admission::One,
        }
    }

    /// Decides whether an attempt may begin now.
    pub(super) fn pass(self: &Arc<Self>, now: Instant) -> Passage {
        match &mut *self.state_at(now) {
            State::Closed { .. } => Passage::Free,
            State::HalfOpen { is_trying } if !*is_trying => {
                *is_trying = true;
                Passage::Trial(Trial(Arc::clone(self)))
            }
            State::Open { .. } | State::HalfOpen { .. } => Passage::Refused,
        }
    }

    /// Records the outcome of an attempt that is no trial.
    pub(super) fn ended(&self, effect: Effect, now: Instant) -> Option<Change> {
        let mut state = self.state();
        // An attempt that began before the circuit opened.
        let State::Closed { latest, count } = &mut *state else { return None };
        match effect {
            Effect::Success => *state = State::Closed { latest: None, count: 0 },
            Effect::Failure(failure) => {
                *count = if latest.as_ref() == Some(&failure) { count.saturating_add(1) } else { 1 };
                if *count >= self.breaker.failures {
                    *state = State::Open { until: now + self.breaker.pause };
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
        if let State::Open { until } = &*state
            && *until <= now
        {
            *state = State::HalfOpen { is_trying: false };
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
            Self::Closed => None,
        }
    }
}

impl Trial {
    /// Records the outcome of the trial.
    pub(super) fn ended(self, effect: Effect, now: Instant) -> Option<Change> {
        let (state, change) = match effect {
            Effect::Success => (State::Closed { latest: None, count: 0 }, Change::Closed),
            Effect::Failure(failure) => {
                (State::Open { until: now + self.0.breaker.pause }, Change::Reopened(failure))
            }
            Effect::Neutral => return None,
        };
        *self.0.state() = state;
        Some(change)
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        if let State::HalfOpen { is_trying } = &mut *self.0.state() {
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
            let circuit = Circuit::new(CircuitBreaker::after(failures).with_pause(pause));
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
}
