use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::Event;
use countersign_inbox::EventState::{Done, Ready, Running};
use countersign_inbox::InboxStore;
use countersign_inbox::{Context, Inbox, Report};
use tokio::time::Instant;

use crate::support::{
    Audited, InjectedError, Store, builder, completed, must_not_run, nothing, pass, run, source,
};

/// Returns the duration in seconds, and the report.
async fn stop(worker: Inbox) -> (u64, Report) {
    let began = Instant::now();
    let report = worker.drain().await;
    (began.elapsed().as_secs(), report)
}

#[tokio::test(start_paused = true)]
async fn an_idle_worker_stops_at_once() {
    let worker = run(&Store::new(), nothing);
    pass(60_000).await;
    let (seconds, report) = stop(worker).await;
    assert_eq!((seconds, report), (0, Report::default()));
}

#[tokio::test(start_paused = true)]
async fn a_handler_has_the_drain_to_end_and_nothing_new_is_claimed() {
    let store = Store::with([completed("1")]);
    let worker = run(&store, |_: Event<Audited>, _: Context| pass(15_000));
    pass(1_000).await;
    let stopping = tokio::spawn(stop(worker));
    pass(1_000).await;
    store.accept(completed("2")).await.unwrap();
    let (seconds, report) = stopping.await.unwrap();
    assert_eq!((seconds, report.drained, report.is_clean()), (14, 1, true));
    assert_eq!(store.states(), [Done, Ready]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_does_not_end_is_cancelled_then_aborted_and_its_event_given_back() {
    let store = Store::with([completed("1"), completed("2"), completed("3")]);
    let cancelled = Arc::new(Mutex::new(0));
    let count = cancelled.clone();
    let worker = run(&store, move |event: Event<Audited>, context: Context| {
        let count = count.clone();
        async move {
            context.cancelled().await;
            *count.lock().unwrap() += 1;
            match event.delivery.id().unwrap().as_str() {
                "1" => Ok(()),
                "2" => Err("it was cancelled"),
                _ => std::future::pending().await,
            }
        }
    });
    pass(1_000).await;
    let (seconds, report) = stop(worker).await;
    assert_eq!(*cancelled.lock().unwrap(), 3);
    assert_eq!(seconds, 25, "20 s of drain, 5 s of grace");
    assert_eq!((report.drained, report.given_back, report.is_clean()), (3, 2, true));
    assert_eq!(store.states(), [Done, Ready, Ready]);
    assert_eq!([2, 3].map(|id| store.event(id).summary.attempt), [0, 0], "no attempt is counted");

    // Another worker can claim them at once.
    let next = run(&store, nothing);
    pass(10).await;
    assert_eq!(store.states(), [Done; 3]);
    assert!(next.drain().await.is_clean());
}

#[tokio::test(start_paused = true)]
async fn leases_are_renewed_while_the_worker_drains() {
    let store = Store::with([completed("1")]);
    let slow = source(|_: Event<Audited>, _: Context| pass(300_000));
    let worker = builder(&store, slow).with_drain(Duration::from_secs(600)).start_working().unwrap();
    pass(1_000).await;
    let (seconds, report) = stop(worker).await;
    assert_eq!((seconds, report.drained, store.states()), (299, 1, vec![Done]));
    assert_eq!(store.event(1).summary.attempt, 1);
}

#[tokio::test(start_paused = true)]
async fn outcomes_are_stored_before_the_worker_is_gone() {
    let store = Store::with([completed("1")]);
    store.next("finish", [InjectedError::Error; 4]);
    let worker = run(&store, nothing);
    pass(1).await;
    assert_eq!(store.states(), [Running]);
    assert!(stop(worker).await.1.is_clean());
    assert_eq!(store.states(), [Done]);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_down_does_not_keep_the_worker_from_stopping() {
    let store = Store::with([completed("1")]);
    store.next("finish", [InjectedError::Down]);
    let worker = run(&store, nothing);
    pass(1_000).await;
    let (seconds, report) = stop(worker).await;
    assert!(seconds <= 30, "{seconds}");
    assert_eq!((report.abandoned, report.is_clean()), (1, false));
    assert_eq!(store.states(), [Running]);
}

/// The store has leased them, and the worker was stopped before it got the answer.
#[tokio::test(start_paused = true)]
async fn what_a_claim_brings_after_the_stop_is_given_back() {
    let store = Store::with([completed("1")]);
    store.next("claim_due", [InjectedError::Late]);
    let worker = run(&store, must_not_run);
    pass(500).await;
    assert_eq!(store.states(), [Running]);
    let (seconds, report) = stop(worker).await;
    assert_eq!((seconds, report.given_back, report.is_clean()), (0, 1, true));
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Ready], 0));
}
