//! Proxiant: the subscription API, the ping, the twelve events, the retries.

use std::time::Duration;

use countersign::providers::proxiant;
use countersign_testkit::simulators::{
    DeliveryPolicy, Proxiant, RetrySchedule, SendOutcome, SimulationClock, SimulatorOptions,
};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{Hook, SECRET, clock, messages, offsets, ok, stepping, unavailable};

/// A client of the API.
struct Api<'p> {
    client: Client,
    proxiant: &'p Proxiant,
}

impl<'p> Api<'p> {
    fn of(proxiant: &'p Proxiant) -> Self {
        Self { client: Client::builder().no_proxy().build().unwrap(), proxiant }
    }

    async fn list(&self) -> Vec<Value> {
        let request = self.client.get(format!("{}/webhooks", self.proxiant.base_url()));
        let answer = request.bearer_auth(self.proxiant.api_key()).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    async fn create(&self, body: Value) -> (StatusCode, Value) {
        let request = self.client.post(format!("{}/webhooks", self.proxiant.base_url()));
        let request = request.bearer_auth(self.proxiant.api_key()).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
    }

    async fn delete(&self, id: &str) -> StatusCode {
        let request = self.client.delete(format!("{}/webhooks/{id}", self.proxiant.base_url()));
        request.bearer_auth(self.proxiant.api_key()).send().await.unwrap().status()
    }
}

#[tokio::test]
async fn a_subscription_is_created_pinged_listed_and_deleted() {
    let clock = clock();
    let hook = Hook::start(&proxiant::PROVIDER, &clock, ok).await;
    let proxiant = Proxiant::start_with(stepping(&clock)).await.unwrap();
    let api = Api::of(&proxiant);
    assert!(api.list().await.is_empty());

    let (status, created) = api.create(json!({ "url": hook.url(), "events": ["*"], "secret": SECRET })).await;
    assert_eq!(status, StatusCode::CREATED, "{created}");
    assert_eq!((&created["active"], &created["last_delivery_at"]), (&json!(true), &Value::Null));
    proxiant.run().await;
    let seen = hook.seen();
    assert_eq!((seen.len(), &*seen[0].event_type), (1, "webhook.test"));

    let listed = &api.list().await[0];
    assert_eq!(
        (&listed["id"], &listed["url"], &listed["events"]),
        (&created["id"], &json!(hook.url()), &json!(["*"]))
    );
    assert_eq!(listed["created_at"], "2023-11-14T22:13:20Z");
    assert_eq!(
        (&listed["last_delivery_at"], &listed["last_delivery_status"]),
        (&json!("2023-11-14T22:13:20Z"), &json!("success"))
    );

    let id = created["id"].as_str().unwrap();
    assert_eq!(api.delete(id).await, StatusCode::NO_CONTENT);
    assert_eq!(api.delete(id).await, StatusCode::NOT_FOUND);
    assert!(api.list().await.is_empty());
    proxiant.play().unwrap();
    proxiant.run().await;
    assert_eq!(hook.seen().len(), 1);
}

#[tokio::test]
async fn the_twelve_events_arrive_and_a_list_selects_some() {
    let clock = clock();
    let (all, some) = (
        Hook::start(&proxiant::PROVIDER, &clock, ok).await,
        Hook::start(&proxiant::PROVIDER, &clock, ok).await,
    );
    let proxiant = Proxiant::start_with(stepping(&clock)).await.unwrap();
    let api = Api::of(&proxiant);
    api.create(json!({ "url": all.url(), "events": ["*"], "secret": SECRET })).await;
    api.create(json!({ "url": some.url(), "events": ["job.served", "invoice.paid"], "secret": SECRET }))
        .await;
    proxiant.play().unwrap();
    proxiant.run().await;
    let types = |hook: &Hook| {
        let mut types: Vec<_> = hook.seen().into_iter().map(|one| one.event_type).collect();
        types.sort();
        types
    };
    let mut expected: Vec<_> = countersign_testkit::simulators::event_types("proxiant");
    expected.sort_unstable();
    assert_eq!((types(&all), expected.len()), (expected.iter().map(ToString::to_string).collect(), 13));
    assert_eq!(types(&some), ["invoice.paid", "job.served", "webhook.test"]);
}

#[tokio::test]
async fn a_failed_delivery_is_retried_at_once_after_five_and_after_thirty_minutes() {
    let clock = clock();
    let hook = Hook::start(&proxiant::PROVIDER, &clock, unavailable).await;
    let proxiant = Proxiant::start_with(stepping(&clock)).await.unwrap();
    let api = Api::of(&proxiant);
    api.create(json!({ "url": hook.url(), "events": ["job.served"], "secret": SECRET })).await;
    proxiant.run().await;
    let attempts = proxiant.attempts();
    assert_eq!(offsets(&attempts, &messages(&proxiant)[0]), [0, 0, 5 * 60, 35 * 60]);
    // The receiver verified all of them: the last one is 35 minutes old, and signed over the same `created_at`.
    let seen = hook.seen();
    assert_eq!((seen.len(), seen[0].body == seen[3].body), (4, true));
    assert_eq!(seen[3].at.saturating_duration_since(seen[0].at), Duration::from_secs(35 * 60));
    assert_eq!(api.list().await[0]["last_delivery_status"], "failed");
    assert_eq!(proxiant.operations_queue()[0].response_code, Some(503));
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_in_time_counts_as_failed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let policy =
        DeliveryPolicy::new(RetrySchedule::Fixed(Vec::new())).with_ack_limit(Duration::from_millis(20));
    let options = SimulatorOptions::new().with_clock(SimulationClock::stepping(&clock())).with_policy(policy);
    let proxiant = Proxiant::start_with(options).await.unwrap();
    Api::of(&proxiant).create(json!({ "url": url, "events": ["*"], "secret": SECRET })).await;
    proxiant.run().await;
    assert_eq!(proxiant.attempts()[0].outcome, SendOutcome::TimedOut);
    assert_eq!(Proxiant::policy().ack_limit, Duration::from_secs(10));
}

#[tokio::test]
async fn a_subscription_without_a_secret_is_delivered_unsigned() {
    let clock = clock();
    let hook = Hook::start(&proxiant::PROVIDER, &clock, ok).await;
    let proxiant = Proxiant::start_with(stepping(&clock)).await.unwrap();
    Api::of(&proxiant).create(json!({ "url": hook.url(), "events": ["*"] })).await;
    proxiant.run().await;
    assert_eq!(proxiant.attempts()[0].outcome, SendOutcome::Status(400));
    assert!(hook.seen().is_empty());
}

#[tokio::test]
async fn the_api_refuses_what_is_wrong() {
    let proxiant = Proxiant::start_with(stepping(&clock())).await.unwrap();
    let api = Api::of(&proxiant);
    let url = format!("{}/webhooks", proxiant.base_url());
    let unauthorized = api.client.get(&url).send().await.unwrap();
    assert_eq!(unauthorized.status(), StatusCode::UNAUTHORIZED);
    let wrong = api.client.get(&url).bearer_auth("guess").send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED);
    for body in [
        json!({ "url": "http://192.0.2.1/", "events": ["*"] }),
        json!({ "url": "http://127.0.0.1:1/", "events": [] }),
        json!({ "url": "http://127.0.0.1:1/", "events": ["job.archived"] }),
        json!({ "url": "http://127.0.0.1:1/", "events": ["*"], "secret": "" }),
        json!({ "url": "file:///etc/passwd", "events": ["*"] }),
        json!({ "events": ["*"] }),
    ] {
        let (status, answer) = api.create(body.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {answer}");
    }
    assert!(api.list().await.is_empty() && proxiant.attempts().is_empty());
}
