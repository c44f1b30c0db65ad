//! Each provider retries as its page says, on a clock that jumps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use countersign::providers::{preflix, redpin};
use countersign_testkit::simulators::{AuditAction, Preflix, Redpin, SendOutcome};

use crate::support::{Hook, clock, messages, offsets, ok, stepping, unavailable};

#[tokio::test]
async fn the_life_of_a_bill_arrives_in_order_with_data_that_belongs_together() {
    let clock = clock();
    let hook = Hook::start(&preflix::PROVIDER, &clock, ok).await;
    let preflix = Preflix::new(stepping(&clock).with_concurrency(1));
    preflix.subscribe(hook.subscription()).unwrap();
    preflix.play().unwrap();
    preflix.run().await;

    let seen = hook.seen();
    let types: Vec<_> = seen.iter().map(|one| one.event_type.as_str()).collect();
    assert_eq!(
        types,
        [
            "bill.created",
            "bill.document_ready",
            "audit.started",
            "audit.completed",
            "letter.ready",
            "dispute.status_changed"
        ]
    );
    let data = |at: usize, name: &str| seen[at].body["data"][name].clone();
    for at in 1..6 {
        assert_eq!(data(at, "bill_id"), data(0, "bill_id"));
    }
    assert_eq!(data(1, "document_id"), data(2, "document_id"));
    assert_eq!(data(2, "audit_id"), data(3, "audit_id"));
    assert_eq!(data(3, "report_id"), data(4, "report_id"));
    assert_eq!(data(4, "letter_id"), data(5, "letter_id"));
    assert!(preflix.operations_queue().is_empty());
}

#[tokio::test]
async fn preflix_backs_off_and_queues_what_fails_for_a_replay() {
    let clock = clock();
    let healthy = Arc::new(AtomicBool::new(false));
    let is_healthy = Arc::clone(&healthy);
    let hook = Hook::start(&preflix::PROVIDER, &clock, move |_| {
        if is_healthy.load(Ordering::SeqCst) { StatusCode::OK } else { StatusCode::BAD_GATEWAY }
    })
    .await;
    let preflix = Preflix::new(stepping(&clock));
    preflix.subscribe(hook.subscription().with_events(["audit.*"])).unwrap();
    preflix.play().unwrap();
    preflix.run().await;

    let queue = preflix.operations_queue();
    let types: Vec<_> = queue.iter().map(|failed| failed.event_type.as_str()).collect();
    assert_eq!(types, ["audit.started", "audit.completed"]);
    for failed in &queue {
        assert_eq!((failed.response_code, failed.retry_count), (Some(502), 12));
        assert_eq!(failed.endpoint, hook.url());
    }
    let attempts = preflix.attempts();
    for message in messages(&preflix) {
        let offsets = offsets(&attempts, &message);
        let bounds = (0..12).map(|retry| (10_u64 << retry).min(6 * 3600));
        for (pair, bound) in offsets.windows(2).zip(bounds) {
            assert!(pair[1] - pair[0] <= bound + 1, "{offsets:?}");
        }
    }

    healthy.store(true, Ordering::SeqCst);
    assert!(queue.iter().all(|failed| preflix.replay(failed.delivery)));
    preflix.run().await;
    assert!(preflix.operations_queue().is_empty());
    assert_eq!(preflix.telemetry().delivered, 2);
}

#[tokio::test]
async fn redpin_retries_five_times_one_attempt_at_a_time() {
    let clock = clock();
    let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (opened, seen) = (Arc::clone(&open), Arc::clone(&most));
    let hook = Hook::start(&redpin::PROVIDER, &clock, move |_| {
        seen.fetch_max(opened.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        opened.fetch_sub(1, Ordering::SeqCst);
        StatusCode::SERVICE_UNAVAILABLE
    })
    .await;
    let redpin = Redpin::new(stepping(&clock));
    redpin.subscribe(hook.subscription()).unwrap();
    redpin.play().unwrap();
    redpin.run().await;

    let attempts = redpin.attempts();
    let ids = messages(&redpin);
    assert_eq!((ids.len(), attempts.len()), (2, 12));
    for id in ids {
        let expected = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600];
        let delays: Vec<_> = offsets(&attempts, &id).windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(delays, expected);
    }
    assert_eq!(most.load(Ordering::SeqCst), 1);
    let statuses: Vec<_> = hook.seen().iter().map(|one| one.body["status"].clone()).collect();
    assert!(statuses.contains(&"CREATED".into()) && statuses.contains(&"FAILED".into()), "{statuses:?}");
    assert_eq!(redpin.operations_queue()[0].retry_count, 5);
}

#[tokio::test]
async fn redpin_disables_an_endpoint_after_five_days_says_so_and_recovers() {
    const DAY: Duration = Duration::from_secs(86_400);
    let clock = clock();
    let healthy = Arc::new(AtomicBool::new(false));
    let is_healthy = Arc::clone(&healthy);
    let hook = Hook::start(&redpin::PROVIDER, &clock, move |seen| {
        let takes = is_healthy.load(Ordering::SeqCst) || seen.event_type == "endpoint.disabled";
        if takes { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR }
    })
    .await;
    let redpin = Redpin::new(stepping(&clock));
    let id = redpin.subscribe(hook.subscription()).unwrap();
    for day in 0..7 {
        assert_eq!(redpin.is_disabled(&id), day > 5, "day {day}");
        redpin.play().unwrap();
        redpin.run().await;
        let next = crate::support::START.saturating_add(DAY * (day + 1));
        clock.advance(next.saturating_duration_since(countersign::Clock::now(&clock)));
    }
    assert!(redpin.is_disabled(&id));
    let disabled: Vec<_> =
        hook.seen().into_iter().filter(|one| one.event_type == "endpoint.disabled").collect();
    assert_eq!(disabled.len(), 1);
    assert_eq!(disabled[0].body["data"]["endpointId"], id.as_str());
    assert_eq!(disabled[0].body["data"]["failSince"], "2023-11-14T22:13:20Z");
    let missed = redpin.operations_queue();
    assert!(missed.iter().any(|failed| failed.last_error == "the endpoint is disabled"), "{missed:?}");

    healthy.store(true, Ordering::SeqCst);
    assert_eq!(redpin.recover(&id), 14);
    redpin.run().await;
    assert!(!redpin.is_disabled(&id) && redpin.operations_queue().is_empty());
    let actions: Vec<_> = redpin.audit_log().iter().map(|entry| entry.action).collect();
    for action in
        [AuditAction::Disabled, AuditAction::Recovered, AuditAction::Replayed, AuditAction::Delivered]
    {
        assert!(actions.contains(&action), "{action:?}");
    }
}

#[tokio::test]
async fn operational_events_go_to_the_operational_subscription_if_there_is_one() {
    let clock = clock();
    let (hook, operations) = (
        Hook::start(&redpin::PROVIDER, &clock, unavailable).await,
        Hook::start(&redpin::PROVIDER, &clock, ok).await,
    );
    let redpin = Redpin::new(stepping(&clock));
    redpin.subscribe(hook.subscription()).unwrap();
    redpin.subscribe(operations.subscription().operational()).unwrap();
    for _ in 0..15 {
        redpin.play().unwrap();
        redpin.run().await;
        clock.advance(Duration::from_secs(10 * 3600));
    }
    let types: Vec<_> = operations.seen().iter().map(|one| one.event_type.clone()).collect();
    assert_eq!(types, ["endpoint.disabled"]);
    assert!(hook.seen().iter().all(|one| one.event_type == "REFERRAL_CREATED"));
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_retried_and_reported() {
    let clock = clock();
    let free = countersign_test_servers::refusing_addr();
    let redpin = Redpin::new(stepping(&clock));
    let secret = countersign::Secret::new(crate::support::SECRET).unwrap();
    redpin
        .subscribe(countersign_testkit::simulators::ProviderSubscription::new(
            format!("http://{free}/"),
            secret,
        ))
        .unwrap();
    redpin.play().unwrap();
    redpin.run().await;
    let queue = redpin.operations_queue();
    assert_eq!((queue.len(), queue[0].response_code, queue[0].retry_count), (2, None, 5));
    assert!(queue[0].last_error.contains("refused"), "{}", queue[0].last_error);
    assert!(matches!(&redpin.attempts()[0].outcome, SendOutcome::Failed(_)));
}
