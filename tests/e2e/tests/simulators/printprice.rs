//! PrintPrice: telemetry, subscriptions of partners, filtered streams, versions.

use axum::http::StatusCode;
use countersign::providers::printprice;
use countersign_testkit::simulators::PrintPrice;

use crate::support::{Hook, Seen, clock, ok, stepping};

#[tokio::test]
async fn telemetry_has_counts_rates_and_error_patterns() {
    let clock = clock();
    let hook = Hook::start(&printprice::PROVIDER, &clock, |seen: &Seen| match seen.event_type.as_str() {
        "processing.failed" => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    })
    .await;
    let printprice = PrintPrice::new(stepping(&clock));
    printprice.subscribe(hook.subscription()).unwrap();
    printprice.play().unwrap();
    printprice.run().await;

    let telemetry = printprice.telemetry();
    assert_eq!((telemetry.events, telemetry.delivered, telemetry.failed), (6, 5, 1));
    assert_eq!((telemetry.attempts, telemetry.retries), (11, 5));
    assert!((telemetry.success_rate.unwrap() - 5.0 / 6.0).abs() < 1e-9);
    assert_eq!(telemetry.error_patterns[hook.url()]["422"], 6);
    let last = printprice.attempts().iter().map(|attempt| attempt.at).max();
    assert_eq!(telemetry.last_attempt, last);
    let dead = &printprice.operations_queue()[0];
    assert_eq!(
        (&*dead.event_type, dead.response_code, dead.retry_count),
        ("processing.failed", Some(422), 5)
    );
}

#[tokio::test]
async fn two_versions_go_side_by_side_to_the_subscriptions_that_select_them() {
    let clock = clock();
    let (first, second) = (
        Hook::start(&printprice::PROVIDER, &clock, ok).await,
        Hook::start(&printprice::PROVIDER, &clock, ok).await,
    );
    let printprice = PrintPrice::new(stepping(&clock).with_concurrency(1));
    printprice.subscribe(first.subscription()).unwrap();
    printprice.subscribe(second.subscription().only("event_version", "2")).unwrap();
    printprice.play().unwrap();
    printprice.run().await;

    let (first, second) = (first.seen(), second.seen());
    assert_eq!((first.len(), second.len()), (6, 6));
    for (old, new) in first.iter().zip(&second) {
        assert_eq!((&old.body["event_version"], &new.body["event_version"]), (&1.into(), &2.into()));
        assert_eq!((&old.event_type, &old.body["entity_id"]), (&new.event_type, &new.body["entity_id"]));
        assert_eq!(new.body["data"]["entity"]["id"], new.body["entity_id"]);
    }
    let total = |seen: &[Seen]| {
        seen.iter().find(|one| one.event_type == "pricing.completed").unwrap().body["data"]["total"].clone()
    };
    assert_eq!(total(&second)["amount"], total(&first));
}

#[tokio::test]
async fn partners_and_filters_select_events() {
    let clock = clock();
    let (acme, sandbox) = (
        Hook::start(&printprice::PROVIDER, &clock, ok).await,
        Hook::start(&printprice::PROVIDER, &clock, ok).await,
    );
    let printprice = PrintPrice::new(stepping(&clock));
    printprice.subscribe(acme.subscription().only("partner", "acme").with_events(["order.*"])).unwrap();
    printprice.subscribe(sandbox.subscription().only("environment", "sandbox")).unwrap();
    printprice.play_for("acme").unwrap();
    printprice.play_for("other").unwrap();
    printprice.play().unwrap();
    printprice.run().await;
    let types: Vec<_> = acme.seen().iter().map(|one| one.event_type.clone()).collect();
    assert_eq!(types, ["order.generated"]);
    assert!(sandbox.seen().is_empty());
}
