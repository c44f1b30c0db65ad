use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::Event;
use countersign_inbox::EventState::{Dead, Done, Running};
use countersign_inbox::{Backoff, Context, Outcome};
use countersign_test_logs::Logs;
use tokio::time::Instant;

use crate::support::{
    Audited, Counts, InjectedError, Store, builder, completed, must_not_run, nothing, pass, run, source,
};

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[tokio::test(start_paused = true)]
async fn a_failed_event_waits_for_a_growing_while_and_not_much_longer() {
    let store = Store::with([completed("1")]);
    let runs = Arc::new(Mutex::new(Vec::new()));
    let note = runs.clone();
    let source = source(move |_: Event<Audited>, _: Context| {
        note.lock().unwrap().push(Instant::now());
        async { Err::<(), _>("down") }
    });
    let backoff = Backoff::new(millis(50), millis(3_200));
    let _worker = builder(&store, source).with_backoff(backoff).start_working().unwrap();
    pass(60_000).await;
    let runs = runs.lock().unwrap();
    assert_eq!((runs.len(), store.states()), (12, vec![Dead]));
    for (attempt, pair) in (1..).zip(runs.windows(2)) {
        // Up to the ceiling, and not delayed by polling, however long its interval is.
        let (waited, ceiling) = (pair[1] - pair[0], backoff.ceiling(attempt));
        assert!(waited <= ceiling + millis(5), "after attempt {attempt}: {waited:?} of {ceiling:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_comes_when_the_handler_asked_for_it_and_is_not_late_when_the_worker_is_idle() {
    let store = Store::with([completed("1")]);
    let runs = Arc::new(Mutex::new(Vec::new()));
    let note = runs.clone();
    let source = source(move |_: Event<Audited>, context: Context| {
        note.lock().unwrap().push(Instant::now());
        async move {
            match context.attempt() {
                1 => Outcome::retry_after(Duration::from_secs(33), "busy"),
                2 => Outcome::retry_after(Duration::MAX, "very busy"),
                _ => Outcome::Done,
            }
        }
    });
    let backoff = Backoff::default().with_longest(Duration::from_secs(1000));
    let _worker = builder(&store, source).with_backoff(backoff).start_working().unwrap();
    pass(1_100_000).await;
    let runs = runs.lock().unwrap();
    let waited = [runs[1] - runs[0], runs[2] - runs[1]];
    assert!(waited[0] >= millis(33_000) && waited[0] < millis(33_010), "{waited:?}");
    assert!(waited[1] >= millis(1_000_000) && waited[1] < millis(1_000_010), "{waited:?}");
    assert_eq!(store.states(), [Done]);
}

#[tokio::test(start_paused = true)]
async fn attempts_are_limited_and_the_dead_letter_says_so_with_the_last_error() {
    let counts = Counts::start();
    let store = Store::with([completed("1")]);
    let source = source(|_: Event<Audited>, context: Context| async move {
        Outcome::retry_after(millis(1), format_args!("failure {}", context.attempt()))
    });
    let _worker = builder(&store, source).with_max_attempts(3).start_working().unwrap();
    pass(60_000).await;
    assert_eq!(store.states(), [Dead]);
    assert_eq!(store.error(1), "gave up after attempt 3 of 3: failure 3");
    assert_eq!(store.event(1).attempts.len(), 3);
    assert_eq!(counts.take()["webhook.dead_letters{reason=attempts,source=audits}"], 1.0);
}

#[tokio::test(start_paused = true)]
async fn age_is_limited_and_the_first_attempt_is_made_however_old_the_event_is() {
    let store = Store::with([completed("1")]);
    pass(100_000).await;
    let source = source(|_: Event<Audited>, _: Context| async { Err::<(), _>("down") });
    let _worker = builder(&store, source).with_max_age(Duration::from_secs(60)).start_working().unwrap();
    pass(10).await;
    assert_eq!(store.states(), [Dead]);
    assert_eq!(store.error(1), "gave up after 100 s, with a limit of 60 s: down");
    assert_eq!(store.event(1).summary.attempt, 1);
}

/// Each attempt crashed the process without an outcome.
#[tokio::test(start_paused = true)]
async fn an_event_that_crashes_the_process_each_time_is_a_dead_letter_in_the_end() {
    let counts = Counts::start();
    let store = Store::with([completed("1")]);
    for _ in 0..3 {
        assert_eq!(store.take_over().len(), 1);
    }
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Running], 3));
    let worker = builder(&store, source(must_not_run)).with_max_attempts(3).start_working().unwrap();
    pass(3_700_000).await;
    assert_eq!(store.states(), [Dead]);
    assert!(store.error(1).starts_with("gave up after 3 attempts: the last one ended without an outcome"));
    assert_eq!(counts.take()["webhook.dead_letters{reason=crashed,source=audits}"], 1.0);
    assert_eq!(worker.drain().await.panics, 0);
}

/// The store panicked each time, so that no outcome was stored.
#[tokio::test(start_paused = true)]
async fn a_dead_letter_that_could_not_be_stored_is_not_handled_once_more() {
    for concurrency in [1, 8] {
        let store = Store::with([completed("1")]);
        store.next("finish", [InjectedError::Panic; 4]);
        let (runs, most) = (Arc::new(Mutex::new(0)), 2);
        let count = runs.clone();
        let source = source(move |_: Event<Audited>, _: Context| {
            *count.lock().unwrap() += 1;
            async { Err::<(), _>("down") }
        });
        let worker = builder(&store, source.with_concurrency(concurrency)).with_max_attempts(most);
        let _worker = worker.start_working().unwrap();
        pass(3_600_000).await;
        assert_eq!((store.states(), *runs.lock().unwrap()), (vec![Dead], most));
        assert!(store.error(1).starts_with("gave up after 2 attempts"), "{}", store.error(1));
    }
}

/// Each process ended after its claim.
#[tokio::test(start_paused = true)]
async fn an_event_whose_handler_never_ran_is_no_dead_letter_however_often_it_was_claimed() {
    let store = Store::with([completed("1")]);
    for _ in 0..5 {
        assert_eq!(store.claim_only().len(), 1);
    }
    let fails_until_the_third = source(|_: Event<Audited>, context: Context| async move {
        if context.attempt() < 3 { Outcome::retry_after(millis(1), "down") } else { Outcome::Done }
    });
    let _worker = builder(&store, fails_until_the_third).with_max_attempts(3).start_working().unwrap();
    pass(3_700_000).await;
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Done], 3));
}

#[tokio::test(start_paused = true)]
async fn the_handler_of_an_event_that_may_have_ended_a_process_waits_until_its_start_is_stored() {
    let store = Store::with([completed("1"), completed("2")]);
    store.take_over();
    pass(3_600_000).await;
    store.next(
        "extend",
        [InjectedError::Error, InjectedError::LostReply, InjectedError::Hang, InjectedError::None],
    );
    let (begin, runs) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
    let (note, seen) = (runs.clone(), store.clone());
    let _worker = run(&store, move |_: Event<Audited>, _: Context| {
        note.lock().unwrap().push(seen.calls("extend", begin).len());
        async {}
    });
    pass(200_000).await;
    assert_eq!((store.states(), runs.lock().unwrap().clone()), (vec![Done; 2], vec![4, 5]));
}

/// It costs a write, which other events do not need.
#[tokio::test(start_paused = true)]
async fn the_start_of_other_events_is_not_stored() {
    for concurrency in [1, 8] {
        let store = Store::with((0..8).map(|id| completed(&id.to_string())));
        let begin = Instant::now();
        let source = source(nothing).with_concurrency(concurrency);
        let _worker = builder(&store, source).start_working().unwrap();
        pass(1_000).await;
        assert_eq!((store.states(), store.calls("extend", begin).len()), (vec![Done; 8], 0));
    }
}

#[tokio::test(start_paused = true)]
async fn what_ran_beside_an_event_that_ended_the_process_is_handled_alone_and_not_to_blame() {
    let store = Store::with((0..8).map(|id| completed(&id.to_string())));
    assert_eq!(store.take_over().len(), 8);
    let (running, most) = <(Arc<Mutex<i32>>, Arc<Mutex<i32>>)>::default();
    let (now, highest) = (running.clone(), most.clone());
    let source = source(move |_: Event<Audited>, _: Context| {
        let (now, highest) = (now.clone(), highest.clone());
        async move {
            *now.lock().unwrap() += 1;
            let running = *now.lock().unwrap();
            let before = *highest.lock().unwrap();
            *highest.lock().unwrap() = before.max(running);
            pass(1_000).await;
            *now.lock().unwrap() -= 1;
        }
    });
    // The limit is one attempt, and the one that the crash ended does not count.
    let _worker = builder(&store, source).with_max_attempts(1).start_working().unwrap();
    pass(3_600_000 + 30_000).await;
    assert_eq!((store.states(), *most.lock().unwrap()), (vec![Done; 8], 1));
    assert!((1..=8).all(|id| store.event(id).summary.attempt == 2));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_isolated_does_not_hold_up_the_others_for_long() {
    let store = Store::with([completed("0")]);
    for _ in 0..2 {
        store.take_over();
    }
    pass(3_600_000).await;
    let _worker = run(&store, |_: Event<Audited>, context: Context| {
        pass(if context.event_id().get() == 1 { 600_000 } else { 1 })
    });
    pass(100).await;
    for id in 1..20 {
        store.add(completed(&id.to_string()));
    }
    pass(12_000).await;
    let states = store.states();
    assert_eq!((states[0], &states[1..]), (Running, &[Done; 19][..]));
}

#[tokio::test(start_paused = true)]
async fn fewer_attempts_than_were_made_before_leave_one_more() {
    let store = Store::with([completed("1")]);
    let fails = source(|_: Event<Audited>, _: Context| async { Outcome::retry_after(millis(1), "down") });
    let worker = builder(&store, fails).with_max_attempts(1000).start_working().unwrap();
    pass(100).await;
    let _ = worker.drain().await;
    let attempts = store.event(1).summary.attempt;
    assert!(attempts > 10, "{attempts}");
    let _worker = builder(&store, source(nothing)).with_max_attempts(3).start_working().unwrap();
    pass(100).await;
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Done], attempts + 1));
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_an_attempt_with_its_message() {
    let (counts, logs) = (Counts::start(), Logs::collect());
    let store = Store::with([completed("1")]);
    let worker = run(&store, |_: Event<Audited>, context: Context| async move {
        assert!(context.attempt() > 2, "bill {} is odd", context.attempt());
    });
    pass(1).await;
    assert_eq!(store.error(1), "the handler panicked: bill 1 is odd");
    pass(10_000).await;
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Done], 3));
    assert_eq!(counts.take()["webhook.handler.panics{source=audits}"], 2.0);
    let lines = logs.with("the handler panicked");
    assert_eq!(lines.iter().filter(|line| line.trim_start().starts_with("ERROR")).count(), 2, "{lines:?}");
    assert_eq!(worker.drain().await.panics, 0, "those are the worker's own");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_hangs_is_cancelled_then_aborted_and_tried_again() {
    let counts = Counts::start();
    let store = Store::with([completed("1")]);
    let cancelled = Arc::new(Mutex::new(Vec::new()));
    let note = cancelled.clone();
    let source = source(move |_: Event<Audited>, context: Context| {
        let (note, began) = (note.clone(), Instant::now());
        async move {
            if context.attempt() == 1 {
                context.cancelled().await;
                note.lock().unwrap().push(began.elapsed().as_secs());
                std::future::pending::<()>().await;
            }
        }
    });
    let _worker = builder(&store, source.with_timeout(Duration::from_secs(120))).start_working().unwrap();
    pass(124_000).await;
    assert_eq!((cancelled.lock().unwrap().clone(), store.states()), (vec![120], vec![Running]));
    pass(3_000).await;
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Done], 2));
    assert_eq!(
        store.event(1).attempts[0].error.as_deref(),
        Some("the handler took longer than 120s, and was aborted")
    );
    assert_eq!(counts.take()["webhook.handler.timeouts{source=audits}"], 1.0);
}

#[tokio::test(start_paused = true)]
async fn without_a_limit_a_handler_may_take_a_day() {
    let store = Store::with([completed("1")]);
    let slow = source(|_: Event<Audited>, _: Context| pass(24 * 3_600_000)).with_timeout(Duration::MAX);
    let _worker = builder(&store, slow).with_lease(Duration::from_secs(3600)).start_working().unwrap();
    pass(24 * 3_600_000 + 1000).await;
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Done], 1));
}

#[tokio::test(start_paused = true)]
async fn attempts_beside_a_failing_one_are_not_harmed() {
    let store = Store::with((0..20).map(|id| completed(&id.to_string())));
    store.next("finish", [InjectedError::Error, InjectedError::None, InjectedError::LostReply]);
    let _worker = run(&store, nothing);
    pass(5_000).await;
    assert_eq!(store.states(), [Done; 20]);
}
