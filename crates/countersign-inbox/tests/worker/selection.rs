//! Checks which deliveries an endpoint stores, and what becomes of the others.

use countersign::Delivery;
use countersign_inbox::{Context, Endpoint, OpsStore};
use http::StatusCode;

use crate::support::{Counts, Store, accepting, deliver, nothing, source, verified, verifier};

fn body(id: &str, event_type: &str, data: &str) -> String {
    format!(r#"{{"id":"{id}","type":"{event_type}","data":{data}}}"#)
}

/// Sends deliveries to an endpoint, and returns the ids of those that it stored.
async fn stored<'b>(
    store: &std::sync::Arc<Store>,
    endpoint: Endpoint,
    bodies: impl IntoIterator<Item = &'b str>,
) -> Vec<String> {
    let acceptor = accepting(store, endpoint);
    for body in bodies {
        let (delivery, head) = verified(body);
        let answer = acceptor.accept(&delivery, head).await;
        let response = acceptor.response(answer);
        assert_eq!((answer.refusal(), answer.duplicate()), (None, None), "{body}");
        assert_eq!(response.status(), StatusCode::ACCEPTED, "{body}");
    }
    let mut ids = Vec::new();
    for number in 1..=store.states().len() {
        ids.push(store.event(i64::try_from(number).unwrap()).summary.external_id.unwrap());
    }
    ids
}

#[tokio::test(start_paused = true)]
async fn what_the_rules_leave_out_is_acknowledged_counted_and_not_stored() {
    let (counts, store) = (Counts::start(), Store::new());
    let endpoint = source(nothing)
        .otherwise(|_: Delivery, _: Context| async {})
        .with_success_status(StatusCode::ACCEPTED)
        .with_types(["audit.completed", "price.*"])
        .with_filter("live", "data.environment != 'sandbox'")
        .with_filter("large", "data.amount >= 1000 or type == 'audit.completed'");
    let bodies = [
        body("1", "audit.completed", r#"{"environment":"live"}"#),
        body("2", "audit.completed.late", r#"{"environment":"live"}"#),
        body("3", "audit.started", r#"{"environment":"live"}"#),
        body("4", "price.changed", r#"{"environment":"live","amount":1e3}"#),
        body("5", "price.changed", r#"{"environment":"sandbox","amount":1000}"#),
        body("6", "price.changed", r#"{"environment":"live","amount":999.99}"#),
        body("7", "price.changed", r#"{"amount":1000}"#),
    ];
    assert_eq!(stored(&store, endpoint, bodies.iter().map(String::as_str)).await, ["1", "4"]);
    let counts = counts.take();
    let filtered =
        |rule: &str| counts.get(&format!("webhook.filtered{{rule={rule},source=audits}}")).copied();
    assert_eq!([filtered("types"), filtered("live"), filtered("large")], [Some(2.0), Some(2.0), Some(1.0)]);
    assert_eq!(counts["webhook.deliveries{outcome=filtered,source=audits}"], 5.0);
    assert_eq!(counts["webhook.deliveries{outcome=accepted,source=audits}"], 2.0);
}

/// The list says nothing about it, and it may be an event of a type that is stored.
#[tokio::test(start_paused = true)]
async fn a_delivery_without_a_type_is_stored() {
    let store = Store::new();
    let endpoint = source(nothing).with_success_status(StatusCode::ACCEPTED).with_types(["audit.*"]);
    let (typeless, empty) = (r#"{"id":"1","data":{}}"#, body("2", "", "{}"));
    assert_eq!(stored(&store, endpoint, [typeless, &empty]).await, ["1", "2"]);
}

#[tokio::test(start_paused = true)]
async fn a_sample_has_its_share_and_a_duplicate_the_answer_of_the_first() {
    let (counts, store) = (Counts::start(), Store::new());
    let sampled = |share| {
        Endpoint::new("audits", verifier("a")).with_sampling(share).with_success_status(StatusCode::ACCEPTED)
    };
    let bodies: Vec<_> = (0..1000).map(|id| body(&id.to_string(), "audit.completed", "{}")).collect();
    let bodies = || bodies.iter().map(String::as_str);
    let tenth = stored(&store, sampled(0.1), bodies()).await;
    // Four standard deviations: the ids are always the same ones.
    assert!((62..=138).contains(&tenth.len()), "{}", tenth.len());
    let left_out = (1000 - tenth.len()) as f64;
    assert_eq!(counts.take()["webhook.filtered{rule=sampling,source=audits}"], left_out);

    let acceptor = accepting(&store, sampled(0.1));
    for body in bodies() {
        let (delivery, head) = verified(body);
        let is_known = tenth.iter().any(|id| delivery.id().is_some_and(|found| found.as_str() == id));
        let answer = acceptor.accept(&delivery, head).await;
        assert_eq!(answer.duplicate(), is_known.then_some("ready"), "{body}");
    }
    assert_eq!(store.states().len(), tenth.len());

    let half = stored(&Store::new(), sampled(0.5), bodies()).await;
    assert!(tenth.iter().all(|id| half.contains(id)), "a larger sample has the smaller one");
    assert_eq!(stored(&Store::new(), sampled(1.0), bodies()).await.len(), 1000);
}

/// A filter is a rule of arrival.
#[tokio::test(start_paused = true)]
async fn what_is_stored_is_handled_whatever_the_filters_are_now() {
    let store = Store::with([deliver(&body("1", "audit.completed", r#"{"bill_id":"b"}"#), None)]);
    let endpoint = source(nothing).with_filter("none", "data.amount > 0");
    let _worker = crate::support::builder(&store, endpoint).start_working().unwrap();
    crate::support::pass(100).await;
    assert_eq!(store.states(), [countersign_inbox::EventState::Done]);
    assert_eq!(store.stats().await.unwrap().sources.len(), 1);
}
