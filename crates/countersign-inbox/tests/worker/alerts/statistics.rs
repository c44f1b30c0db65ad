//! Tests of the alerts that follow from the statistics in the store: of silent endpoints and of old keys.

use std::time::Duration;

use countersign_inbox::{
    AlertRules, Durability, Endpoint, Inbox, InboxStore, Increment, OpsStore, Subscription,
};
use serde_json::{Value, json};

use super::{Reported, kinds, send};
use crate::support::{Store, builder, nothing, pass, source, verifier};

/// An endpoint is silent if no delivery comes, whether its rules, subscriptions or theirs leave deliveries out or not.
#[tokio::test(start_paused = true)]
async fn an_endpoint_with_subscriptions_is_silent_once_and_only_if_nothing_comes() {
    let (store, reported) = (Store::new(), Reported::default());
    let endpoint = Endpoint::new("audits", verifier("a"))
        .with_filter("some", "data.amount > 0")
        .with_subscription(Subscription::new("a"))
        .with_subscription(Subscription::new("b").with_filter("large", "data.amount > 1"))
        .with_subscription(Subscription::new("c"));
    let rules = AlertRules::default().with_silence(Duration::from_secs(3_600));
    let inbox = reported.on(Inbox::builder(store.clone()).with_endpoint(endpoint)).with_alert_rules(rules);
    let inbox = inbox.insecure_allow_durability(Durability::Memory).start_accepting().unwrap();
    let acceptor = inbox.acceptor("audits").unwrap();
    let minutes = async |minutes: u64| {
        pass(minutes * 60_000).await;
        let mut alerts = reported.take();
        // Nothing handles the accepted events here.
        alerts.retain(|alert| alert["kind"] != "backlog_age");
        alerts
    };
    for nth in 0..4 {
        send(&acceptor, &nth.to_string(), 1).await;
    }
    assert_eq!(
        minutes(120).await,
        [Value::Null; 0],
        "four deliveries, though twelve times stored or left out"
    );
    for nth in 4..12 {
        send(&acceptor, &nth.to_string(), 1).await;
    }
    for (amount, why) in [(0, "the rule of the endpoint"), (1, "the rule of a subscription")] {
        for nth in 0..6 {
            send(&acceptor, &format!("{amount} {nth}"), amount).await;
            assert_eq!(minutes(20).await, [Value::Null; 0], "{why} leaves it out");
        }
    }
    let alerts = minutes(60).await;
    assert_eq!(kinds(&alerts), [("fired", "silent_endpoint")]);
    assert_eq!(alerts[0]["source"], "audits");
    send(&acceptor, "last", 0).await;
    assert_eq!(kinds(&minutes(20).await), [("resolved", "silent_endpoint")]);
}

#[tokio::test(start_paused = true)]
async fn silent_endpoints_and_old_keys_are_reported_from_the_statistics() {
    let (store, reported) = (Store::new(), Reported::default());
    let mut increment = Increment::new("audits");
    increment.counts.accepted = 10;
    store
        .add_statistics(&[increment.clone(), Increment { source: "other".to_owned(), ..increment.clone() }])
        .await
        .unwrap();
    let _inbox = reported.on(builder(&store, source(nothing))).start_working().unwrap();
    pass(23 * 3_600_000).await;
    assert_eq!(reported.take(), [Value::Null; 0]);
    pass(2 * 3_600_000).await;
    let alerts = reported.take();
    assert_eq!(kinds(&alerts), [("fired", "silent_endpoint")]);
    assert_eq!(alerts[0]["source"], "audits", "the other one is not of this inbox");
    increment.keys.insert("previous".to_owned(), 1);
    for hour in 0..7 {
        store.add_statistics(&[increment.clone()]).await.unwrap();
        pass(3_500_000).await;
        let alerts = reported.take();
        match hour {
            0 => assert_eq!(kinds(&alerts), [("resolved", "silent_endpoint")]),
            6 => assert_eq!(kinds(&alerts), [("fired", "old_key_in_use")]),
            _ => assert_eq!(alerts, [Value::Null; 0], "{hour}"),
        }
    }
    assert!(store.stats().await.unwrap().sources.is_empty());
}

/// Providers send a delivery every few hours, too.
#[tokio::test(start_paused = true)]
async fn an_old_key_is_reported_when_it_is_used_seldom_and_not_when_it_was_used_once() {
    let (store, reported) = (Store::new(), Reported::default());
    let mut increment = Increment::new("audits");
    increment.counts.accepted = 1;
    increment.keys.insert("old".to_owned(), 1);
    let _inbox = reported.on(builder(&store, source(nothing))).start_working().unwrap();
    store.add_statistics(&[increment.clone()]).await.unwrap();
    pass(6 * 3_600_000 + 1_800_000).await;
    assert_eq!(reported.take(), [Value::Null; 0]);
    store.add_statistics(&[increment.clone()]).await.unwrap();
    pass(5 * 3_600_000).await;
    store.add_statistics(&[increment]).await.unwrap();
    pass(2 * 3_600_000).await;
    let expected =
        json!({"state": "fired", "kind": "old_key_in_use", "source": "audits", "key": "old", "count": 3});
    assert_eq!(reported.take(), [expected]);
}
