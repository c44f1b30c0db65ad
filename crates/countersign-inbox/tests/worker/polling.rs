use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::EventState::{Done, Ready};
use countersign_inbox::InboxStore;
use countersign_inbox::{Endpoint, Inbox};
use tokio::time::Instant;

use crate::support::{Audited, Store, builder, completed, nothing, pass, run, source, verifier};

#[tokio::test(start_paused = true)]
async fn an_idle_worker_asks_the_store_less_than_twice_a_second_however_many_sources_it_has() {
    for sources in [1, 5, 20, 200] {
        for (store, most) in [(Store::new(), 1_200), (Store::blind(), 600)] {
            let _worker = idle(&store, sources);
            pass(900_000).await;
            let began = Instant::now();
            pass(600_000).await;
            // Claims that find what queries for due sources do not are counted separately: one in 30 s for each
            // source.
            let claims = if store.is_blind() { 0 } else { store.calls("claim_due", began).len() };
            assert!(claims <= sources * 25, "{sources} sources: {claims} claims in 600 s");
            let calls = store.all_calls(began) - claims;
            assert!(calls <= most, "{sources} sources: {calls} calls in 600 s");
            assert_eq!(store.calls("extend", began).len() + store.calls("finish", began).len(), 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_wakes_the_worker_of_its_source_and_no_other() {
    let store = Store::new();
    let _worker = idle(&store, 200);
    pass(10_000).await;
    let began = Instant::now();
    for id in 0..50 {
        let mut event = completed(&id.to_string());
        event.source = "source 7".to_owned();
        store.accept(event).await.unwrap();
        pass(1).await;
    }
    let claims = store.calls("claim_due", began).len();
    // Some of the others may have claimed in turn.
    assert!(claims <= 50 + 20, "{claims} claims for 50 events");
}

#[tokio::test(start_paused = true)]
async fn an_event_of_another_process_is_picked_up_within_a_second_with_a_hundred_sources() {
    let store = Store::new();
    store.mute();
    let _worker = idle(&store, 100);
    pass(60_000).await;
    for id in 0..100 {
        let mut event = completed(&id.to_string());
        event.source = format!("source {id}");
        store.accept(event).await.unwrap();
        pass(950).await;
        assert_ne!(store.states()[id], Ready, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_comes_while_the_worker_is_idle_is_handled_at_once() {
    let store = Store::new();
    let _worker = run(&store, nothing);
    pass(60_000).await;
    for id in 1..=3 {
        store.accept(completed(&id.to_string())).await.unwrap();
        pass(1).await;
        assert_eq!(store.states(), vec![Done; id]);
        pass(30_000).await;
    }
}

/// The event came through another process, without a wake-up. graphile_worker 204 and 222: jobs were stuck.
#[tokio::test(start_paused = true)]
async fn an_event_without_a_notification_is_found_within_seconds() {
    for store in [Store::new(), Store::blind()] {
        store.mute();
        let _worker = run(&store, nothing);
        pass(60_000).await;
        store.accept(completed("1")).await.unwrap();
        assert_eq!(store.states(), [Ready]);
        pass(5_100).await;
        assert_eq!(store.states(), [Done]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_claims_no_more_than_it_has_places_for_and_goes_on_without_a_pause() {
    let store = Store::with((0..100).map(|id| completed(&id.to_string())));
    let began = Instant::now();
    let source = source(|_: countersign::Event<Audited>, _: countersign_inbox::Context| pass(10));
    let _worker = builder(&store, source.with_concurrency(10)).start_working().unwrap();
    pass(5).await;
    assert_eq!(store.states().iter().filter(|state| **state == Ready).count(), 90);
    while store.states() != [Done; 100] {
        assert!(began.elapsed() < Duration::from_millis(150), "{:?}", store.states());
        pass(1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn events_of_other_sources_are_left_alone() {
    let store = Store::with([completed("1")]);
    let other = Endpoint::new("orders", verifier("a")).on::<Audited>(nothing);
    let _worker = builder(&store, other).start_working().unwrap();
    pass(60_000).await;
    assert_eq!(store.states(), [Ready]);
}

fn idle(store: &Arc<Store>, sources: usize) -> Inbox {
    let source = |number| Endpoint::new(format!("source {number}"), verifier("a")).on::<Audited>(nothing);
    let mut builder = Inbox::builder(store.clone());
    for number in 0..sources {
        builder = builder.with_endpoint(source(number));
    }
    builder.start_working().unwrap()
}
