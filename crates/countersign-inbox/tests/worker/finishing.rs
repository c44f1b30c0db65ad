use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use countersign::Event;
use countersign_inbox::EventState::{Dead, Done, Ready, Running};
use countersign_inbox::{Context, Outcome};
use countersign_test_logs::Logs;
use tokio::time::Instant;

use crate::support::{Audited, Counts, InjectedError, Store, builder, completed, nothing, pass, run, source};

#[tokio::test(start_paused = true)]
async fn a_finish_is_sent_again_until_the_store_answers() {
    let counts = Counts::start();
    let store = Store::with([completed("1")]);
    store.next(
        "finish",
        [InjectedError::Error, InjectedError::Hang, InjectedError::Error, InjectedError::LostReply],
    );
    let _worker = run(&store, nothing);
    pass(30_000).await;
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Done], 1));
    let counts = counts.take();
    assert_eq!(counts["webhook.store.errors{operation=finish}"], 4.0);
    assert_eq!(counts["webhook.attempts{outcome=done,source=audits}"], 1.0);
    assert!(!counts.contains_key("webhook.stale_finishes{source=audits}"));
}

/// The event was handled, and no other worker has taken it over: it does not run again.
#[tokio::test(start_paused = true)]
async fn a_finish_counts_after_the_lease_and_an_event_is_not_taken_for_done_before() {
    let (counts, logs) = (Counts::start(), Logs::collect());
    let store = Store::with([completed("1")]);
    store.next("finish", [InjectedError::Down]);
    let runs = Arc::new(AtomicU32::new(0));
    let count = runs.clone();
    let _worker = run(&store, move |_: Event<Audited>, _: Context| {
        count.fetch_add(1, Ordering::Relaxed);
        async {}
    });
    let began = Instant::now();
    pass(59_900).await;
    assert_eq!((store.states(), runs.load(Ordering::Relaxed)), (vec![Running], 1));
    let tries = store.calls("finish", began);
    assert!(tries.len() > 20, "until the end of the lease: {tries:?}");
    pass(600_000).await;
    assert_eq!((store.states(), runs.load(Ordering::Relaxed)), (vec![Running], 1));
    store.heal();
    pass(10_000).await;
    assert_eq!((store.states(), runs.load(Ordering::Relaxed)), (vec![Done], 1));
    let counts = counts.take();
    assert!(counts["webhook.commit_after_success_failures{source=audits}"] == 1.0);
    assert!(!logs.with("the outcome could not be stored before the lease ended").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_retry_whose_reply_is_lost_is_no_stale_finish() {
    let counts = Counts::start();
    let store = Store::with([completed("1")]);
    store.next("finish", [InjectedError::LostReply]);
    let _worker = run(&store, |_: Event<Audited>, _: Context| async { Outcome::retry("down") });
    pass(500).await;
    assert_eq!(store.states()[0], Ready);
    let counts = counts.take();
    assert!(!counts.contains_key("webhook.stale_finishes{source=audits}"), "{counts:?}");
}

/// The store does not answer for longer than a lease, and the claims of the same worker succeed before the
/// finishes.
#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_for_longer_than_the_lease_makes_no_event_run_twice() {
    for away in [InjectedError::Error, InjectedError::Hang] {
        let store = Store::with((0..8).map(|id| completed(&id.to_string())));
        let runs = Arc::new(AtomicU32::new(0));
        let (count, cut) = (runs.clone(), store.clone());
        let source = source(move |_: Event<Audited>, _: Context| {
            count.fetch_add(1, Ordering::Relaxed);
            for operation in ["finish", "extend", "claim_due"] {
                cut.next(operation, [away; 400]);
            }
            async {}
        });
        let worker = builder(&store, source.with_concurrency(16)).start_working().unwrap();
        pass(100_000).await;
        assert_eq!((store.states(), runs.load(Ordering::Relaxed)), (vec![Running; 8], 8));
        // Finishes fail for a little longer than claims.
        store.heal();
        store.next("finish", [InjectedError::Error; 8]);
        pass(60_000).await;
        assert_eq!((store.states(), runs.load(Ordering::Relaxed)), (vec![Done; 8], 8), "{away:?}");
        assert!(worker.drain().await.is_clean());
    }
}

/// Another worker has the event, and its outcome counts.
#[tokio::test(start_paused = true)]
async fn a_late_finish_does_not_count_when_another_worker_has_the_event() {
    let store = Store::with([completed("1")]);
    store.next("finish", [InjectedError::Down]);
    store.next("extend", [InjectedError::Down]);
    let _worker = run(&store, nothing);
    pass(61_000).await;
    store.take_over();
    store.heal();
    pass(20_000).await;
    assert_eq!(store.states(), [Running]);
}

#[tokio::test(start_paused = true)]
async fn each_outcome_is_stored_as_what_it_is() {
    let store = Store::with((1..=4).map(|id| completed(&id.to_string())));
    let _worker = run(&store, |event: Event<Audited>, _: Context| async move {
        match event.delivery.id().unwrap().as_str() {
            "1" => Ok(Outcome::Done),
            "2" => Ok(Outcome::skip("nothing to do")),
            "3" => Ok(Outcome::permanent("no such bill")),
            _ => Err("the database is down"),
        }
    });
    pass(10).await;
    assert_eq!(store.states(), [Done, Done, Dead, Ready]);
    assert_eq!(
        [2, 3, 4].map(|id| store.error(id)),
        ["nothing to do", "no such bill", "the database is down"]
    );
    assert_eq!(store.event(1).summary.error, None);
}
