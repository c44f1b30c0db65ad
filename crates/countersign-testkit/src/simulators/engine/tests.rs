#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};

use countersign::Secret;
use countersign::providers::preflix::PROVIDER;
use fastrand::Rng;
use proptest::prelude::*;

use super::*;
use crate::simulators::RetrySchedule;

const START: UnixTime = UnixTime::from_secs(1_700_000_000);

/// A run of an engine against a receiver that answers by chance.
struct Run {
    engine: Engine,
    now: UnixTime,
    receiver: Rng,
    /// The share of attempts that the receiver acknowledges.
    health: f64,
    concurrency: usize,
}

impl Run {
    fn new(policy: DeliveryPolicy, faults: Faults, seed: u64) -> Self {
        let mut engine = Engine::new(policy, faults, seed);
        let subscription = ProviderSubscription::new("http://127.0.0.1:1/in", Secret::new("secret").unwrap());
        engine.subscribe(&PROVIDER, subscription, START).unwrap();
        Self { engine, now: START, receiver: Rng::with_seed(seed ^ 7), health: 1.0, concurrency: 1 }
    }

    fn publish(&mut self, count: usize) {
        for number in 0..count {
            self.engine.publish(message(number), self.now);
        }
    }

    /// Runs until nothing waits. Attempts end in a random order, and the clock jumps.
    fn finish(&mut self) {
        let mut running: Vec<Job> = Vec::new();
        for _ in 0..100_000 {
            while running.len() < self.concurrency
                && let Some(job) = self.engine.start(self.now)
            {
                running.push(job);
            }
            if running.is_empty() {
                if self.engine.next_due().is_none() {
                    self.engine.flush(self.now);
                }
                match self.engine.next_due() {
                    Some(due) => self.now = self.now.max(due),
                    None => return,
                }
                continue;
            }
            let job = running.remove(self.receiver.usize(..running.len()));
            let outcome = SendOutcome::Status(if self.receiver.f64() < self.health { 200 } else { 503 });
            self.engine.finish(&job, outcome, Duration::from_millis(1), self.now);
        }
        panic!("the engine does not end");
    }

    /// Returns the messages in the order of their first attempts.
    fn first_attempts(&self) -> Vec<String> {
        let mut attempts = self.engine.attempts().to_vec();
        attempts.sort_by_key(|attempt| attempt.at);
        let first = attempts.iter().filter(|attempt| attempt.number == 1 && !attempt.duplicate);
        first.map(|attempt| attempt.message.clone()).collect()
    }
}

fn message(number: usize) -> Message {
    Message::new(format!("evt_{number:04}"), "bill.created", "{}")
}

fn fixed(secs: &[u64]) -> RetrySchedule {
    RetrySchedule::Fixed(secs.iter().copied().map(Duration::from_secs).collect())
}

fn policies() -> impl Strategy<Value = DeliveryPolicy> {
    let schedules = prop_oneof![
        prop::collection::vec(0_u64..100_000, 0..6).prop_map(|delays| fixed(&delays)),
        (1_u64..600, 1_u64..50_000, 0_u32..12).prop_map(|(base, cap, retries)| RetrySchedule::Backoff {
            base: Duration::from_secs(base),
            cap: Duration::from_secs(cap),
            retries,
        }),
    ];
    (schedules, prop::option::of(1_u64..200_000), any::<bool>()).prop_map(
        |(schedule, window, one_at_a_time)| {
            let mut policy = DeliveryPolicy::new(schedule);
            policy.window = window.map(Duration::from_secs);
            policy.one_at_a_time = one_at_a_time;
            policy
        },
    )
}

fn faults() -> impl Strategy<Value = Faults> {
    let rate = || prop_oneof![Just(0.0), 0.0..1.0];
    (rate(), rate(), rate(), 0_u64..100).prop_map(|(duplicates, reorder, abort, delay)| {
        let delay = Duration::from_secs(delay);
        Faults::default().duplicates(duplicates).reorder(reorder).abort(abort).delay(delay)
    })
}

proptest! {
    #[test]
    fn each_event_is_delivered_or_in_the_operations_queue_within_its_attempts(
        policy in policies(), faults in faults(), seed: u64, health in 0.0..1.0, count in 0_usize..40, concurrency in 1_usize..6,
    ) {
        let mut run = Run::new(policy.clone(), faults, seed);
        (run.health, run.concurrency) = (health, concurrency);
        run.publish(count);
        run.finish();

        let attempts = run.engine.attempts();
        let delivered = attempts.iter().filter(|attempt| attempt.outcome.is_acknowledged() && !attempt.duplicate);
        let delivered: BTreeSet<_> = delivered.map(|attempt| attempt.message.clone()).collect();
        let queue = run.engine.operations_queue();
        let failed: BTreeSet<_> = queue.iter().map(|failed| failed.message.clone()).collect();
        prop_assert_eq!(failed.len(), queue.len(), "an event is in the queue twice");
        prop_assert!(delivered.is_disjoint(&failed));
        prop_assert_eq!(delivered.len() + failed.len(), count);

        let mut numbers: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
        for attempt in attempts {
            numbers.entry(attempt.delivery).or_default().push(attempt.number);
            if let Some(window) = policy.window {
                prop_assert!(attempt.number == 1 || attempt.at <= attempt.published_at.saturating_add(window));
            }
        }
        for made in numbers.values() {
            prop_assert!(made.len() <= policy.max_attempts() as usize);
            prop_assert!(made.iter().copied().eq(1..=u32::try_from(made.len()).unwrap()), "{:?}", made);
        }
        for failed in queue {
            prop_assert_eq!(failed.response_code, Some(503));
            prop_assert!(failed.retry_count < policy.max_attempts());
        }
        let telemetry = run.engine.telemetry();
        prop_assert_eq!((telemetry.events, telemetry.pending), (count as u64, 0));
        prop_assert_eq!(telemetry.attempts, attempts.len() as u64);
    }

    #[test]
    fn without_reordering_first_attempts_keep_the_order_of_the_events(
        policy in policies(), seed: u64, duplicates in 0.0..1.0, count in 0_usize..40, delay in 0_u64..100,
    ) {
        let faults = Faults::default().duplicates(duplicates).delay(Duration::from_secs(delay));
        let mut run = Run::new(policy, faults, seed);
        run.health = 0.7;
        run.publish(count);
        run.finish();
        let expected: Vec<_> = (0..count).map(|number| message(number).id).collect();
        prop_assert_eq!(run.first_attempts(), expected);
    }

    #[test]
    fn the_same_seed_makes_the_same_attempts(policy in policies(), faults in faults(), seed: u64) {
        let attempts = || {
            let mut run = Run::new(policy.clone(), faults, seed);
            run.health = 0.5;
            run.publish(20);
            run.finish();
            let made = run.engine.attempts().iter();
            made.map(|attempt| (attempt.message.clone(), attempt.at, attempt.number)).collect::<Vec<_>>()
        };
        prop_assert_eq!(attempts(), attempts());
    }
}

#[test]
fn an_event_is_overtaken_by_at_most_three_later_ones() {
    let mut run = Run::new(DeliveryPolicy::new(fixed(&[])), Faults::default().reorder(0.5), 3);
    run.publish(200);
    run.finish();
    let order = run.first_attempts();
    let mut sorted = order.clone();
    sorted.sort();
    assert_ne!(order, sorted);
    for (place, id) in order.iter().enumerate() {
        let published = sorted.iter().position(|other| other == id).unwrap();
        let overtaken_by = order[..place].iter().filter(|other| *other > id).count();
        assert!(overtaken_by <= 3, "{id} was published as {published} and sent as {place}");
    }
}

#[test]
fn a_share_of_the_events_is_sent_twice() {
    let mut run = Run::new(DeliveryPolicy::new(fixed(&[])), Faults::default().duplicates(0.25), 3);
    run.publish(400);
    run.finish();
    let duplicates = run.engine.telemetry().duplicates;
    assert!((60..140).contains(&duplicates), "{duplicates}");
}

#[test]
fn full_jitter_draws_from_zero_to_a_bound_that_doubles() {
    let (base, cap) = (Duration::from_secs(10), Duration::from_secs(100));
    let policy = DeliveryPolicy::new(RetrySchedule::Backoff { base, cap, retries: 6 });
    let mut random = Rng::with_seed(1);
    for (retry, bound) in [(1, 10), (2, 20), (3, 40), (4, 80), (5, 100), (6, 100)] {
        let drawn: Vec<_> =
            (0..500).map(|_| policy.delay(retry, &mut random).unwrap().as_secs_f64()).collect();
        let (lowest, highest) =
            drawn.iter().fold((f64::MAX, 0.0_f64), |(low, high), one| (low.min(*one), high.max(*one)));
        let bound = f64::from(bound);
        assert!(
            lowest < bound * 0.05 && highest <= bound && highest > bound * 0.95,
            "{retry}: {lowest} to {highest}"
        );
    }
    assert_eq!(policy.delay(7, &mut random), None);
}

#[test]
fn a_subscription_receives_what_it_selects() {
    let mut engine = Engine::new(DeliveryPolicy::new(fixed(&[])), Faults::default(), 1);
    let subscription = || ProviderSubscription::new("http://127.0.0.1:1/in", Secret::new("secret").unwrap());
    for one in [
        subscription(),
        subscription().with_events(["audit.*"]),
        subscription().with_events(["bill.created", "letter.ready"]),
        subscription().only("environment", "sandbox"),
    ] {
        engine.subscribe(&PROVIDER, one, START).unwrap();
    }
    let publish = |engine: &mut Engine, event_type: &str, environment: &str| {
        let message = Message::new("evt", event_type, "{}").with_label("environment", environment);
        engine.publish(message, START)
    };
    assert_eq!(publish(&mut engine, "audit.started", "production"), 2);
    assert_eq!(publish(&mut engine, "letter.ready", "production"), 2);
    assert_eq!(publish(&mut engine, "dispute.status_changed", "sandbox"), 2);
}

#[test]
fn what_waits_for_a_deleted_subscription_is_not_sent() {
    let mut run = Run::new(DeliveryPolicy::new(fixed(&[60])), Faults::default(), 1);
    run.publish(3);
    assert!(run.engine.unsubscribe("sub_1", START));
    assert!(!run.engine.unsubscribe("sub_1", START));
    run.finish();
    assert!(run.engine.attempts().is_empty() && run.engine.is_idle());
}

#[test]
fn a_replayed_event_has_all_its_retries_again() {
    let mut run = Run::new(DeliveryPolicy::new(fixed(&[60, 60])), Faults::default(), 1);
    run.health = 0.0;
    run.publish(1);
    run.finish();
    let queue = run.engine.operations_queue();
    assert_eq!((queue.len(), queue[0].retry_count, queue[0].response_code), (1, 2, Some(503)));
    assert_eq!((&*queue[0].endpoint, &*queue[0].event_type), ("http://127.0.0.1:1/in", "bill.created"));

    assert!(run.engine.replay(queue[0].delivery, run.now));
    assert!(!run.engine.replay(queue[0].delivery, run.now), "it waits already");
    assert!(!run.engine.replay(77, run.now));
    run.health = 1.0;
    run.finish();
    assert!(run.engine.operations_queue().is_empty());
    assert_eq!(run.engine.attempts().len(), 4);
}
