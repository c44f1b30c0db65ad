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
    let report = CircuitReport { source: "a".to_owned(), left: pause, is_half_open: false, pattern: None };
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
    let Passage::Trial(trial) = circuit.pass(later + circuit.trial_interval()) else {
        panic!("it is half open")
    };
    assert_eq!(
        circuit.follow(Some(&command(2, Some(10))), later),
        Some(Change::OpenedByOperator(Duration::from_secs(10)))
    );
    assert_eq!(trial.ended(Effect::Success, later), None, "an operator has opened it since");
    assert_eq!(circuit.admission(later), Admission::None(Some(later + Duration::from_secs(10))));
}

/// A type without a handler would leave it half open for ever, with one event at a time.
#[test]
fn a_trial_that_does_not_fail_closes_a_circuit_without_a_breaker() {
    for (breaker, closed) in [(None, Some(Change::Closed)), (Some(CircuitBreaker::after(1)), None)] {
        let (circuit, now) = (Circuit::new(breaker), Instant::now());
        circuit.follow(Some(&command(1, Some(10))), now);
        let Passage::Trial(trial) = circuit.pass(now + Duration::from_secs(10)) else { panic!("half open") };
        assert_eq!(trial.ended(Effect::Neutral, now), closed);
    }
}
