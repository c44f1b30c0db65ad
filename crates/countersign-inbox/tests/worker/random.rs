//! Tests invariants with any failures of the store, any handler, and two workers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::Event;
use countersign_inbox::EventState::{Dead, Done};
use countersign_inbox::{Context, Handler, Inbox, Outcome};
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};

use crate::support::{Audited, InjectedError, Store, builder, completed, pass, source};

/// The behaviour of a handler in an attempt.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Succeed,
    Fail,
    Panic,
    /// Runs for this many seconds, and reacts to cancellation.
    Take(u64),
    /// Never ends, and ignores cancellation.
    Hang,
}

#[derive(Default)]
struct Witness {
    running: HashMap<String, u32>,
    successes: HashMap<String, u32>,
    overlaps: Vec<String>,
    begun: usize,
}

/// Removes the handler from the list of running ones when it ends in any way.
struct Present(Arc<Mutex<Witness>>, String);

impl Present {
    fn enter(witness: &Arc<Mutex<Witness>>, id: &str) -> Self {
        let mut seen = witness.lock().unwrap();
        seen.begun += 1;
        let running = seen.running.entry(id.to_owned()).or_default();
        *running += 1;
        if *running > 1 {
            seen.overlaps.push(id.to_owned());
        }
        Self(witness.clone(), id.to_owned())
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        let mut seen = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *seen.running.get_mut(&self.1).unwrap() -= 1;
    }
}

fn handler(witness: Arc<Mutex<Witness>>, deeds: Vec<Deed>) -> impl Handler<Event<Audited>> {
    move |event: Event<Audited>, context: Context| {
        let id = event.delivery.id().unwrap().as_str().to_owned();
        let present = Present::enter(&witness, &id);
        let begun = witness.lock().unwrap().begun;
        // After a while all handlers succeed.
        let deed = deeds.get(begun - 1).copied().unwrap_or(Deed::Succeed);
        let witness = witness.clone();
        async move {
            let _present = present;
            match deed {
                Deed::Succeed => {}
                Deed::Fail => return Outcome::retry("down"),
                Deed::Panic => panic!("planned"),
                Deed::Hang => std::future::pending().await,
                Deed::Take(seconds) => tokio::select! {
                    () = context.cancelled() => return Outcome::retry("cancelled"),
                    () = pass(seconds * 1000) => {}
                },
            }
            *witness.lock().unwrap().successes.entry(id).or_default() += 1;
            Outcome::Done
        }
    }
}

fn fault() -> impl Strategy<Value = InjectedError> {
    prop_oneof![
        5 => Just(InjectedError::None),
        2 => Just(InjectedError::Error),
        2 => Just(InjectedError::LostReply),
        1 => Just(InjectedError::Late),
        1 => Just(InjectedError::Hang),
        1 => Just(InjectedError::Panic),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => Just(Deed::Succeed),
        2 => Just(Deed::Fail),
        1 => Just(Deed::Panic),
        2 => (1_u64..400).prop_map(Deed::Take),
        1 => Just(Deed::Hang),
    ]
}

fn start(store: &Arc<Store>, witness: &Arc<Mutex<Witness>>, deeds: &[Deed]) -> Inbox {
    let source = source(handler(witness.clone(), deeds.to_vec()));
    let source = source.with_concurrency(4).with_timeout(Duration::from_secs(300));
    builder(store, source).with_max_attempts(1000).start_working().unwrap()
}

/// Waits until no event is left to handle.
async fn settle(store: &Store) {
    for _ in 0..24 * 360 {
        if store.states().iter().all(|state| matches!(state, Done | Dead)) {
            return;
        }
        pass(10_000).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_event_is_handled_and_no_two_handlers_have_one_at_the_same_time(
        claims in vec(fault(), 0..30),
        renewals in vec(fault(), 0..30),
        finishes in vec(fault(), 0..30),
        deeds in vec(deed(), 0..30),
        stop_at in 0_u64..500_000,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let store = Store::with((0..6).map(|id| completed(&id.to_string())));
            store.next("claim_due", claims);
            store.next("extend", renewals);
            store.next("finish", finishes);
            let witness: Arc<Mutex<Witness>> = Arc::default();
            let first = start(&store, &witness, &deeds);
            let second = start(&store, &witness, &deeds);
            pass(stop_at).await;
            let _ = first.drain().await;
            store.heal();
            settle(&store).await;
            let before = witness.lock().unwrap().begun;
            pass(300_000).await;
            assert_eq!(witness.lock().unwrap().begun, before, "what is done is not run again");
            let _ = second.drain().await;

            let witness = witness.lock().unwrap();
            assert_eq!(store.states(), [Done; 6]);
            assert_eq!(witness.successes.len(), 6, "none is done that no handler has handled");
            assert_eq!(witness.overlaps, [""; 0]);
            assert!(witness.running.values().all(|running| *running == 0));
        });
    }

    #[test]
    fn an_event_that_never_succeeds_is_a_dead_letter_after_its_attempts(
        finishes in vec(fault(), 0..30),
        max_attempts in 1_u32..8,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let store = Store::with([completed("1")]);
            store.next("finish", finishes);
            let witness = Arc::default();
            let source = source(handler(Arc::clone(&witness), vec![Deed::Fail; 100]));
            let worker = builder(&store, source).with_max_attempts(max_attempts).start_working().unwrap();
            settle(&store).await;
            let _ = worker.drain().await;
            assert_eq!(store.states(), [Dead]);
            let begun = witness.lock().unwrap().begun;
            assert!(begun <= max_attempts as usize, "{begun} of {max_attempts}");
        });
    }
}
