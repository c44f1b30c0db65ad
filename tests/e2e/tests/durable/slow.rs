//! Tests of a slow store: the provider is asked to retry, and the event is not lost.

use std::time::Duration;

use countersign_tests::durable::{Accepting, Gate, Scripted, Stack, Step};
use tokio::time::sleep;

use crate::support::{BODY, accepting, endpoint, run, signed};

#[test]
fn what_is_late_is_answered_at_the_deadline_and_stored_nevertheless() {
    for stack in Stack::ALL {
        run(async {
            let store = Scripted::new([Step::Takes(Duration::from_secs(60))]);
            let accepting = Accepting::start(&store, endpoint().with_accept_deadline(Duration::from_secs(2)));
            let began = tokio::time::Instant::now();
            let answer = stack.ask(&accepting, signed(BODY)).await;
            assert_eq!(answer.status, 503, "{stack:?}");
            let took = began.elapsed();
            assert!(took >= Duration::from_secs(2) && took < Duration::from_secs(3), "{stack:?}: {took:?}");
            assert_eq!(store.stored().len(), 0, "{stack:?}");
            sleep(Duration::from_secs(60)).await;
            assert_eq!(store.stored().len(), 1, "{stack:?}");
            // The provider retries.
            let again = stack.ask(&accepting, signed(BODY)).await;
            assert_eq!((again.status, store.stored().len()), (200, 1), "{stack:?}");
            assert_eq!(again.headers["x-webhook-duplicate"], "ready", "{stack:?}");
        });
    }
}

#[test]
fn a_store_that_hangs_takes_no_more_memory_than_the_budget() {
    for stack in Stack::ALL {
        run(async {
            let gate = Gate::closed();
            let store = Scripted::new(vec![Step::Waits(gate.clone()); 3]);
            // Room for two, each with its head.
            let accepting = Accepting::start(&store, endpoint().with_accept_budget(6600));
            for (id, kind) in [("1", "store_unavailable"), ("2", "store_unavailable"), ("3", "budget_spent")]
            {
                let body = format!(r#"{{"id":"{id}","type":"t","data":{{}}}}"#);
                let answer = stack.ask(&accepting, signed(&body)).await;
                assert_eq!(answer.body, format!(r#"{{"title":"{kind}","status":503}}"#), "{stack:?}: {id}");
                assert!(answer.headers.contains_key("retry-after"), "{stack:?}: {id}");
            }
            gate.open();
            sleep(Duration::from_secs(1)).await;
            assert_eq!(store.stored().len(), 2, "{stack:?}");
            let answer = stack.ask(&accepting, signed(BODY)).await;
            assert_eq!((answer.status, store.stored().len()), (200, 3), "{stack:?}: there is room again");
        });
    }
}

/// A database error was answered with 200, and paid events were lost (PageSpace 1588); a failed insert was treated
/// as a duplicate (airwaylab 945).
#[test]
fn a_fault_of_the_store_is_neither_a_success_nor_a_duplicate() {
    for stack in Stack::ALL {
        run(async {
            let store = Scripted::new([Step::Fails, Step::IsFull, Step::Panics]);
            let accepting = accepting(&store);
            for attempt in 1..=3 {
                let answer = stack.ask(&accepting, signed(BODY)).await;
                assert_eq!((answer.status, store.stored().len()), (503, 0), "{stack:?}: {attempt}");
                assert!(!answer.headers.contains_key("x-webhook-duplicate"), "{stack:?}: {attempt}");
            }
            // The failures leave no trace: the event is new.
            let answer = stack.ask(&accepting, signed(BODY)).await;
            assert_eq!((answer.status, store.stored().len()), (200, 1), "{stack:?}");
            assert!(!answer.headers.contains_key("x-webhook-duplicate"), "{stack:?}");
        });
    }
}
