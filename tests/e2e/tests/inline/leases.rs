//! Tests of leases over time, with store failures at critical moments. Time is paused, and passes when all tasks
//! wait.

use std::sync::Arc;
use std::time::Duration;

use countersign::providers;
use countersign_inbox::inline::{Admission, Deduplicator};
use countersign_inbox::{MemoryStore, MonotonicClock};
use countersign_tests::inline::{ANONYMOUS, Does, Faulty, Handler, InjectedError, Op};
use tokio::time::{Instant, advance, sleep};

use crate::support::{
    AGAIN, FAILED, HANDLED, LEASE, acquired, admit, dedupe, does, done, drive, send, succeeds,
};

#[tokio::test(start_paused = true)]
async fn a_handler_is_cancelled_before_another_can_take_over() {
    for fault in [InjectedError::Fail, InjectedError::Hang] {
        let (store, handler) = (Faulty::new(100), does(Does::WaitUnlessCancelled(200)));
        let dedupe = dedupe(&store);
        store.always(Op::Renew, fault);
        let start = Instant::now();
        assert_eq!(send(&dedupe, "a", &handler).await, FAILED, "{fault:?}");
        let ran = start.elapsed();
        assert!(ran >= LEASE * 8 / 10 && ran < LEASE, "{fault:?}: {ran:?}");
        assert!(store.calls(Op::Renew) >= 3, "{fault:?}: {} renewals", store.calls(Op::Renew));
        assert!(!handler.claims()[0].has_lease());
        // The delivery was released.
        assert_eq!(send(&dedupe, "a", &handler).await, HANDLED, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_renewal_that_was_confirmed_counts() {
    let (store, handler) = (Faulty::new(100), does(Does::WaitUnlessCancelled(200)));
    let (dedupe, start) = (dedupe(&store), Instant::now());
    let running = tokio::spawn({
        let (dedupe, handler) = (dedupe.clone(), handler.clone());
        async move { send(&dedupe, "a", &handler).await }
    });
    // Renewed at 20 and 40 seconds.
    sleep(Duration::from_secs(50)).await;
    store.go_down();
    assert_eq!(running.await.unwrap(), FAILED);
    let ran = start.elapsed();
    // The release fails as well, after the last second.
    assert!(ran >= Duration::from_secs(90) && ran < Duration::from_secs(100), "{ran:?}");
}

#[tokio::test(start_paused = true)]
async fn one_renewal_that_fails_costs_nothing() {
    let (store, handler) = (Faulty::new(100), does(Does::WaitUnlessCancelled(200)));
    let dedupe = dedupe(&store);
    let running = tokio::spawn({
        let (dedupe, handler) = (dedupe.clone(), handler.clone());
        async move { send(&dedupe, "a", &handler).await }
    });
    for fault in [InjectedError::Fail, InjectedError::Lose, InjectedError::Hang] {
        store.meet(Op::Renew, fault, 1);
        sleep(LEASE).await;
        assert!(handler.claims()[0].has_lease(), "{fault:?}");
    }
    handler.go_on();
    assert_eq!(running.await.unwrap(), HANDLED);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_ten_leases_is_alone_all_the_time() {
    let (store, handler) = (Faulty::new(100), does(Does::WaitUnlessCancelled(200)));
    let dedupe = dedupe(&store);
    let running = tokio::spawn({
        let (dedupe, handler) = (dedupe.clone(), handler.clone());
        async move { send(&dedupe, "a", &handler).await }
    });
    for _ in 0..60 {
        sleep(LEASE / 6).await;
        assert_eq!(send(&dedupe, "a", &handler).await, AGAIN);
    }
    let renewals = store.calls(Op::Renew);
    assert!((29..=31).contains(&renewals), "{renewals}");
    handler.go_on();
    assert_eq!(running.await.unwrap(), HANDLED);
    assert_eq!(send(&dedupe, "a", &handler).await, done());
    assert_eq!(handler.runs(), 1);
    let renewals = store.calls(Op::Renew);
    sleep(LEASE * 2).await;
    assert_eq!(store.calls(Op::Renew), renewals, "it renews what was finished");
}

/// Two processes, the first of which cannot reach the store for a while.
struct Overtaken {
    store: Arc<Faulty>,
    first: Deduplicator,
    second: Deduplicator,
    /// Ignores its cancellation.
    slow: Handler,
    running: tokio::task::JoinHandle<(u16, Option<String>)>,
}

impl Overtaken {
    async fn after_the_lease_of(slow: Does) -> Self {
        let (store, slow) = (Faulty::new(100), does(slow));
        let [first, second] = [(), ()].map(|()| dedupe(&store));
        store.always(Op::Renew, InjectedError::Fail);
        let running = tokio::spawn({
            let (first, slow) = (first.clone(), slow.clone());
            async move { send(&first, "a", &slow).await }
        });
        sleep(LEASE + Duration::from_secs(1)).await;
        store.heal();
        assert!(slow.claims()[0].cancelled().is_cancelled());
        Self { store, first, second, slow, running }
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_after_a_takeover_does_not_count() {
    let overtaken = Overtaken::after_the_lease_of(Does::Wait(200)).await;
    let quick = succeeds();
    assert_eq!(send(&overtaken.second, "a", &quick).await, HANDLED);
    assert!(quick.claims()[0].fence() > overtaken.slow.claims()[0].fence());
    assert_eq!(quick.claims()[0].idempotency_key(), overtaken.slow.claims()[0].idempotency_key());
    overtaken.slow.go_on();
    assert_eq!(overtaken.running.await.unwrap(), AGAIN);
    assert_eq!(send(&overtaken.first, "a", &quick).await, done());
    assert_eq!(quick.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_success_that_is_late_counts_unless_there_was_a_takeover() {
    let overtaken = Overtaken::after_the_lease_of(Does::Wait(200)).await;
    overtaken.slow.go_on();
    assert_eq!(overtaken.running.await.unwrap(), HANDLED);
    assert_eq!(send(&overtaken.second, "a", &succeeds()).await, done());
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_a_takeover_changes_nothing() {
    for failure in [Does::Wait(500), Does::WaitAndPanic] {
        let overtaken = Overtaken::after_the_lease_of(failure).await;
        let careful = does(Does::Wait(200));
        let run = acquired(admit(&overtaken.second, "a").await);
        let second = tokio::spawn({
            let careful = careful.clone();
            async move { drive(run, &careful).await }
        });
        careful.started().await;
        overtaken.slow.go_on();
        assert_eq!(overtaken.running.await.unwrap(), FAILED, "{failure:?}");
        assert_eq!(overtaken.store.calls(Op::Release), 1, "{failure:?}");
        // A third process does not get it.
        assert_eq!(send(&overtaken.first, "a", &succeeds()).await, AGAIN, "{failure:?}");
        careful.go_on();
        assert_eq!(second.await.unwrap(), HANDLED, "{failure:?}");
        assert_eq!(send(&overtaken.first, "a", &succeeds()).await, done(), "{failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_process_that_was_stopped_learns_that_its_lease_is_old_before_it_acts() {
    let store = Faulty::new(100);
    let run = acquired(admit(&dedupe(&store), "a").await);
    let claim = run.context();
    assert!(claim.has_lease());
    // No task of the process runs meanwhile: no renewal, no cancellation.
    advance(LEASE - Duration::from_secs(5)).await;
    assert!(!claim.has_lease() && !claim.cancelled().is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn a_delivery_without_an_id_has_no_lease_and_a_key_of_its_own() {
    let (store, handler) = (Faulty::new(100), succeeds());
    let dedupe = dedupe(&store);
    for _ in 0..2 {
        assert_eq!(send(&dedupe, ANONYMOUS, &handler).await, HANDLED);
    }
    let claims = handler.claims();
    assert_ne!(claims[0].idempotency_key(), claims[1].idempotency_key());
    assert!(claims.iter().all(|claim| claim.fence().is_none() && claim.has_lease()));
    assert_eq!(claims[0].idempotency_key().len(), 64);
    assert_eq!(store.calls(Op::Claim), 0);
}

#[tokio::test]
async fn each_tenant_has_ids_of_its_own() {
    use countersign_tests::inline::{preflix, verified, verified_for};

    let store = Faulty::new(100);
    let dedupe = dedupe(&store);
    let request = preflix("a", "bill");
    let of = |tenant| verified_for(tenant, &request);
    for delivery in [verified(&request), of("acme").await, of("other").await] {
        assert!(matches!(dedupe.admit(&delivery).await, Admission::Run(_)), "{:?}", delivery.tenant());
        assert!(matches!(dedupe.admit(&delivery).await, Admission::Answer(_)), "{:?}", delivery.tenant());
    }
}

#[test]
fn settings_that_cannot_work_are_refused_with_their_cure() {
    let forgetful = |days: u64| {
        let clock = Arc::new(MonotonicClock::start());
        let store = MemoryStore::with(100, Duration::from_secs(days * 24 * 3600), clock);
        Deduplicator::builder(Arc::new(store), "e", &providers::STRIPE)
    };
    let error = forgetful(2).build().unwrap_err();
    assert_eq!(error.field(), "retention");
    assert!(error.to_string().ends_with("let the store remember for 7 d or more"), "{error}");
    assert!(forgetful(3).build().is_ok());
    let refused = [
        ("lease", forgetful(30).with_lease(Duration::from_millis(49))),
        ("store_timeout", forgetful(30).with_store_timeout(Duration::ZERO)),
        ("permanent_statuses", forgetful(30).with_permanent_statuses([http::StatusCode::FOUND])),
        ("permanent_statuses", forgetful(30).with_permanent_statuses([http::StatusCode::BAD_GATEWAY])),
        ("duplicate_response", {
            let gone = http::Response::builder().status(410).body(bytes::Bytes::new()).unwrap();
            forgetful(30).with_duplicate_response(gone)
        }),
    ];
    for (field, builder) in refused {
        assert_eq!(builder.build().unwrap_err().field(), field);
    }
}
