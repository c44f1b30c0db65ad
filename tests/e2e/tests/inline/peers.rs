//! Tests of known bugs in other projects that lost events, or handled some twice.

use std::sync::Arc;
use std::time::Duration;

use countersign::providers;
use countersign::receiver::Receiver;
use countersign_inbox::inline::{Deduplicator, MissingId};
use countersign_inbox::{DedupeStore, IdentityPolicy};
use countersign_tests::inline::{
    ANONYMOUS, App, Does, Faulty, Handler, InjectedError, Op, github, github_receiver, preflix,
    preflix_receiver, stacks,
};
use tokio::time::{Instant, sleep};

use crate::support::{
    AGAIN, FAILED, HANDLED, LEASE, acquired, admit, builder, dedupe, does, done, drive, paused, send, short,
    succeeds,
};

/// PageSpace 1588: every database error was answered with 200, and paid funding was lost.
#[tokio::test(start_paused = true)]
async fn a_fault_of_the_store_is_never_a_2xx() {
    for fault in [InjectedError::Fail, InjectedError::Lose, InjectedError::Hang, InjectedError::Full] {
        let (store, handler) = (Faulty::new(100), succeeds());
        store.always(Op::Claim, fault);
        assert_eq!(send(&dedupe(&store), "a", &handler).await, AGAIN, "{fault:?}");
        assert_eq!(handler.runs(), 0, "{fault:?}");
    }
}

/// PageSpace 1588: a duplicate was acknowledged while the first was still running, and the first failed.
#[tokio::test(start_paused = true)]
async fn a_duplicate_is_not_acknowledged_before_the_first_has_succeeded() {
    let (store, handler) = (Faulty::new(100), Handler::new([Does::Wait(500)]));
    let dedupe = dedupe(&store);
    let run = acquired(admit(&dedupe, "a").await);
    let first = tokio::spawn({
        let handler = handler.clone();
        async move { drive(run, &handler).await }
    });
    handler.started().await;
    assert_eq!(send(&dedupe, "a", &handler).await, AGAIN);
    handler.go_on();
    assert_eq!(first.await.unwrap(), FAILED);
    assert_eq!(send(&dedupe, "a", &handler).await, HANDLED);
}

/// PageSpace 1588: a stale marker was answered with 500 for ever. Powertools 1038 and 4759: after a timeout, events
/// were stuck for an hour, or until manual intervention.
#[tokio::test(start_paused = true)]
async fn a_claim_that_was_abandoned_blocks_for_one_lease_and_no_longer() {
    let (store, handler) = (Faulty::new(100), succeeds());
    let abandoned = dedupe(&store);
    let run = acquired(admit(&abandoned, "a").await);
    // The process has ended without running destructors.
    std::mem::forget(run);
    let start = Instant::now();
    let restarted = dedupe(&store);
    while send(&restarted, "a", &handler).await != HANDLED {
        sleep(Duration::from_secs(1)).await;
    }
    assert!(start.elapsed() <= LEASE + Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!(send(&restarted, "a", &handler).await, done());
}

/// airwaylab 945: 200 was sent before the work, and its failure removed the row; any insert error was treated as a
/// duplicate.
#[tokio::test(start_paused = true)]
async fn the_answer_is_that_of_the_work_and_an_error_is_no_duplicate() {
    let (store, handler) = (Faulty::new(100), Handler::new([Does::Answer(500), Does::Panic]));
    let dedupe = dedupe(&store);
    store.meet(Op::Claim, InjectedError::Full, 1);
    let answers = [AGAIN, FAILED, FAILED, HANDLED, done()];
    for expected in answers {
        assert_eq!(send(&dedupe, "a", &handler).await, expected);
    }
}

/// first-tree 1944 and 317: the claim preceded the work, and after a crash the redelivery was "deduped: 200".
#[tokio::test(start_paused = true)]
async fn a_redelivery_after_a_crash_is_handled() {
    let (store, handler) = (Faulty::new(100), does(Does::WaitUnlessCancelled(200)));
    // The runtime of the process ends in the middle of the handler.
    let process = std::thread::spawn({
        let (store, handler) = (Arc::clone(&store), handler.clone());
        move || {
            let runtime = paused();
            runtime.block_on(async {
                tokio::spawn(async move { send(&dedupe(&store), "a", &handler).await });
                tokio::task::yield_now().await;
            });
        }
    });
    process.join().unwrap();
    assert_eq!((handler.runs(), handler.finished()), (1, 0));
    let restarted = dedupe(&store);
    sleep(LEASE * 2).await;
    assert_eq!(send(&restarted, "a", &handler).await, HANDLED);
}

/// Hire-AI 61: read, then claim; two workers read before either claimed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_exactly_one_is_handled() {
    let (store, handler) = (Faulty::new(10_000), succeeds());
    let dedupe = dedupe(&store);
    for round in 0..100 {
        let id: Arc<str> = format!("evt_{round}").into();
        let all: Vec<_> = (0..64)
            .map(|_| {
                let (dedupe, handler, id) = (dedupe.clone(), handler.clone(), Arc::clone(&id));
                tokio::spawn(async move { send(&dedupe, &id, &handler).await })
            })
            .collect();
        let mut handled = 0;
        for one in all {
            let answer = one.await.unwrap();
            handled += usize::from(answer == HANDLED);
            assert!([HANDLED, AGAIN, done()].contains(&answer), "{answer:?}");
        }
        assert_eq!((handled, handler.runs()), (1, round + 1));
    }
}

/// riffado 270: the renewal was lost, and the handler continued concurrently with the next one.
#[tokio::test(start_paused = true)]
async fn a_handler_whose_lease_is_lost_is_cancelled_before_the_next_one_begins() {
    let (store, handler) = (Faulty::new(100), does(Does::WaitUnlessCancelled(200)));
    let [first, second] = [(), ()].map(|()| dedupe(&store));
    store.always(Op::Renew, InjectedError::Fail);
    store.always(Op::Release, InjectedError::Fail);
    let running = tokio::spawn({
        let handler = handler.clone();
        async move { send(&first, "a", &handler).await }
    });
    handler.started().await;
    while send(&second, "a", &handler).await == AGAIN {
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(running.await.unwrap(), FAILED);
    assert!(handler.claims()[0].cancelled().is_cancelled());
    assert_eq!((handler.runs(), handler.finished()), (2, 2));
}

/// unicon 42: an event was marked as processed although the update had failed.
#[tokio::test(start_paused = true)]
async fn what_failed_is_not_marked_as_handled() {
    for failure in [Does::Answer(500), Does::Answer(404), Does::Answer(301), Does::Panic] {
        let (store, handler) = (Faulty::new(100), does(failure));
        let dedupe = dedupe(&store);
        assert_eq!(send(&dedupe, "a", &handler).await, FAILED, "{failure:?}");
        assert_eq!(store.calls(Op::Complete), 0, "{failure:?}");
        assert_eq!(send(&dedupe, "a", &handler).await, HANDLED, "{failure:?}");
    }
}

/// trinity 1422: the key was a hash of the body, and every ping after the first was dropped for a day. everruns
/// 1826: the signature was the key, and repeats in the same second were rejected.
#[test]
fn equal_bodies_are_different_events() {
    runtime().block_on(async {
        let (store, handler) = (Faulty::new(100), succeeds());
        let dedupe = dedupe(&store);
        for _ in 0..3 {
            assert_eq!(send(&dedupe, ANONYMOUS, &handler).await, HANDLED);
        }
        let (store, pushes) = (Faulty::new(100) as Arc<dyn DedupeStore>, succeeds());
        let dedupe = Deduplicator::builder(store, "pushes", &providers::GITHUB);
        let app = axum(github_receiver(), dedupe.build().unwrap(), pushes.clone()).await;
        for id in ["1", "2", "3"] {
            assert_eq!(short(&app.ask(github(id, "{}")).await), (200, None, None), "{id}");
        }
        assert_eq!((handler.runs(), pushes.runs()), (3, 3));
    });
}

/// Artemis and trinity: while Redis was down, everything was handled, as often as it arrived.
#[tokio::test(start_paused = true)]
async fn nothing_is_handled_unclaimed_while_the_store_is_down() {
    let (store, handler) = (Faulty::new(100), succeeds());
    let dedupe = dedupe(&store);
    store.go_down();
    for _ in 0..3 {
        assert_eq!(send(&dedupe, "a", &handler).await, AGAIN);
    }
    store.heal();
    assert_eq!(send(&dedupe, "a", &handler).await, HANDLED);
    assert_eq!(handler.runs(), 1);
}

/// rocket-rides-atomic: the unlock after an error does not check the owner of the lock. This store checks the
/// lease.
#[tokio::test(start_paused = true)]
async fn an_error_does_not_release_the_claim_of_another_process() {
    let (store, late) = (Faulty::new(100), does(Does::Wait(500)));
    let [first, second] = [(), ()].map(|()| dedupe(&store));
    store.always(Op::Renew, InjectedError::Fail);
    let run = acquired(admit(&first, "a").await);
    let running = tokio::spawn({
        let late = late.clone();
        async move { drive(run, &late).await }
    });
    sleep(LEASE + Duration::from_secs(1)).await;
    let held = acquired(admit(&second, "a").await);
    late.go_on();
    assert_eq!(running.await.unwrap(), FAILED);
    assert_eq!(send(&first, "a", &late).await, AGAIN);
    assert_eq!(drive(held, &succeeds()).await, HANDLED);
}

/// autumn-web responds with 409, loomcycle 304 responded with 4xx: providers treat that as a failure, and retry.
#[test]
fn a_duplicate_of_what_was_handled_is_a_2xx() {
    runtime().block_on(async {
        for (stack, make) in stacks() {
            let dedupe = dedupe(&Faulty::new(100));
            let app = make(preflix_receiver(), dedupe, succeeds()).await;
            let answers = [app.ask(preflix("a", "x")).await, app.ask(preflix("a", "x")).await];
            assert_eq!(answers.map(|answer| answer.status), [200, 200], "{stack}");
        }
    });
}

/// fraiseql 1046: ids were stored per provider, and two routes of one provider affected each other's events.
#[tokio::test(start_paused = true)]
async fn an_id_belongs_to_its_endpoint() {
    let (store, handler) = (Faulty::new(100), succeeds());
    for endpoint in ["orders", "refunds"] {
        let shared = Arc::clone(&store) as Arc<dyn DedupeStore>;
        let endpoint = IdentityPolicy::new(endpoint);
        let dedupe = Deduplicator::builder(shared, endpoint, &providers::preflix::PROVIDER).build().unwrap();
        assert_eq!(send(&dedupe, "a", &handler).await, HANDLED);
        assert_eq!(send(&dedupe, "a", &handler).await, done());
    }
}

/// first-tree 1627 and ryu: a missing or empty id silently disabled the check.
#[tokio::test(start_paused = true)]
async fn a_delivery_without_an_id_can_be_refused() {
    let (store, handler) = (Faulty::new(100), succeeds());
    let dedupe = builder(&store).with_missing_id(MissingId::Reject).build().unwrap();
    assert_eq!(send(&dedupe, ANONYMOUS, &handler).await, (400, None));
    assert_eq!(handler.runs(), 0);
}

/// http-signature-normalization verifies while the handler runs: an unverified id was claimed.
#[test]
fn nothing_is_claimed_that_is_not_verified() {
    runtime().block_on(async {
        for (stack, make) in stacks() {
            let (store, handler) = (Faulty::new(100), succeeds());
            let app = make(preflix_receiver(), dedupe(&store), handler.clone()).await;
            let forged = preflix("a", "x").map_body(|body| body.push(b' '));
            assert_eq!(app.ask(forged).await.status, 401, "{stack}");
            assert_eq!((store.calls(Op::Claim), handler.runs()), (0, 0), "{stack}");
            assert_eq!(app.ask(preflix("a", "x")).await.status, 200, "{stack}");
        }
    });
}

async fn axum(receiver: Receiver, dedupe: Deduplicator, handler: Handler) -> App {
    let [_, _, (_, make), ..] = stacks();
    make(receiver, dedupe, handler).await
}

fn runtime() -> actix_web::rt::SystemRunner {
    actix_web::rt::System::with_tokio_rt(paused)
}
