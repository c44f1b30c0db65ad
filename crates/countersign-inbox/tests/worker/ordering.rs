//! Checks that events with one ordering key are handled one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::receiver::{Receiver, RequestHead, Tenant};
use countersign::{Delivery, Event, Secret};
use countersign_inbox::{ClaimDue, Context, Endpoint, EventId, Inbox, InboxStore, Outcome, Subscription};
use tokio::time::Instant;

use crate::support::{Audited, Store, accepting, builder, pass, verified, verifier};

/// The attempts in the order of their beginnings.
type Log = Arc<Mutex<Vec<Ran>>>;

#[derive(Clone, Debug)]
struct Ran {
    bill: String,
    id: EventId,
    began: Instant,
    ended: Instant,
    outcome: Outcome,
}

/// Returns an endpoint whose handler takes 10 s, and fails at the first attempt at every third event.
fn endpoint(log: &Log) -> Endpoint {
    let log = log.clone();
    let handler = move |event: Event<Audited>, context: Context| {
        let log = log.clone();
        async move {
            let began = Instant::now();
            tokio::time::sleep(TIME).await;
            let id = context.event_id();
            let outcome = if id.get() % 3 == 0 && context.attempt() == 1 {
                Outcome::retry("busy")
            } else {
                Outcome::Done
            };
            let bill = event.data.bill_id;
            let ran = Ran { bill, id, began, ended: Instant::now(), outcome: outcome.clone() };
            log.lock().unwrap().push(ran);
            outcome
        }
    };
    Endpoint::new("audits", verifier("a")).on::<Audited>(handler).with_ordering_key("/data/bill_id")
}

async fn send(store: &Arc<Store>, endpoint: Endpoint, bills: impl IntoIterator<Item = String>) {
    let acceptor = accepting(store, endpoint);
    for (number, bill) in bills.into_iter().enumerate() {
        let data = format!(r#"{{"bill_id":"{bill}"}}"#);
        let (delivery, head) =
            verified(&format!(r#"{{"id":"evt_{number}","type":"audit.completed","data":{data}}}"#));
        let _ = acceptor.accept(&delivery, head).await;
    }
}

fn by_bill(log: &Log) -> BTreeMap<String, Vec<Ran>> {
    let mut bills = BTreeMap::<String, Vec<Ran>>::new();
    for ran in log.lock().unwrap().iter().cloned() {
        bills.entry(ran.bill.clone()).or_default().push(ran);
    }
    bills
}

#[tokio::test(start_paused = true)]
async fn events_with_one_key_are_handled_one_after_the_other_by_all_workers_together() {
    let (store, log) = (Store::new(), Log::default());
    let _workers: Vec<Inbox> =
        (0..3).map(|_| builder(&store, endpoint(&log)).start_working().unwrap()).collect();
    send(&store, endpoint(&log), (0..40).map(|number| format!("bill {}", number % 4))).await;
    pass(200_000).await;
    let bills = by_bill(&log);
    assert_eq!(bills.len(), 4);
    for (bill, attempts) in bills {
        let done = attempts.iter().filter(|ran| ran.outcome == Outcome::Done);
        let done: Vec<_> = done.map(|ran| ran.id).collect();
        assert!(done.is_sorted() && done.len() == 10, "{bill}: {done:?}");
        for pair in attempts.windows(2) {
            let [one, next] = pair else { unreachable!() };
            assert!(one.ended <= next.began, "{bill}: {one:?} and {next:?} overlap");
            assert!(one.id <= next.id, "{bill}: {next:?} overtakes {one:?}");
        }
    }
}

/// A worker that waited for its next look at the store would lose up to a second each time.
#[tokio::test(start_paused = true)]
async fn the_next_event_begins_when_the_one_before_it_has_ended() {
    for store in [Store::new(), Store::blind()] {
        let log = Log::default();
        let _worker = builder(&store, endpoint(&log)).start_working().unwrap();
        pass(60_000).await;
        send(&store, endpoint(&log), (0..12).map(|_| "bill".to_owned())).await;
        pass(300_000).await;
        let attempts = &by_bill(&log)["bill"];
        assert_eq!(attempts.iter().filter(|ran| ran.outcome == Outcome::Done).count(), 12);
        for pair in attempts.windows(2) {
            let [one, next] = pair else { unreachable!() };
            let gap = next.began - one.ended;
            // A retry is due after up to a second.
            let longest = if one.outcome == Outcome::Done { 5 } else { 1100 };
            assert!(gap <= Duration::from_millis(longest), "{gap:?} between {one:?} and {next:?}");
        }
    }
}

#[tokio::test]
async fn a_subscription_has_a_key_of_its_own_or_that_of_the_endpoint() {
    let store = Store::new();
    let endpoint =
        Endpoint::new("audits", verifier("a"))
            .with_ordering_key("data.bill_id")
            .with_subscription(Subscription::new("of the endpoint"))
            .with_subscription(Subscription::new("other").with_ordering_key("/data/missing"))
            .with_subscription(Subscription::new("function").with_ordering_key_from(
                |delivery: &Delivery| Some(format!("{} bytes", delivery.body().len())),
            ));
    send(&store, endpoint, ["bill".to_owned()]).await;
    let mut keys = BTreeSet::new();
    for name in ["of the endpoint", "other", "function"] {
        let request = ClaimDue::new(format!("audits/{name}"), "worker", 10, TIME);
        let leased = store.claim_due(&request).await.unwrap();
        assert_eq!(leased.len(), 1, "{name}");
        keys.insert((name, leased[0].event.ordering_key.clone()));
    }
    let expected = [("function", Some("65 bytes")), ("of the endpoint", Some("bill")), ("other", None)];
    assert_eq!(keys, expected.map(|(name, key)| (name, key.map(str::to_owned))).into());
}

/// The ids of one tenant say nothing about those of another one.
#[tokio::test]
async fn tenants_have_keys_of_their_own() {
    let store = Store::new();
    let secret = || Secret::new("a").unwrap();
    for tenant in ["acme", "a/b~"] {
        let tenants = move |_: RequestHead| async move { Ok(Some(Tenant::new(tenant, secret()))) };
        let receiver = Receiver::builder(verifier("a")).with_tenants(tenants).build().unwrap();
        let endpoint = Endpoint::new("audits", receiver.clone()).with_ordering_key("/data/bill_id");
        let data = r#"{"id":"evt","type":"audit.completed","data":{"bill_id":"bill"}}"#;
        let (delivery, head) = verified(data);
        let verified = receiver
            .verify_stored(&head.method, &head.target, &head.headers, data.into(), delivery.received_at())
            .await
            .unwrap();
        let _ = accepting(&store, endpoint).accept(&verified, head).await;
    }
    let leased = store.claim_due(&ClaimDue::new("audits", "worker", 10, TIME)).await.unwrap();
    let keys: Vec<_> = leased.iter().map(|leased| leased.event.ordering_key.as_deref().unwrap()).collect();
    assert_eq!(keys, ["acme/bill", "a~1b~0/bill"]);
}

const TIME: Duration = Duration::from_secs(10);
