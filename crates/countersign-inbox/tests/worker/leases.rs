use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::Event;
use countersign_inbox::EventState::{Done, Running};
use countersign_inbox::{Context, Outcome};
use countersign_test_logs::Logs;
use tokio::time::Instant;

use crate::support::{Audited, Counts, InjectedError, Store, builder, completed, nothing, pass, run, source};

/// The times at which a handler was cancelled, and dropped.
#[derive(Clone, Default)]
struct Fate(Arc<Mutex<Vec<(&'static str, Duration)>>>);

struct Dropped(Fate, Instant);

impl Fate {
    fn is(&self, what: &'static str, began: Instant) {
        self.0.lock().unwrap().push((what, began.elapsed()));
    }

    /// Returns the times in seconds.
    fn take(&self) -> Vec<(&'static str, u64)> {
        self.0.lock().unwrap().drain(..).map(|(what, after)| (what, after.as_secs())).collect()
    }

    /// A handler that ignores its cancellation, for an hour.
    async fn ignore(self, context: Context) {
        let began = Instant::now();
        let _dropped = Dropped(self.clone(), began);
        tokio::select! {
            () = context.cancelled() => self.is("cancelled", began),
            () = pass(3_600_000) => self.is("ended", began),
        }
        pass(3_600_000).await;
    }
}

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.is("dropped", self.1);
    }
}

#[tokio::test(start_paused = true)]
async fn leases_are_renewed_at_a_third_of_their_time_all_in_one_call() {
    let store = Store::with((0..5).map(|id| completed(&id.to_string())));
    let began = Instant::now();
    let _worker = run(&store, |_: Event<Audited>, _: Context| pass(130_000));
    pass(129_000).await;
    let seconds: Vec<_> = store.calls("extend", began).iter().map(Duration::as_secs).collect();
    assert_eq!(seconds, [20, 40, 60, 80, 100, 120]);
    assert_eq!(store.states(), [Running; 5]);
    pass(2_000).await;
    assert_eq!(store.states(), [Done; 5]);
    assert_eq!(store.event(1).summary.attempt, 1);
}

/// The handler would continue while a second one runs.
#[tokio::test(start_paused = true)]
async fn when_the_renewal_is_lost_the_handler_does_not_keep_running() {
    let (counts, fate) = (Counts::start(), Fate::default());
    let store = Store::with([completed("1")]);
    store.next("extend", [InjectedError::Down]);
    let tell = fate.clone();
    let _worker = run(&store, move |_: Event<Audited>, context: Context| tell.clone().ignore(context));
    pass(59_900).await;
    // A lease of 60 s: cancelled 10 s before another worker can take over, and dropped before its end.
    assert_eq!(fate.take(), [("cancelled", 50), ("dropped", 55)]);
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Running], 1));
    store.heal();
    pass(10_000).await;
    assert_eq!(store.event(1).summary.attempt, 2, "it runs again");
    let counts = counts.take();
    assert_eq!(counts["webhook.leases_lost{source=audits}"], 1.0);
    assert_eq!(counts["webhook.attempts{outcome=lost,source=audits}"], 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_hangs_cancels_in_time_too() {
    let fate = Fate::default();
    let store = Store::with([completed("1")]);
    store.next("extend", [InjectedError::Hang; 20]);
    let tell = fate.clone();
    let _worker = run(&store, move |_: Event<Audited>, context: Context| tell.clone().ignore(context));
    pass(59_900).await;
    assert_eq!(fate.take(), [("cancelled", 50), ("dropped", 55)]);
}

/// Another transaction has locked the event: its lease counts, and ends when it did before. Were it taken for renewed, a
/// second worker would handle the event at the same time.
#[tokio::test(start_paused = true)]
async fn a_lease_that_was_not_extended_ends_when_the_store_says_so() {
    let (store, logs) = (Store::with([completed("1")]), Logs::collect());
    store.lock_rows(true);
    let (began, running) = (Instant::now(), Handlers::default());
    let start = || {
        let running = running.clone();
        run(&store, move |_: Event<Audited>, context: Context| running.clone().ignore(context, began))
    };
    let _workers = (start(), start());
    pass(59_000).await;
    assert_eq!(running.cancelled.lock().unwrap().as_slice(), [(1, 50, false)]);
    let seconds: Vec<_> = store.calls("extend", began).iter().map(Duration::as_secs).collect();
    assert!(seconds.starts_with(&[20, 25, 30, 35, 40, 45]), "asked again soon: {seconds:?}");
    pass(41_000).await;
    let most = running.most.load(Ordering::Relaxed);
    assert_eq!((most, store.states(), store.event(1).summary.attempt), (1, vec![Running], 2));
    assert!(logs.with("the store fails").is_empty(), "it answers: {:?}", logs.with("the store fails"));
}

/// The handlers that run, and the attempts that were cancelled, with the second and whether they had their lease.
#[derive(Clone, Default)]
struct Handlers {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    cancelled: Arc<Mutex<Vec<(u32, u64, bool)>>>,
}

impl Handlers {
    /// A handler that runs until it is dropped.
    async fn ignore(self, context: Context, began: Instant) {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        let running = Ended(self);
        context.cancelled().await;
        let cancelled = (context.attempt(), began.elapsed().as_secs(), context.has_lease());
        running.0.cancelled.lock().unwrap().push(cancelled);
        pass(3_600_000).await;
    }
}

struct Ended(Handlers);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_locked_for_a_while_keeps_its_handler() {
    let store = Store::with([completed("1")]);
    store.lock_rows(true);
    let _worker = run(&store, |_: Event<Audited>, context: Context| async move {
        tokio::select! {
            () = context.cancelled() => Outcome::permanent("cancelled"),
            () = pass(100_000) => Outcome::Done,
        }
    });
    pass(43_000).await;
    store.lock_rows(false);
    pass(58_000).await;
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Done], 1));
}

/// Its handler starts when that is stored, so that the attempt counts if it ends the process again.
#[tokio::test(start_paused = true)]
async fn the_start_of_a_suspect_event_that_is_locked_waits() {
    let store = Store::with([completed("1")]);
    store.take_over();
    pass(3_601_000).await;
    store.lock_rows(true);
    let began = Arc::new(Mutex::new(Vec::new()));
    let (seen, now) = (began.clone(), Instant::now());
    let _worker = run(&store, move |_: Event<Audited>, _: Context| {
        seen.lock().unwrap().push(now.elapsed() >= Duration::from_secs(20));
        async {}
    });
    pass(20_000).await;
    assert!(began.lock().unwrap().is_empty());
    store.lock_rows(false);
    pass(20_000).await;
    assert_eq!((began.lock().unwrap().as_slice(), store.states()), ([true].as_slice(), vec![Done]));
}

#[tokio::test(start_paused = true)]
async fn renewals_that_fail_for_a_while_do_no_harm() {
    let store = Store::with([completed("1")]);
    store.next("extend", [InjectedError::Error, InjectedError::LostReply, InjectedError::Hang]);
    let _worker = run(&store, |_: Event<Audited>, context: Context| async move {
        tokio::select! {
            () = context.cancelled() => Outcome::permanent("cancelled"),
            () = pass(200_000) => Outcome::Done,
        }
    });
    pass(201_000).await;
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Done], 1));
}

/// The process was suspended past its lease, and continues.
#[tokio::test(start_paused = true)]
async fn a_handler_that_lost_its_event_to_another_worker_is_cancelled_and_its_result_discarded() {
    let (counts, logs) = (Counts::start(), Logs::collect());
    let store = Store::with([completed("1")]);
    let _worker = run(&store, |_: Event<Audited>, context: Context| async move {
        context.cancelled().await;
        // And reports success.
    });
    pass(1_000).await;
    let other = store.take_over();
    pass(20_000).await;
    let event = store.event(1);
    assert_eq!((event.summary.state, event.worker.as_deref()), (Running, Some("other")), "it is the other's");
    assert_eq!(event.fence, other[0].lease.fence());
    let counts = counts.take();
    assert_eq!(counts["webhook.leases_lost{source=audits}"], 1.0);
    assert_eq!(counts["webhook.stale_finishes{source=audits}"], 1.0);
    assert_eq!(counts["webhook.attempts{outcome=lost,source=audits}"], 1.0);
    assert_eq!(logs.with("the outcome is discarded").len(), 1);
}

/// The process was suspended: its handler continues before it is cancelled.
#[tokio::test(start_paused = true)]
async fn a_handler_can_ask_whether_it_still_has_the_lease() {
    let asked = Fate::default();
    let store = Store::with([completed("1")]);
    store.next("extend", [InjectedError::Down]);
    let tell = asked.clone();
    let _worker = run(&store, move |_: Event<Audited>, context: Context| {
        let tell = tell.clone();
        async move {
            let began = Instant::now();
            for pause in [0, 49, 2] {
                tokio::time::advance(Duration::from_secs(pause)).await;
                tell.is(if context.has_lease() { "has it" } else { "may have lost it" }, began);
            }
        }
    });
    pass(60_000).await;
    assert_eq!(asked.take()[..3], [("has it", 0), ("has it", 49), ("may have lost it", 51)]);
}

#[tokio::test(start_paused = true)]
async fn what_ends_in_time_after_its_cancellation_counts() {
    let store = Store::with([completed("1")]);
    store.next("extend", [InjectedError::Down]);
    let _worker = run(&store, |_: Event<Audited>, context: Context| async move {
        context.cancelled().await;
    });
    pass(51_000).await;
    assert_eq!(store.states(), [Done], "no other worker has taken it over");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_takes_longer_than_a_short_lease_is_waited_for() {
    let store = Store::with([completed("1")]);
    store.next("finish", [InjectedError::Late]);
    let began = Instant::now();
    let worker =
        builder(&store, source(nothing)).with_lease(Duration::from_millis(600)).start_working().unwrap();
    pass(10).await;
    assert_eq!(store.states(), [Done]);
    pass(2_000).await;
    assert_eq!((store.calls("finish", began).len(), store.event(1).summary.attempt), (1, 1));
    assert!(worker.drain().await.is_clean());
}

#[tokio::test(start_paused = true)]
async fn the_shortest_lease_is_kept_for_as_long_as_a_handler_takes() {
    let store = Store::with([completed("1")]);
    let began = Instant::now();
    let handler = source(|_: Event<Audited>, _: Context| pass(500));
    let worker = builder(&store, handler).with_lease(SHORTEST).start_working().unwrap();
    pass(501).await;
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Done], 1));
    let renewals = store.calls("extend", began);
    let pauses = renewals.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(pauses.max().unwrap() <= SHORTEST / 2, "{renewals:?}");
    assert!(worker.drain().await.is_clean());
}

#[tokio::test(start_paused = true)]
async fn the_shortest_lease_is_given_up_before_its_end() {
    for fault in [InjectedError::Down, InjectedError::Hang] {
        let fate = Fate::default();
        let store = Store::with([completed("1")]);
        store.next("extend", [fault]);
        let tell = fate.clone();
        let handler = source(move |_: Event<Audited>, context: Context| tell.clone().ignore(context));
        let _worker = builder(&store, handler).with_lease(SHORTEST).start_working().unwrap();
        pass(50).await;
        let fate = fate.0.lock().unwrap().clone();
        let [("cancelled", cancelled), ("dropped", dropped)] = fate[..] else {
            panic!("{fault:?}: {fate:?}")
        };
        assert!(
            cancelled > SHORTEST * 3 / 4 && cancelled < dropped && dropped < SHORTEST,
            "{fault:?}: {fate:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_hangs_costs_one_short_lease_and_not_the_next() {
    let store = Store::with([completed("1")]);
    store.next("extend", [InjectedError::Hang]);
    let handler = source(|_: Event<Audited>, _: Context| pass(500));
    let _worker = builder(&store, handler).with_lease(SHORTEST).start_working().unwrap();
    pass(900).await;
    assert_eq!((store.states(), store.event(1).summary.attempt), (vec![Done], 2));
}

const SHORTEST: Duration = Duration::from_millis(50);
