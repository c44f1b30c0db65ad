//! Checks that a paused endpoint accepts deliveries, ends what runs, and begins nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use countersign::Event;
use countersign_inbox::EventState::{Done, Ready, Running};
use countersign_inbox::{
    Accepted, Context, IdentityPolicy, Inbox, InboxStore, NewEvent, OpsStore, PauseChange,
};
use countersign_test_logs::Logs;
use tokio::time::Instant;

use crate::support::{Audited, Counts, InjectedError, Store, completed, nothing, pass, run, verified};

#[tokio::test(start_paused = true)]
async fn what_runs_ends_and_nothing_begins_until_the_endpoint_is_resumed() {
    static STARTED: AtomicU32 = AtomicU32::new(0);
    let store = Store::with([completed("1")]);
    let inbox = run(&store, |_: Event<Audited>, _: Context| async {
        STARTED.fetch_add(1, Ordering::Relaxed);
        // Longer than the lease, which is renewed meanwhile.
        pass(100_000).await;
    });
    pass(1_000).await;
    assert_eq!(store.states(), [Running]);
    assert!(inbox.set_pause(&PauseChange::pause("audits", "ada")).await.unwrap());
    let accepted = store.accept(completed("2")).await.unwrap();
    assert!(matches!(accepted, Accepted::New { .. }), "{accepted:?}");
    pass(600_000).await;
    assert_eq!(store.states(), [Done, Ready]);
    assert_eq!(store.event(1).summary.attempt, 1);
    assert!(inbox.health().ready().await.ok);
    let began = Instant::now();
    pass(600_000).await;
    let claims = store.calls("claim_due", began).len();
    assert!(claims <= 25, "{claims} claims of a paused endpoint in 600 s");
    assert!(inbox.set_pause(&PauseChange::resume("audits", "ada")).await.unwrap());
    pass(10).await;
    assert_eq!(store.states(), [Done, Running]);
    pass(100_000).await;
    assert_eq!((store.states(), STARTED.load(Ordering::Relaxed)), (vec![Done; 2], 2));
}

/// Neither another process nor the clock wakes the worker.
#[tokio::test(start_paused = true)]
async fn the_end_of_a_pause_is_noticed_within_a_second() {
    let store = Store::with([completed("1")]);
    store.mute();
    let pause = PauseChange::pause("audits", "ada").with_duration(Duration::from_secs(3600));
    let inbox = run(&store, nothing);
    inbox.set_pause(&pause).await.unwrap();
    pass(3_599_000).await;
    assert_eq!(store.states(), [Ready]);
    pass(2_000).await;
    assert_eq!(store.states(), [Done]);
}

#[tokio::test(start_paused = true)]
async fn pauses_are_a_gauge_until_they_are_over() {
    let store = Store::new();
    let counts = Counts::start();
    let inbox = run(&store, nothing);
    let paused = async |inbox: &Inbox, change: &PauseChange| {
        inbox.set_pause(change).await.unwrap();
        pass(16_000).await;
        counts.take().get("webhook.paused{source=audits}").copied()
    };
    assert_eq!(paused(&inbox, &PauseChange::pause("audits", "ada")).await, Some(1.0));
    assert_eq!(paused(&inbox, &PauseChange::resume("audits", "ada")).await, Some(0.0));
}

/// It may be older than the subscription.
#[tokio::test(start_paused = true)]
async fn a_pause_of_an_endpoint_that_holds_for_a_subscription_is_logged_once() {
    let logs = Logs::collect();
    let (delivery, head) = verified(r#"{"id":"evt_1","type":"audit.completed","data":{}}"#);
    let of = |name: &str| NewEvent::new(&IdentityPolicy::new(name), &delivery, head.clone());
    let store = Store::with([of("audits"), of("audits/billing")]);
    store.set_pause(&PauseChange::pause("audits", "ada")).await.unwrap();
    let inbox = run(&store, nothing);
    pass(120_000).await;
    inbox.set_pause(&PauseChange::resume("audits", "ada")).await.unwrap();
    pass(60_000).await;
    inbox.set_pause(&PauseChange::pause("audits", "bob")).await.unwrap();
    pass(60_000).await;
    let text = logs.text();
    let lines: Vec<_> = text.lines().filter(|line| line.contains("the pause of its endpoint")).collect();
    let [first, second] = lines[..] else { panic!("{text}") };
    for (line, actor) in [(first, "ada"), (second, "bob")] {
        let fields = format!(r#"source="audits/billing" paused="audits" actor="{actor}""#);
        assert!(line.contains(" WARN ") && line.contains(&fields), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_is_reported() {
    let store: Arc<Store> = Store::new();
    let inbox = run(&store, nothing);
    store.next("set_pause", [InjectedError::Error, InjectedError::Hang]);
    for _ in 0..2 {
        assert!(inbox.set_pause(&PauseChange::pause("audits", "ada")).await.is_err());
    }
}
