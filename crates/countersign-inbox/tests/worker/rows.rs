//! Checks the facts that a worker stores with each attempt.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::Event;
use countersign_inbox::EventState::Done;
use countersign_inbox::{AttemptEnd, AttemptOutcome, Context, FailureKind, Outcome};

use crate::support::{Audited, Counts, Store, builder, completed, event, must_not_run, pass, run, source};

#[tokio::test(start_paused = true)]
async fn each_failure_has_its_class_and_the_code_that_the_handler_has_set() {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let store = Store::with([completed("evt")]);
    let handler = |_: Event<Audited>, context: Context| async move {
        match CALLS.fetch_add(1, Ordering::Relaxed) {
            0 => {
                context.set_response_code(500_u16);
                context.set_response_code(503_u16);
                Outcome::retry("down")
            }
            1 => panic!("a bug"),
            2 => {
                context.set_response_code(http::StatusCode::OK);
                std::future::pending().await
            }
            3 => {
                context.set_response_code(202_u16);
                Outcome::Done
            }
            _ => panic!("it is done"),
        }
    };
    let source = source(handler).with_timeout(Duration::from_secs(5));
    let _worker = builder(&store, source).with_name("worker-1").start_working().unwrap();
    pass(60_000).await;
    assert_eq!(store.states(), [Done]);
    let event = store.event(1);
    let rows: Vec<_> = event
        .attempts
        .iter()
        .map(|attempt| (attempt.attempt, attempt.outcome, attempt.failure, attempt.code))
        .collect();
    let expected = [
        (1, AttemptOutcome::Retry, Some(FailureKind::Error), Some(503)),
        (2, AttemptOutcome::Retry, Some(FailureKind::Panic), None),
        (3, AttemptOutcome::Retry, Some(FailureKind::Timeout), Some(200)),
        (4, AttemptOutcome::Done, None, Some(202)),
    ];
    assert_eq!(rows, expected);
    assert_eq!(event.summary.code, Some(202));
    assert!(event.attempts.iter().all(|attempt| attempt.worker.as_deref() == Some("worker-1")));
    let took = event.attempts[2].duration();
    assert!(took >= Some(Duration::from_secs(5)), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn what_no_handler_can_take_and_what_it_gives_up_have_classes_of_their_own() {
    let store = Store::with([event("1", "audit.completed", "{}")]);
    let _worker = run(&store, must_not_run);
    pass(100).await;
    assert_eq!(store.event(1).attempts[0].failure, Some(FailureKind::Decode));
    let store = Store::with([completed("1")]);
    let _worker = run(&store, |_: Event<Audited>, _: Context| async { Outcome::permanent("no such bill") });
    pass(100).await;
    let attempt = &store.event(1).attempts[0];
    assert_eq!((attempt.outcome, attempt.failure), (AttemptOutcome::Dead, Some(FailureKind::Permanent)));
}

#[tokio::test(start_paused = true)]
async fn successes_above_the_rate_are_counted_and_leave_no_row() {
    for (per_second, rows) in [(0, 0), (3, 3), (100, 20)] {
        let counts = Counts::start();
        let store = Store::with((0..20).map(|id| completed(&format!("evt_{id}"))));
        let handler = |_: Event<Audited>, context: Context| async move {
            if context.event_id().get() % 2 == 0 { Outcome::Done } else { Outcome::skip("no bill") }
        };
        let inbox = builder(&store, source(handler)).with_recorded_successes(per_second);
        let _worker = inbox.start_working().unwrap();
        pass(500).await;
        assert_eq!(store.states(), [Done; 20]);
        let recorded: usize = (1..=20).map(|id| store.event(id).attempts.len()).sum();
        assert_eq!(recorded, rows, "{per_second}");
        let counted = counts.take();
        for outcome in ["done", "skip"] {
            assert_eq!(counted[&format!("webhook.attempts{{outcome={outcome},source=audits}}")], 10.0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_ends_its_event_itself_stores_what_the_worker_would() {
    let store = Store::with((0..20).map(|id| completed(&format!("evt_{id}"))));
    let notes = Arc::new(Mutex::new(Vec::new()));
    let noted = notes.clone();
    let handler = move |_: Event<Audited>, context: Context| {
        let end = AttemptEnd::from(&context);
        context.set_response_code(202_u16);
        noted.lock().unwrap().push((context.event_id(), end.note()));
        async {}
    };
    let inbox = builder(&store, source(handler)).with_recorded_successes(3);
    let _worker = inbox.start_working().unwrap();
    pass(500).await;
    let notes = notes.lock().unwrap();
    assert_eq!(notes.iter().filter(|(_, note)| !note.is_unrecorded).count(), 3);
    for (id, note) in notes.iter() {
        assert_eq!(note.code, Some(202));
        // The worker has decided the same.
        assert_eq!(store.event(id.get()).attempts.is_empty(), note.is_unrecorded);
    }
}
