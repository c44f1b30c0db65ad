//! Checks that workers follow the limits and circuit commands of operators, and report their circuits.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::Event;
use countersign_inbox::EventState::{Done, Ready};
use countersign_inbox::{
    Alert, AlertState, Backoff, CircuitBreaker, Context, ControlChange, OpsStore, Outcome, RateLimit,
};

use crate::support::{Audited, Store, builder, completed, nothing, pass, source};

fn limit(attempts: u32, secs: u64) -> RateLimit {
    RateLimit::new(attempts, Duration::from_secs(secs)).unwrap()
}

/// Instead of that of the code, from the start on, and within seconds of each change.
#[tokio::test(start_paused = true)]
async fn a_limit_of_an_operator_replaces_that_of_the_code() {
    let store = Store::with((0..30).map(|id| completed(&id.to_string())));
    store.set_control(&ControlChange::limit("audits", limit(2, 60), "ada")).await.unwrap();
    let limited = source(nothing).with_rate_limit(3, Duration::from_secs(60));
    let inbox = builder(&store, limited).start_working().unwrap();
    let done = || store.states().iter().filter(|state| **state == Done).count();
    pass(59_000).await;
    assert_eq!(done(), 2);
    assert!(inbox.set_control(&ControlChange::limit("audits", limit(7, 60), "ada")).await.unwrap());
    pass(12_000).await;
    assert_eq!(done(), 9, "those that began before count");
    assert!(inbox.set_control(&ControlChange::unlimit("audits", "ada")).await.unwrap());
    pass(120_000).await;
    assert_eq!(done(), 9 + 3 * 2, "the limit of the code holds again");
}

#[tokio::test(start_paused = true)]
async fn a_claim_that_waits_follows_another_limit_within_five_seconds() {
    let store = Store::with((0..30).map(|id| completed(&id.to_string())));
    store.set_control(&ControlChange::limit("audits", limit(1, 3600), "ada")).await.unwrap();
    let inbox = builder(&store, source(nothing)).start_working().unwrap();
    let done = || store.states().iter().filter(|state| **state == Done).count();
    pass(62_000).await;
    assert_eq!(done(), 1);
    assert!(inbox.set_control(&ControlChange::unlimit("audits", "ada")).await.unwrap());
    pass(5_100).await;
    assert_eq!(done(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_claim_that_waits_for_a_place_follows_a_lower_limit() {
    let store = Store::with((0..5).map(|id| completed(&id.to_string())));
    let slow = |_: Event<Audited>, _: Context| pass(17_000);
    let limited = source(slow).with_rate_limit(100, Duration::from_secs(3600)).with_concurrency(1);
    let inbox = builder(&store, limited).start_working().unwrap();
    pass(11_000).await;
    assert!(inbox.set_control(&ControlChange::limit("audits", limit(1, 3600), "ada")).await.unwrap());
    pass(600_000).await;
    let done = store.states().iter().filter(|state| **state == Done).count();
    assert_eq!(done, 1, "the one that ran");
}

#[tokio::test(start_paused = true)]
async fn an_operator_opens_and_closes_the_circuit() {
    let store = Store::new();
    let inbox = builder(&store, source(nothing)).start_working().unwrap();
    let open = ControlChange::open_circuit("audits", Duration::from_secs(600), "ada");
    assert!(inbox.set_control(&open).await.unwrap());
    pass(6_000).await;
    store.add(completed("1"));
    pass(60_000).await;
    assert_eq!(store.states(), [Ready]);
    let [circuit] = store.controls().await.unwrap().circuits.try_into().unwrap();
    let left = circuit.report.left.as_secs();
    assert!((530..=540).contains(&left) && !circuit.report.is_half_open, "{circuit:?}");
    assert_eq!((circuit.report.source.as_str(), circuit.report.pattern), ("audits", None));
    assert!(inbox.set_control(&ControlChange::close_circuit("audits", "ada")).await.unwrap());
    pass(12_000).await;
    assert_eq!(store.states(), [Done]);
    assert_eq!(store.controls().await.unwrap().circuits, []);
}

/// The alert is about failures, and an operator who opens the circuit ends none.
#[tokio::test(start_paused = true)]
async fn an_operator_who_opens_a_circuit_that_failures_have_opened_resolves_no_alert() {
    let (store, alerts) = (Store::with((0..3).map(|id| completed(&id.to_string()))), Arc::default());
    let reported: Arc<Mutex<Vec<(AlertState, &'static str)>>> = Arc::clone(&alerts);
    let notify = move |alert: Alert| {
        reported.lock().unwrap().push((alert.state, alert.cause.kind()));
        async { Ok::<_, String>(()) }
    };
    let down = |_: Event<Audited>, _: Context| async { Outcome::retry("503") };
    let breaker = CircuitBreaker::after(2).with_pause(Duration::from_secs(3600));
    let inbox = builder(&store, source(down).with_circuit_breaker(breaker)).on_alert(notify);
    let inbox = inbox.start_working().unwrap();
    pass(60_000).await;
    let open = ControlChange::open_circuit("audits", Duration::from_secs(1200), "ada");
    assert!(inbox.set_control(&open).await.unwrap());
    pass(900_000).await;
    let of_circuit = || -> Vec<_> {
        let all = alerts.lock().unwrap();
        all.iter().filter(|(_, kind)| *kind == "circuit_open").map(|(state, _)| *state).collect()
    };
    assert_eq!(of_circuit(), [AlertState::Fired]);
}

/// Opened by failures, with their pattern, until a trial succeeds.
#[tokio::test(start_paused = true)]
async fn circuits_that_are_open_are_reported_until_they_close() {
    static IS_DOWN: AtomicBool = AtomicBool::new(true);
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let store = Store::with((0..5).map(|id| completed(&id.to_string())));
    let handler = |_: Event<Audited>, _: Context| async {
        let call = CALLS.fetch_add(1, Ordering::Relaxed);
        if IS_DOWN.load(Ordering::Relaxed) {
            Outcome::retry(format_args!("request {call}: 503"))
        } else {
            Outcome::Done
        }
    };
    let breaker = CircuitBreaker::after(2).with_pause(Duration::from_secs(60));
    let guarded = source(handler).with_circuit_breaker(breaker).with_concurrency(1);
    let _inbox = builder(&store, guarded).with_backoff(Backoff::default()).start_working().unwrap();
    pass(20_000).await;
    let [circuit] = store.controls().await.unwrap().circuits.try_into().unwrap();
    assert_eq!(circuit.report.pattern.as_deref(), Some("request #: #"));
    assert_eq!(CALLS.load(Ordering::Relaxed), 2);
    store.set_control(&ControlChange::close_circuit("audits", "ada")).await.unwrap();
    pass(12_000).await;
    assert!(CALLS.load(Ordering::Relaxed) > 2, "it closes without a trial, and opens again");
    assert_eq!(store.controls().await.unwrap().circuits.len(), 1);
    IS_DOWN.store(false, Ordering::Relaxed);
    pass(600_000).await;
    assert_eq!(store.states(), [Done; 5]);
    assert_eq!(store.controls().await.unwrap().circuits, []);
}
