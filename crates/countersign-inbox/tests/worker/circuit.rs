//! Checks that attempts stop while they fail in the same way, and go on after a trial.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use countersign::Event;
use countersign_inbox::EventState::{Done, Ready};
use countersign_inbox::{
    AlertRules, Backoff, CircuitBreaker, Context, Endpoint, Inbox, InboxStore, Observation, Outcome,
};
use countersign_test_logs::Logs;
use tokio::time::Instant;

use crate::support::{Audited, Counts, Store, builder, completed, pass, source};

#[tokio::test(start_paused = true)]
async fn attempts_stop_after_equal_failures_and_go_on_after_a_trial() {
    static IS_DOWN: AtomicBool = AtomicBool::new(true);
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let counts = Counts::start();
    let gauge = || counts.take().get("webhook.circuit_open{source=audits}").copied();
    let logs = Logs::collect();
    let store = Store::with((0..20).map(|id| completed(&id.to_string())));
    let handler = |_: Event<Audited>, _: Context| async {
        // Another text each time, of the same pattern.
        let call = CALLS.fetch_add(1, Ordering::Relaxed);
        if IS_DOWN.load(Ordering::Relaxed) {
            Outcome::retry(format_args!("request {call}: 503"))
        } else {
            Outcome::Done
        }
    };
    let inbox = start(&store, source(handler).with_concurrency(1));
    pass(10).await;
    assert_eq!(CALLS.load(Ordering::Relaxed), 3);
    assert_eq!(gauge(), Some(1.0));
    let began = Instant::now();
    pass(59_000).await;
    assert_eq!((CALLS.load(Ordering::Relaxed), store.calls("claim_due", began).len()), (3, 0));
    // One trial for each pause.
    for calls in [4, 5] {
        pass(1_000).await;
        assert_eq!(CALLS.load(Ordering::Relaxed), calls);
        pass(59_000).await;
        assert_eq!(CALLS.load(Ordering::Relaxed), calls);
    }
    let attempts: u32 = (1..=20).map(|number| store.event(number).summary.attempt).sum();
    assert_eq!(attempts, 5, "what does not begin does not count");
    assert!(inbox.health().live().ok);
    IS_DOWN.store(false, Ordering::Relaxed);
    pass(2_000).await;
    assert_eq!(gauge(), Some(0.0));
    assert_eq!(store.states(), [Done; 20]);
    for expected in ["request #: #", "the circuit stays open", "the circuit is closed"] {
        assert!(!logs.with(expected).is_empty(), "{expected}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_store_knows_of_a_circuit_that_is_open() {
    static IS_DOWN: AtomicBool = AtomicBool::new(true);
    let store = Store::with((0..9).map(|id| completed(&id.to_string())));
    let handler = |_: Event<Audited>, _: Context| async {
        if IS_DOWN.load(Ordering::Relaxed) { Outcome::retry("billing said 503") } else { Outcome::Done }
    };
    let _inbox = start(&store, source(handler).with_concurrency(1));
    let causes = async || {
        let observation = Observation::of(store.ops().unwrap()).await.unwrap();
        let health = observation.health(&AlertRules::default(), Duration::MAX);
        health.into_iter().flat_map(|of| of.causes).map(|cause| cause.to_string()).collect::<Vec<_>>()
    };
    let open = "the circuit of `audits` is open: billing said #";
    pass(10_000).await;
    assert!(causes().await.contains(&open.to_owned()), "{:?}", causes().await);
    IS_DOWN.store(false, Ordering::Relaxed);
    pass(70_000).await;
    assert_eq!(store.states(), [Done; 9]);
    assert!(!causes().await.contains(&open.to_owned()), "{:?}", causes().await);
}

/// Attempts that run beside those that open the circuit, and events that are leased meanwhile.
#[tokio::test(start_paused = true)]
async fn what_runs_when_it_opens_ends_and_what_is_leased_is_given_back() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let store = Store::with((0..40).map(|id| completed(&id.to_string())));
    let handler = |_: Event<Audited>, _: Context| async {
        CALLS.fetch_add(1, Ordering::Relaxed);
        pass(100).await;
        Outcome::retry("down")
    };
    let inbox = start(&store, source(handler).with_concurrency(10));
    pass(30_000).await;
    let begun = CALLS.load(Ordering::Relaxed);
    assert_eq!(begun, 10);
    assert_eq!(store.states(), [Ready; 40]);
    let attempts: u32 = (1..=40).map(|number| store.event(number).summary.attempt).sum();
    assert_eq!(attempts, begun);
    assert_eq!(inbox.drain().await.given_back, 0, "the shutdown gave nothing back");
}

#[tokio::test(start_paused = true)]
async fn failures_that_say_nothing_about_other_events_leave_it_closed() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let store = Store::with((0..20).map(|id| completed(&id.to_string())));
    let handler = |_: Event<Audited>, _: Context| async {
        match CALLS.fetch_add(1, Ordering::Relaxed) % 2 {
            0 => Outcome::permanent("no such bill"),
            _ => Outcome::skip("old"),
        }
    };
    let _inbox = start(&store, source(handler).with_concurrency(1));
    pass(1_000).await;
    assert_eq!(CALLS.load(Ordering::Relaxed), 20);
}

fn start(store: &Arc<Store>, endpoint: Endpoint) -> Inbox {
    let breaker = CircuitBreaker::after(3).with_pause(Duration::from_secs(60));
    let second = Duration::from_secs(1);
    builder(store, endpoint.with_circuit_breaker(breaker))
        .with_backoff(Backoff::new(second, second))
        .with_max_attempts(100)
        .start_working()
        .unwrap()
}
