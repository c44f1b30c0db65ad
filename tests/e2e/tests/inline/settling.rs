//! Tests of outcomes that reach the store late or never, and of what waits for them. Time is paused, and passes when all
//! tasks wait.

use std::time::Duration;

use countersign_tests::inline::{ANONYMOUS, Does, Faulty, Handler, InjectedError, Op};
use tokio::time::{Instant, sleep};

use crate::support::{
    AGAIN, FAILED, HANDLED, LEASE, acquired, admit, builder, dedupe, does, done, drive, send, succeeds,
};

#[tokio::test(start_paused = true)]
async fn a_success_is_stored_as_soon_as_the_store_answers() {
    for (fault, times) in [
        (InjectedError::Fail, 1),
        (InjectedError::Fail, 20),
        (InjectedError::Lose, 3),
        (InjectedError::Hang, 2),
    ] {
        let (store, handler) = (Faulty::new(100), succeeds());
        let dedupe = dedupe(&store);
        store.meet(Op::Complete, fault, times);
        assert_eq!(send(&dedupe, "a", &handler).await, HANDLED, "{fault:?}");
        assert_eq!(store.calls(Op::Complete), 1, "the answer does not wait for it");
        dedupe.idle().await;
        assert_eq!(send(&dedupe, "a", &handler).await, done(), "{fault:?}");
        assert_eq!(handler.runs(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_for_longer_than_the_lease_makes_no_handler_run_twice() {
    let (store, handler) = (Faulty::new(100), succeeds());
    let dedupe = dedupe(&store);
    store.always(Op::Complete, InjectedError::Fail);
    let start = Instant::now();
    assert_eq!(send(&dedupe, "a", &handler).await, HANDLED);
    dedupe.idle().await;
    assert!(start.elapsed() > LEASE * 9 / 10 && start.elapsed() <= LEASE, "{:?}", start.elapsed());
    assert!(store.calls(Op::Complete) >= 15, "{}", store.calls(Op::Complete));
    sleep(LEASE * 5).await;
    // Claims succeed again, and an expired lease is taken over by the process that has handled the delivery.
    assert_eq!(send(&dedupe, "a", &handler).await, done());
    store.heal();
    sleep(Duration::from_secs(3)).await;
    assert_eq!(send(&dedupe, "a", &handler).await, done());
    assert_eq!(handler.runs(), 1);
    // Another process reads it from the store.
    assert_eq!(send(&self::dedupe(&store), "a", &handler).await, done());
    assert_eq!(handler.runs(), 1);
}

/// The handler does not heed its cancellation, and no other process has the delivery.
#[tokio::test(start_paused = true)]
async fn a_handler_that_outlives_its_lease_while_the_store_is_away_does_not_run_twice() {
    for (end, answer, afterwards) in [(Does::Wait(200), HANDLED, done()), (Does::Wait(500), FAILED, HANDLED)]
    {
        let (store, slow) = (Faulty::new(100), does(end));
        let dedupe = dedupe(&store);
        store.always(Op::Renew, InjectedError::Fail);
        let running = tokio::spawn({
            let (dedupe, slow) = (dedupe.clone(), slow.clone());
            async move { send(&dedupe, "a", &slow).await }
        });
        slow.started().await;
        sleep(LEASE * 2).await;
        assert!(slow.claims()[0].cancelled().is_cancelled());
        store.heal();
        for _ in 0..3 {
            assert_eq!(send(&dedupe, "a", &slow).await, AGAIN, "{end:?}");
            // The handler has the lease of this claim, and another process does not get it.
            assert_eq!(send(&self::dedupe(&store), "a", &slow).await, AGAIN, "{end:?}");
            sleep(LEASE * 2).await;
        }
        assert_eq!(send(&dedupe, "a", &slow).await, AGAIN, "{end:?}");
        slow.go_on();
        assert_eq!(running.await.unwrap(), answer, "{end:?}");
        assert_eq!(slow.runs(), 1, "{end:?}");
        assert_eq!(send(&dedupe, "a", &succeeds()).await, afterwards, "{end:?}");
    }
}

/// The store has granted another lease, and its answer is on its way when the handler ends with its former one.
#[tokio::test(start_paused = true)]
async fn a_handler_that_ends_while_its_lease_is_claimed_again_does_not_run_twice() {
    for (end, answer, second) in [(Does::Wait(200), AGAIN, done()), (Does::Wait(500), FAILED, HANDLED)] {
        let (store, slow) = (Faulty::new(100), does(end));
        let dedupe = dedupe(&store);
        let begin = || {
            let (dedupe, slow) = (dedupe.clone(), slow.clone());
            tokio::spawn(async move { send(&dedupe, "a", &slow).await })
        };
        store.always(Op::Renew, InjectedError::Fail);
        let running = begin();
        slow.started().await;
        sleep(LEASE * 2).await;
        store.heal();
        store.meet(Op::Claim, InjectedError::Late, 1);
        let claiming = begin();
        sleep(Duration::from_millis(500)).await;
        slow.go_on();
        assert_eq!(running.await.unwrap(), answer, "{end:?}");
        assert_eq!(claiming.await.unwrap(), second, "{end:?}");
        assert_eq!(slow.runs(), if answer == FAILED { 2 } else { 1 }, "{end:?}");
        sleep(Duration::from_secs(3)).await;
        // Another process reads it from the store.
        assert_eq!(send(&self::dedupe(&store), "a", &succeeds()).await, done(), "{end:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_for_an_outcome_until_the_end_of_the_lease_that_was_handed_over() {
    let (store, slow) = (Faulty::new(100), does(Does::Wait(200)));
    let dedupe = dedupe(&store);
    store.always(Op::Renew, InjectedError::Fail);
    let running = tokio::spawn({
        let (dedupe, slow) = (dedupe.clone(), slow.clone());
        async move { send(&dedupe, "a", &slow).await }
    });
    slow.started().await;
    sleep(LEASE * 2).await;
    assert_eq!(send(&dedupe, "a", &slow).await, AGAIN);
    store.always(Op::Complete, InjectedError::Fail);
    slow.go_on();
    assert_eq!(running.await.unwrap(), HANDLED);
    let start = Instant::now();
    dedupe.idle().await;
    assert!(start.elapsed() > LEASE * 9 / 10 && start.elapsed() <= LEASE, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_waits_for_a_handler_that_has_outlived_its_lease() {
    let (store, slow) = (Faulty::new(100), does(Does::Wait(200)));
    let dedupe = builder(&store).with_lease(LEASE).with_coalesce_wait(LEASE * 9).build().unwrap();
    store.always(Op::Renew, InjectedError::Fail);
    let send = || {
        let (dedupe, slow) = (dedupe.clone(), slow.clone());
        tokio::spawn(async move { send(&dedupe, "a", &slow).await })
    };
    let running = send();
    slow.started().await;
    sleep(LEASE * 2).await;
    let waiting = send();
    sleep(LEASE / 2).await;
    slow.go_on();
    assert_eq!((running.await.unwrap(), waiting.await.unwrap()), (HANDLED, done()));
    assert_eq!(slow.runs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_claim_whose_replies_are_all_lost_holds_the_delivery_no_longer_than_a_lease() {
    let (store, handler) = (Faulty::new(100), succeeds());
    let dedupe = dedupe(&store);
    store.meet(Op::Claim, InjectedError::Lose, 2);
    assert_eq!(send(&dedupe, "a", &handler).await, AGAIN);
    assert_eq!(send(&dedupe, "a", &handler).await, AGAIN);
    sleep(LEASE).await;
    assert_eq!(send(&dedupe, "a", &handler).await, HANDLED);
}

#[tokio::test(start_paused = true)]
async fn a_release_that_fails_holds_the_delivery_no_longer_than_a_lease() {
    let (store, handler) = (Faulty::new(100), does(Does::Answer(500)));
    let dedupe = dedupe(&store);
    store.always(Op::Release, InjectedError::Fail);
    assert_eq!(send(&dedupe, "a", &handler).await, FAILED);
    assert_eq!(send(&dedupe, "a", &handler).await, AGAIN);
    sleep(LEASE).await;
    assert_eq!(send(&dedupe, "a", &handler).await, HANDLED);
}

#[tokio::test(start_paused = true)]
async fn what_is_dropped_instead_of_driven_is_released() {
    let (store, handler) = (Faulty::new(100), does(Does::Wait(200)));
    let dedupe = dedupe(&store);
    drop(acquired(admit(&dedupe, "a").await));
    dedupe.idle().await;
    let run = acquired(admit(&dedupe, "a").await);
    // In the middle of the handler.
    let task = tokio::spawn({
        let handler = handler.clone();
        async move { drive(run, &handler).await }
    });
    handler.started().await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    dedupe.idle().await;
    assert_eq!(send(&dedupe, "a", &handler).await, HANDLED);
    assert_eq!(store.calls(Op::Release), 2);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_server_can_wait_for_what_runs() {
    let (store, handler) = (Faulty::new(100), Handler::new([Does::Wait(200), Does::Wait(200)]));
    let dedupe = dedupe(&store);
    dedupe.idle().await;
    let running = ["a", ANONYMOUS].map(|id| {
        let (dedupe, handler) = (dedupe.clone(), handler.clone());
        tokio::spawn(async move { send(&dedupe, id, &handler).await })
    });
    handler.started().await;
    handler.started().await;
    let idle = tokio::spawn({
        let dedupe = dedupe.clone();
        async move { dedupe.idle().await }
    });
    for _ in &running {
        sleep(LEASE).await;
        assert!(!idle.is_finished());
        handler.go_on();
    }
    idle.await.unwrap();
    for running in running {
        assert_eq!(running.await.unwrap(), HANDLED);
    }
    assert_eq!(handler.finished(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_duplicate_waits_for_a_handler_of_this_process_and_for_no_other() {
    let wait = Duration::from_secs(3);
    let (store, handler) = (Faulty::new(100), Handler::new([Does::Wait(500), Does::Wait(200)]));
    let [here, elsewhere] = [(), ()].map(|()| builder(&store).with_coalesce_wait(wait).build().unwrap());
    let begin = || {
        let (here, handler) = (here.clone(), handler.clone());
        tokio::spawn(async move { send(&here, "a", &handler).await })
    };
    let running = begin();
    handler.started().await;

    let start = Instant::now();
    assert_eq!(send(&elsewhere, "a", &handler).await, AGAIN);
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(send(&here, "a", &handler).await, AGAIN);
    assert!(start.elapsed() >= wait && start.elapsed() < wait * 2, "{:?}", start.elapsed());

    // A duplicate that waits for a failure must not be answered as handled.
    let start = Instant::now();
    let waiting = {
        let (here, handler) = (here.clone(), handler.clone());
        tokio::spawn(async move { send(&here, "a", &handler).await })
    };
    tokio::task::yield_now().await;
    handler.go_on();
    assert_eq!((running.await.unwrap(), waiting.await.unwrap()), (FAILED, AGAIN));
    assert_eq!(start.elapsed(), Duration::ZERO);

    let running = begin();
    handler.started().await;
    handler.go_on();
    assert_eq!(running.await.unwrap(), HANDLED);
    assert_eq!(send(&elsewhere, "a", &handler).await, done());
}
