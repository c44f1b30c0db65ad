//! Faults arrive at the receiver as they were asked for.

use std::time::Duration;

use countersign::providers::preflix;
use countersign_testkit::simulators::{Faults, Outcome, Preflix, Wire};

use crate::support::{Hook, clock, messages, ok, stepping};

#[tokio::test]
async fn chunked_and_slow_bodies_arrive_whole() {
    let clock = clock();
    let hook = Hook::start(&preflix::PROVIDER, &clock, ok).await;
    for wire in [Wire::default().chunked(), Wire::default().slow(Duration::from_millis(16))] {
        let preflix = Preflix::new(stepping(&clock).with_faults(Faults::default().wire(wire)));
        preflix.subscribe(hook.subscription()).unwrap();
        preflix.play().unwrap();
        preflix.run().await;
        assert_eq!(preflix.telemetry().delivered, 6, "{:?}", preflix.attempts());
    }
}

#[tokio::test]
async fn aborted_attempts_are_retried_until_the_event_arrives() {
    let clock = clock();
    let hook = Hook::start(&preflix::PROVIDER, &clock, ok).await;
    let preflix = Preflix::new(stepping(&clock).with_faults(Faults::default().abort(0.5)));
    preflix.subscribe(hook.subscription()).unwrap();
    preflix.play().unwrap();
    preflix.run().await;
    let aborted = preflix.attempts().iter().filter(|attempt| attempt.outcome == Outcome::Aborted).count();
    assert!(aborted > 0);
    assert_eq!((preflix.telemetry().delivered, hook.seen().len()), (6, 6));
}

#[tokio::test]
async fn duplicates_have_the_same_id_and_the_same_body() {
    let clock = clock();
    let hook = Hook::start(&preflix::PROVIDER, &clock, ok).await;
    let preflix = Preflix::new(stepping(&clock).with_faults(Faults::default().duplicates(1.0)));
    preflix.subscribe(hook.subscription()).unwrap();
    preflix.play().unwrap();
    preflix.run().await;
    let seen = hook.seen();
    assert_eq!((seen.len(), messages(&preflix).len()), (12, 6));
    for one in &seen {
        let same = seen.iter().filter(|other| other.id == one.id && other.body == one.body);
        assert_eq!(same.count(), 2);
    }
}

#[tokio::test]
async fn an_event_arrives_after_the_delay() {
    let clock = clock();
    let hook = Hook::start(&preflix::PROVIDER, &clock, ok).await;
    let delay = Duration::from_secs(90);
    let preflix = Preflix::new(stepping(&clock).with_faults(Faults::default().delay(delay)));
    preflix.subscribe(hook.subscription()).unwrap();
    preflix.play().unwrap();
    preflix.run().await;
    assert!(
        preflix.attempts().iter().all(|attempt| attempt.at == attempt.published_at.saturating_add(delay))
    );
}
