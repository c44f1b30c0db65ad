use std::collections::BTreeMap;
use std::time::Duration;

use countersign::Event;
use countersign_inbox::{Context, Durability, Endpoint, Inbox, InboxStore};
use countersign_testkit::conformance::inbox::sample_event;
use serde_json::json;
use tokio::time::Instant;

use crate::support::{
    Audited, Counts, InjectedError, Store, builder, completed, nothing, pass, run, source, verifier,
};

#[tokio::test(start_paused = true)]
async fn a_worker_is_live_while_its_tasks_move_and_says_why_not() {
    let store = Store::new();
    let worker = builder(&store, source(nothing)).start_working().unwrap();
    let health = worker.health();
    assert_eq!(health.live().reasons, ["the worker has not started"]);
    pass(1_000).await;
    assert!(health.live().ok);
    // An unreachable store does not make the worker dead: a restart would not help.
    store.next("claim_due", [InjectedError::Down]);
    pass(24 * 3_600_000).await;
    assert!(health.live().ok, "{:?}", health.live());
    let _ = worker.drain().await;
    assert_eq!(health.live().reasons, ["the worker has stopped"]);
}

#[tokio::test(start_paused = true)]
async fn a_worker_whose_places_are_all_taken_is_live() {
    let store = Store::with((0..9).map(|id| completed(&id.to_string())));
    let worker = run(&store, |_: Event<Audited>, _: Context| pass(800_000));
    let health = worker.health();
    for _ in 0..20 {
        pass(35_000).await;
        assert!(health.live().ok, "{:?}", health.live());
    }
}

#[tokio::test]
async fn a_worker_whose_thread_is_blocked_is_not_live() {
    tokio::time::pause();
    let store = Store::new();
    let worker = run(&store, nothing);
    let health = worker.health();
    pass(1_000).await;
    // No task runs while this test does not await.
    let blocked = tokio::time::advance(Duration::from_secs(3600));
    let mut blocked = Box::pin(blocked);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let _ = blocked.as_mut().poll(&mut context);
    let reasons = health.live().reasons;
    assert!(
        reasons.iter().any(|reason| reason.contains("`claims of audits` has made no progress for")),
        "{reasons:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_worker_is_ready_while_the_store_takes_writes() {
    let store = Store::new();
    let worker = run(&store, nothing);
    let health = worker.health();
    pass(1_000).await;
    assert!(health.ready().await.ok);
    store.next("probe", [InjectedError::Down]);
    assert!(health.ready().await.ok, "it was asked just now");
    pass(11_000).await;
    let report = health.ready().await;
    let expected = json!({
        "ok": false,
        "reasons": ["the store takes no writes: the store is not available: the disk is on fire"],
        "last_write_seconds": 11,
    });
    assert_eq!(serde_json::to_value(&report).unwrap(), expected);
    store.heal();
    store.next("probe", [InjectedError::Hang]);
    assert!(!health.ready().await.ok, "it does not wait for ever");
    assert!(health.ready().await.ok);
    worker.stop_token().cancel();
    pass(1).await;
    assert!(!health.ready().await.ok, "it takes no more");
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_is_behind_says_so_and_is_ready() {
    let store = Store::with([completed("1"), completed("2")]);
    store.accept(sample_event("of another service", "1", "{}")).await.unwrap();
    let slow = source(|_: Event<Audited>, _: Context| pass(3_000_000)).with_timeout(Duration::MAX);
    let builder = builder(&store, slow.with_concurrency(1));
    let worker = builder.with_max_backlog_age(Duration::from_secs(60)).start_working().unwrap();
    let health = worker.health();
    pass(59_000).await;
    assert_eq!(health.backlog().await.unwrap().late, <[String; 0]>::default());
    pass(60_000).await;
    let backlog = health.backlog().await.unwrap();
    assert_eq!(backlog.late, ["audits", "of another service"]);
    assert_eq!(backlog.sources[0].oldest_due, Some(Duration::from_secs(119)));
    assert!(health.ready().await.ok, "a restart, or less traffic, would not help");
    store.next("counts", [InjectedError::Down]);
    assert!(health.ready().await.ok, "nothing is counted for it");
    assert!(health.backlog().await.is_err());
    store.heal();
    store.next("counts", [InjectedError::Hang]);
    assert!(health.backlog().await.is_err(), "it does not wait for ever");
}

#[tokio::test(start_paused = true)]
async fn the_backlog_is_measured() {
    let counts = Counts::start();
    let store = Store::with((0..3).map(|id| completed(&id.to_string())));
    let slow = source(|_: Event<Audited>, _: Context| pass(600_000)).with_concurrency(1);
    let _worker = builder(&store, slow).start_working().unwrap();
    pass(31_000).await;
    let counts = counts.take();
    let backlog = |state| counts[&format!("webhook.backlog{{source=audits,state={state}}}")];
    assert_eq!(["ready", "running", "done", "dead"].map(backlog), [2.0, 1.0, 0.0, 0.0]);
    assert_eq!(counts["webhook.oldest_ready{source=audits}"], 30.0);
}

/// A gauge that is not set keeps its last value.
#[tokio::test(start_paused = true)]
async fn an_endpoint_without_events_has_a_backlog_of_zero_from_the_start_and_after_a_purge() {
    let counts = Counts::start();
    let store = Store::with([completed("1")]);
    let [audits, new] = [Endpoint::new("audits", verifier("a")), Endpoint::new("new", verifier("b"))];
    let inbox = Inbox::builder(store.clone()).with_endpoint(audits).with_endpoint(new);
    let _inbox = inbox.insecure_allow_durability(Durability::Memory).start_accepting().unwrap();
    pass(1000).await;
    let gauge = |counts: &BTreeMap<String, f64>, source: &str| {
        counts[&format!("webhook.backlog{{source={source},state=ready}}")]
    };
    let measured = counts.take();
    assert_eq!((gauge(&measured, "audits"), gauge(&measured, "new")), (1.0, 0.0));
    assert_eq!(measured["webhook.oldest_ready{source=new}"], 0.0);
    assert_eq!(measured["webhook.paused{source=new}"], 0.0);
    store.purge();
    pass(15_000).await;
    let measured = counts.take();
    assert_eq!((gauge(&measured, "audits"), gauge(&measured, "new")), (0.0, 0.0));
    assert_eq!(measured["webhook.oldest_ready{source=audits}"], 0.0);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_only_accepts_measures_the_backlog_until_it_stops() {
    let counts = Counts::start();
    let store = Store::with((0..3).map(|id| completed(&id.to_string())));
    let start = Instant::now();
    let inbox = Inbox::builder(store.clone()).with_endpoint(Endpoint::new("audits", verifier("a")));
    let inbox = inbox.insecure_allow_durability(Durability::Memory).start_accepting().unwrap();
    store.next("counts", [InjectedError::None, InjectedError::Hang, InjectedError::Error]);
    pass(59_000).await;
    let every = [0, 15, 30, 45].map(Duration::from_secs);
    assert_eq!(store.calls("counts", start), every, "however the store answers");
    let measured = counts.take();
    assert_eq!(measured["webhook.backlog{source=audits,state=ready}"], 3.0);
    assert_eq!(measured["webhook.oldest_ready{source=audits}"], 45.0);
    let _ = inbox.drain().await;
    pass(60_000).await;
    assert_eq!(store.calls("counts", start).len(), every.len(), "it has stopped");
}

#[tokio::test(start_paused = true)]
async fn what_was_remembered_for_long_enough_is_forgotten_a_few_at_a_time() {
    let counts = Counts::start();
    let store = Store::remembering(Duration::from_secs(300), (0..1200).map(|id| completed(&id.to_string())));
    let worker = run(&store, nothing);
    pass(200_000).await;
    assert_eq!(store.states().len(), 1000, "a page of them");
    pass(300_000).await;
    assert_eq!(store.states(), []);
    store.accept(completed("new")).await.unwrap();
    assert_eq!(counts.take()["webhook.retention.deleted{}"], 1200.0);
    assert!(worker.drain().await.is_clean());
}
