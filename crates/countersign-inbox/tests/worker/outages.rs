use countersign_inbox::EventState::{Done, Ready};
use countersign_inbox::InboxStore;
use countersign_test_logs::Logs;
use tokio::time::Instant;

use crate::support::{Counts, InjectedError, Store, completed, nothing, pass, run};

/// procrastinate 1518 and apalis-redis 76: workers ended at the first error of their store, and jobs were stuck.
#[tokio::test(start_paused = true)]
async fn a_worker_survives_a_store_that_is_down_for_days_and_goes_on() {
    let (counts, logs) = (Counts::start(), Logs::collect());
    let store = Store::with([completed("1")]);
    for operation in ["claim_due", "extend", "finish", "sweep"] {
        store.next(operation, [InjectedError::Down]);
    }
    let worker = run(&store, nothing);
    let began = Instant::now();
    pass(3 * 24 * 3_600_000).await;
    let calls = store.calls("claim_due", began);
    let pauses: Vec<_> = calls.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect();
    assert!(pauses[0] < 150, "it is asked soon: {:?}", &pauses[..10]);
    assert!(pauses.iter().all(|pause| *pause <= 10_010), "and not too seldom: {:?}", pauses.iter().max());
    assert!(calls.len() < 3 * 24 * 3600 / 8, "nor too often: {}", calls.len());
    assert_eq!(logs.with("the store fails").len(), 2, "once for claims, once for sweeps");
    assert!(logs.with("the store fails")[0].contains("the disk is on fire"));
    assert_eq!(counts.take()["webhook.store.errors{operation=claim_due}"], calls.len() as f64);

    store.heal();
    pass(11_000).await;
    assert_eq!(store.states(), [Done]);
    assert_eq!(
        logs.with("the store answers again").iter().filter(|line| line.contains("claim_due")).count(),
        1
    );
    assert!(worker.drain().await.is_clean());
}

#[tokio::test(start_paused = true)]
async fn a_claim_that_is_never_answered_does_not_stop_the_worker() {
    let store = Store::with([completed("1")]);
    store.next("claim_due", [InjectedError::Hang, InjectedError::Hang]);
    let _worker = run(&store, nothing);
    pass(39_000).await;
    assert_eq!(store.states(), [Ready]);
    pass(3_000).await;
    assert_eq!(store.states(), [Done]);
}

/// A sweep deletes 500 bodies, so that ten of them delete 5,000.
#[tokio::test(start_paused = true)]
async fn rows_past_their_age_are_swept_within_a_minute_although_counts_hang() {
    let store = Store::new();
    store.next("counts", [InjectedError::Hang; 8]);
    store.leave(10);
    let began = Instant::now();
    let _worker = run(&store, nothing);
    pass(60_000).await;
    assert!(store.calls("sweep", began).len() > 10, "{:?}", store.calls("sweep", began));
}

#[tokio::test(start_paused = true)]
async fn what_a_claim_leased_whose_reply_was_lost_is_handled_when_the_lease_has_ended() {
    let store = Store::with([completed("1")]);
    store.next("claim_due", [InjectedError::LostReply]);
    let _worker = run(&store, nothing);
    pass(66_000).await;
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Done], 2));
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_store_is_loud_and_the_worker_goes_on() {
    let (counts, logs) = (Counts::start(), Logs::collect());
    let store = Store::with([completed("1")]);
    for operation in ["claim_due", "sweep"] {
        store.next(operation, [InjectedError::Panic]);
    }
    let worker = run(&store, nothing);
    pass(2_000).await;
    assert_eq!(store.states(), [Done]);
    store.next("finish", [InjectedError::Panic]);
    store.accept(completed("2")).await.unwrap();
    pass(70_000).await;
    assert_eq!(store.states(), [Done, Done], "after the end of the lease");
    let counts = counts.take();
    for task in ["claims", "maintenance", "attempt"] {
        assert_eq!(counts[&format!("webhook.worker.panics{{task={task}}}")], 1.0);
    }
    let lines = logs.with("a task of the worker panicked");
    assert!(lines.len() == 3 && lines[0].contains("the store panicked"), "{lines:?}");
    assert_eq!(worker.drain().await.panics, 3);
}
