//! Subscriptions of one endpoint, on the durable stores.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::providers::GITHUB;
use countersign::receiver::Receiver;
use countersign::{Delivery, Head, Secret, Signer, SigningRequest, Verifier};
use countersign_inbox::{
    Backoff, Context, Endpoint, Inbox, InboxStore, OpsStore, Outcome, StoredHead, Subscription,
};
use countersign_postgres::PostgresStore;
use countersign_sqlite::SqliteStore;
use countersign_test_servers::fresh_database;
use countersign_tests::NOW;

#[tokio::test]
async fn every_subscription_gets_each_delivery_once_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    every_subscription_gets_each_delivery_once(SqliteStore::open(folder.path().join("inbox.db")).unwrap())
        .await;
}

#[tokio::test]
async fn every_subscription_gets_each_delivery_once_on_postgres() {
    let builder = PostgresStore::builder(&fresh_database());
    let patient = builder.with_acquire_timeout(PATIENCE).with_operation_timeout(PATIENCE);
    every_subscription_gets_each_delivery_once(patient.connect().await.unwrap()).await;
}

/// Sends each of forty deliveries twice at once. One subscription fails always, one at first, one selects a half.
async fn every_subscription_gets_each_delivery_once(store: impl InboxStore + OpsStore) {
    let (store, effects) = (Arc::new(store), Effects::default());
    let subscription = |name: &'static str, outcome: fn(u32) -> Outcome| {
        Subscription::new(name).otherwise_with(
            effects.clone(),
            move |effects: Effects, delivery, context| async move {
                let outcome = outcome(context.attempt());
                if matches!(outcome, Outcome::Done) {
                    effects.add(name, &delivery, &context);
                }
                outcome
            },
        )
    };
    let fails_at_first = |attempt| if attempt == 1 { Outcome::retry("at first") } else { Outcome::Done };
    let receiver = Receiver::builder(verifier()).with_clock(NOW).build().unwrap();
    let endpoint = Endpoint::new("github", receiver)
        .with_subscription(subscription("flaky", fails_at_first))
        .with_subscription(subscription("broken", |_| Outcome::retry("always")))
        .with_subscription(subscription("half", |_| Outcome::Done).with_filter("half", "number >= 20"));
    let inbox = Inbox::builder(Arc::clone(&store))
        .with_endpoint(endpoint)
        .with_backoff(Backoff::new(Duration::from_millis(1), Duration::from_millis(1)))
        .with_max_attempts(2)
        .start()
        .unwrap();
    let accepts = (0..80).map(|nth| {
        let (delivery, head) = delivery(nth / 2);
        inbox.acceptor("github").unwrap().accept(&delivery, head)
    });
    for accepted in accepts.collect::<Vec<_>>() {
        assert_eq!(accepted.await.refusal(), None);
    }
    inbox.run_until_idle().await.unwrap();
    assert!(inbox.drain().await.is_clean());

    let once =
        |ids: std::ops::Range<u32>| -> BTreeMap<String, u32> { ids.map(|id| (id.to_string(), 1)).collect() };
    let effects = effects.0.lock().unwrap().clone();
    assert_eq!(effects.get("flaky"), Some(&once(0..40)));
    assert_eq!(effects.get("half"), Some(&once(20..40)));
    assert_eq!(effects.get("broken"), None);
    let stats = store.stats().await.unwrap().sources;
    let ended: BTreeMap<_, _> = stats.iter().map(|of| (&*of.source, (of.done, of.dead))).collect();
    let expected = [("github/broken", (0, 40)), ("github/flaky", (40, 0)), ("github/half", (20, 0))];
    assert_eq!(ended, BTreeMap::from(expected));
}

/// The number of successful attempts at each id, by subscription.
#[derive(Clone, Default)]
struct Effects(Arc<Mutex<BTreeMap<&'static str, BTreeMap<String, u32>>>>);

impl Effects {
    fn add(&self, name: &'static str, delivery: &Delivery, context: &Context) {
        assert_eq!(context.source(), format!("github/{name}"));
        let id = delivery.id().unwrap().as_str().to_owned();
        *self.0.lock().unwrap().entry(name).or_default().entry(id).or_default() += 1;
    }
}

fn verifier() -> Verifier {
    Verifier::new(&GITHUB, secret()).unwrap()
}

fn secret() -> Secret {
    Secret::new("a secret of the test").unwrap()
}

fn delivery(number: u32) -> (Delivery, StoredHead) {
    let (id, body) = (number.to_string(), format!(r#"{{"number":{number}}}"#));
    let request = SigningRequest::new(body.clone(), NOW).with_id(&id).with_event_type("push");
    let headers = Signer::new(&GITHUB, secret()).unwrap().sign(&request).unwrap();
    let delivery = verifier().verify(&Head::new(&headers), body, NOW).unwrap();
    (delivery, StoredHead::new("POST", "/hooks/github", headers))
}

/// Long enough for a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);
