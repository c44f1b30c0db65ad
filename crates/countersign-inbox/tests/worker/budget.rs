use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use countersign::{ErrorKind, Event};
use countersign_inbox::EventState::Done;
use countersign_inbox::{Context, Endpoint, Inbox, InboxStore, NewEvent, Subscription};
use http::HeaderValue;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::support::{
    Audited, Counts, InjectedError, Store, accepting, builder, deliver, pass, source, verified, verifier,
};

/// The largest head that an HTTP/1.1 server accepts.
const HEAD: usize = 347 << 10;
const BODY: usize = 512 << 10;
const BUDGET: usize = 16 << 20;

#[test]
fn a_worker_holds_twice_its_budget_at_most_however_large_its_events_are() {
    for is_careless in [false, true] {
        let events = (0..60).map(|number| large(number, BODY));
        let (store, mut most_at_once) = (Store::copying(events, is_careless), 0);
        let held = allocation_counter::measure(|| most_at_once = handle_all(&store, 256)).bytes_max as usize;
        assert!(held <= 2 * BUDGET + 3 * (HEAD + BODY), "{} KiB, {is_careless}", held >> 10);
        assert!((8..=16).contains(&most_at_once), "{most_at_once} at once, {is_careless}");
        assert!(store.states().iter().all(|state| *state == Done));
    }
}

/// It comes again, and would count twice.
#[tokio::test(start_paused = true)]
async fn a_delivery_that_is_refused_for_want_of_room_is_left_out_by_no_rule() {
    let (counts, store) = (Counts::start(), Store::new());
    store.next("accept", [InjectedError::Hang]);
    let (delivery, head) = verified(r#"{"id":"evt_1","type":"audit.completed","data":{}}"#);
    let subscription = |name: &str, types: &str| Subscription::new(name).with_types([types]);
    let endpoint = Endpoint::new("audits", verifier("a"))
        .with_subscription(subscription("audits", "audit.*"))
        .with_subscription(subscription("bills", "bill.*"))
        .with_accept_budget(1);
    let acceptor = accepting(&store, endpoint);
    let first = acceptor.accept(&delivery, head.clone());
    let second = acceptor.accept(&delivery, head).await;
    assert_eq!(second.refusal(), Some(ErrorKind::BudgetSpent.into()));
    assert_eq!(counts.take()["webhook.filtered{rule=types,source=audits/bills}"], 1.0);
    drop(first);
}

#[test]
fn small_events_are_handled_as_many_at_a_time_as_there_are_places() {
    let store = Store::with((0..1000).map(|number| audit(number, 100)));
    assert_eq!(handle_all(&store, 256), 256);
}

#[test]
fn deliveries_that_wait_for_the_store_hold_twice_the_budget_at_most_heads_included() {
    let held = allocation_counter::measure(|| {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let store = Store::new();
            store.next("accept", (0..1000).map(|_| InjectedError::Hang));
            let (delivery, head) = verified(r#"{"id":"evt_1","type":"audit.completed","data":{}}"#);
            let endpoint = Endpoint::new("audits", verifier("a")).with_accept_budget(BUDGET as u32);
            let acceptor = accepting(&store, endpoint);
            let (mut waiting, refused) = (JoinSet::new(), Arc::new(AtomicUsize::new(0)));
            for _ in 0..500 {
                let mut head = head.clone();
                head.headers.insert("x-filler", filler(HEAD));
                let (accepted, refused) = (acceptor.accept(&delivery, head), refused.clone());
                waiting.spawn(async move {
                    let answer = accepted.await;
                    refused.fetch_add(usize::from(answer.refusal().is_some()), Ordering::Relaxed);
                });
                pass(1).await;
            }
            let waiting = waiting.len() - refused.load(Ordering::Relaxed);
            assert!((10..60).contains(&waiting), "{waiting} wait");
        });
    });
    assert!(held.bytes_max as usize <= 2 * BUDGET, "{} KiB", held.bytes_max >> 10);
}

#[tokio::test(start_paused = true)]
async fn a_source_with_large_events_holds_up_no_other_one() {
    let mut events: Vec<_> = (0..40).map(|number| large(number, BODY)).collect();
    let mut other = audit(1000, 100);
    other.source = "refunds".to_owned();
    events.push(other);
    let store = Store::with(events);
    let slow = source(|_: Event<Audited>, _: Context| pass(3_600_000)).with_concurrency(40);
    let quick = countersign_inbox::Endpoint::new("refunds", crate::support::verifier("a"))
        .on::<Audited>(crate::support::nothing);
    let worker = builder(&store, slow).with_endpoint(quick).with_budget(BUDGET).start_working().unwrap();
    pass(1_000).await;
    assert_eq!(store.states()[40], Done);
    drop(worker);
}

/// Handles all events, each in a second; returns the highest number at once.
fn handle_all(store: &Arc<Store>, concurrency: usize) -> usize {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let most_at_once = most.clone();
    let handler = move |_: Event<Audited>, _: Context| {
        let (now, most) = (now.clone(), most.clone());
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            pass(1_000).await;
            now.fetch_sub(1, Ordering::Relaxed);
        }
    };
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let inbox: Arc<dyn InboxStore> = store.clone();
        let worker = Inbox::builder(inbox)
            .with_endpoint(source(handler).with_concurrency(concurrency))
            .with_budget(BUDGET)
            .start_working()
            .unwrap();
        tokio::time::sleep(Duration::from_secs(100)).await;
        let _ = worker.drain().await;
    });
    most_at_once.load(Ordering::Relaxed)
}

fn large(number: u64, body: usize) -> NewEvent {
    let mut event = audit(number, body);
    event.head.headers.insert("x-filler", filler(HEAD));
    event
}

fn audit(number: u64, body: usize) -> NewEvent {
    let filler = "x".repeat(body);
    deliver(
        &format!(
            r#"{{"id":"evt_{number}","type":"audit.completed","data":{{"bill_id":"1","filler":"{filler}"}}}}"#
        ),
        None,
    )
}

fn filler(length: usize) -> HeaderValue {
    HeaderValue::from_bytes(&vec![b'x'; length]).unwrap()
}
