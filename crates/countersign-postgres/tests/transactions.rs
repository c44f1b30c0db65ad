//! Tests that a handler's writes and the end of its attempt share a commit, as do an event and its job.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countersign_inbox::{
    Accepted, AttemptNote, ClaimDue, CommitError, Context, Dispatcher, EventId, Fenced, Finish, InboxStore,
    Leased, NewEvent, OpsStore, StoreError, StoreFuture, TxInbox,
};
use countersign_postgres::EffectTransaction;
use sqlx::{PgConnection, query};

use self::common::{Machines, TTL, event, wait};

#[test]
fn an_effect_and_the_finish_are_committed_together() {
    let machines = machines();
    let leased = claimed(&machines, "evt");
    let (store, lease) = (machines.first(), leased.lease);
    wait(async {
        let mut tx = store.begin().await.unwrap();
        write(&mut tx).await;
        assert_eq!(store.finish_in(&mut tx, lease).await.unwrap(), Fenced::Ok(()));
        tx.commit().await.unwrap();
        assert_eq!(store.finish(&lease, &Finish::Done, AttemptNote::NONE).await.unwrap(), Fenced::Ok(()));
    });
    assert_eq!(machines.number("SELECT count(*) FROM effect"), 1);
    assert_eq!(wait(store.count(&common::done())).unwrap().number, 1);
}

/// The machine ends between the write and the commit, although the store was given a finish.
#[test]
fn a_handler_that_is_cut_off_before_the_commit_has_no_effect_and_runs_again() {
    let machines = machines();
    let leased = claimed(&machines, "evt");
    let store = machines.first();
    wait(async {
        let mut tx = store.begin().await.unwrap();
        write(&mut tx).await;
        assert_eq!(store.finish_in(&mut tx, leased.lease).await.unwrap(), Fenced::Ok(()));
        let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *tx).await.unwrap();
        query("SELECT pg_terminate_backend($1)").bind(pid).execute(machines.second().pool()).await.unwrap();
        assert!(tx.commit().await.is_err());
        let is_there = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)";
        // Its locks are held until the server process has ended.
        while sqlx::query_scalar(is_there).bind(pid).fetch_one(machines.second().pool()).await.unwrap() {}
    });
    assert_eq!(machines.number("SELECT count(*) FROM effect"), 0);
    machines.step(31_000);
    let again = claim(&machines);
    assert_eq!((again.event.id, again.attempt), (leased.event.id, 2));
    assert!(again.lease.fence() > leased.lease.fence());
}

#[test]
fn a_lost_lease_is_reported_inside_the_transaction() {
    let machines = machines();
    let slow = claimed(&machines, "evt");
    machines.step(31_000);
    let quick = claim(&machines);
    let store = machines.second();
    wait(async {
        let mut tx = store.begin().await.unwrap();
        write(&mut tx).await;
        assert_eq!(store.finish_in(&mut tx, slow.lease).await.unwrap(), Fenced::Stale);
        tx.rollback().await.unwrap();
        assert_eq!(
            store.finish(&quick.lease, &Finish::Done, AttemptNote::NONE).await.unwrap(),
            Fenced::Ok(())
        );
    });
    assert_eq!(machines.number("SELECT count(*) FROM effect"), 0);
}

#[test]
fn an_effect_and_the_end_of_its_event_are_one_call() {
    let machines = machines();
    let (slow, store) = (claimed(&machines, "evt"), machines.first());
    let writing = async |mut tx: EffectTransaction| {
        write(&mut tx).await;
        Ok::<_, sqlx::Error>(7)
    };
    let failing = async |mut tx: EffectTransaction| {
        write(&mut tx).await;
        Err::<(), _>("no")
    };
    wait(async {
        let failed = store.commit_with(&slow.lease, failing).await;
        assert!(matches!(failed, Err(CommitError::Effect("no"))), "{failed:?}");
    });
    let mut kept = None;
    wait(async {
        let keeping = async |tx: EffectTransaction| {
            kept = Some(tx);
            Ok::<_, sqlx::Error>(())
        };
        let refused = store.commit_with(&slow.lease, keeping).await;
        assert!(matches!(refused, Err(CommitError::Store(_))), "{refused:?}");
    });
    wait(async { drop(kept) });
    assert_eq!(machines.number("SELECT count(*) FROM effect"), 0);
    machines.step(31_000);
    let quick = claim(&machines);
    wait(async {
        let lost = store.commit_with(&slow.lease, writing).await;
        assert!(matches!(lost, Err(CommitError::LeaseLost)), "{lost:?}");
        assert_eq!(store.commit_with(&quick.lease, writing).await.unwrap(), 7);
        let again = store.commit_with(&slow.lease, writing).await;
        assert!(matches!(again, Err(CommitError::LeaseLost)), "{again:?}");
        // Whatever the handler returns afterwards, the event is done.
        let retry = Finish::Retry { after: Duration::ZERO, error: "late".to_owned() };
        assert_eq!(store.finish(&quick.lease, &retry, AttemptNote::NONE).await.unwrap(), Fenced::Stale);
        assert_eq!(
            store.finish(&quick.lease, &Finish::Done, AttemptNote::NONE).await.unwrap(),
            Fenced::Ok(())
        );
    });
    assert_eq!(machines.number("SELECT count(*) FROM effect"), 1);
    assert_eq!(wait(store.count(&common::done())).unwrap().number, 1);
}

#[test]
fn the_row_of_an_attempt_that_ends_with_its_effect_has_what_the_handler_has_set() {
    let machines = machines();
    let store = machines.first();
    let (first, second) = (claimed(&machines, "a"), claimed(&machines, "b"));
    let context = Context::for_test().with_lease(first.lease);
    let codes = wait(async {
        let calling = async |_: EffectTransaction| {
            context.set_response_code(202_u16);
            Ok::<_, sqlx::Error>(())
        };
        store.commit_with(&context, calling).await.unwrap();
        let nothing = async |_: EffectTransaction| Ok::<_, sqlx::Error>(());
        store.commit_with((second.lease, AttemptNote::NONE.unrecorded()), nothing).await.unwrap();
        let mut codes = Vec::new();
        for id in [first.event.id, second.event.id] {
            let event = store.show(id).await.unwrap().unwrap();
            codes.push(event.attempts.iter().map(|attempt| attempt.code).collect::<Vec<_>>());
        }
        codes
    });
    assert_eq!(codes, [vec![Some(202)], vec![]]);
}

#[test]
fn an_event_that_is_accepted_in_a_transaction_is_there_with_its_commit() {
    let machines = machines();
    let store = machines.first();
    wait(async {
        let mut tx = store.begin().await.unwrap();
        assert!(matches!(store.accept_in(&mut tx, event("a")).await.unwrap(), Accepted::New { .. }));
        assert!(matches!(store.accept_in(&mut tx, event("a")).await.unwrap(), Accepted::Duplicate { .. }));
        tx.rollback().await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let accepted = store.accept_in(&mut tx, event("b")).await.unwrap();
        tx.commit().await.unwrap();
        let Accepted::New { id, .. } = accepted else { panic!("{accepted:?}") };
        let shown = store.show(id).await.unwrap().unwrap();
        assert_eq!(shown.summary.external_id.as_deref(), Some("b"));
    });
    assert_eq!(machines.number("SELECT count(*) FROM countersign.event"), 1);
}

/// novu 12124: the process ended between the row and the job, and the row was never handled.
#[test]
fn an_event_and_the_job_for_it_are_there_together_or_not_at_all() {
    let jobs = Arc::new(Jobs { fails: AtomicBool::new(false) });
    let machines = Machines::with(|builder| builder.with_dispatcher(jobs.clone()));
    machines.execute("CREATE TABLE job (event_id bigint PRIMARY KEY)");
    let store = machines.first();
    let accept = |id| wait(store.accept(event(id)));
    let Accepted::New { id, .. } = accept("a").unwrap() else { panic!("it is new") };
    assert!(matches!(accept("a").unwrap(), Accepted::Duplicate { .. }));
    jobs.fails.store(true, Ordering::Relaxed);
    assert!(matches!(accept("b"), Err(StoreError::Unavailable(_))));
    assert_eq!(machines.number("SELECT event_id FROM job"), id.get());
    assert_eq!(machines.number("SELECT count(*) FROM countersign.event"), 1);
    jobs.fails.store(false, Ordering::Relaxed);
    assert!(matches!(accept("b").unwrap(), Accepted::New { .. }));
    assert_eq!(machines.number("SELECT count(*) FROM job"), 2);
    // The other engine's worker claims the event by its id.
    let mut request = ClaimDue::new("orders", "apalis", 1, TTL);
    request.only = Some(id);
    assert_eq!(wait(store.claim_due(&request)).unwrap()[0].event.id, id);
}

/// A batch whose transaction fails because of one event.
#[test]
fn a_job_that_cannot_be_enqueued_fails_its_own_event_only() {
    let machines = Machines::with(|builder| builder.with_dispatcher(Arc::new(Picky)));
    let store = machines.first();
    let accepted: Vec<_> = wait(async {
        let ids = ["1", "2", "picked", "3", "4", "5", "6", "7", "8", "9"];
        let tasks = ids.map(|id| {
            let store = store.clone();
            tokio::spawn(async move { store.accept(event(id)).await.is_ok() })
        });
        let mut accepted = Vec::new();
        for task in tasks {
            accepted.push(task.await.unwrap());
        }
        accepted
    });
    assert_eq!(accepted, [true, true, false, true, true, true, true, true, true, true]);
    assert_eq!(machines.number("SELECT count(*) FROM countersign.event"), 9);
}

/// An engine with a table of jobs.
struct Jobs {
    fails: AtomicBool,
}

impl Dispatcher<PgConnection> for Jobs {
    fn enqueue_in<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        id: EventId,
        _event: &'a NewEvent,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            query("INSERT INTO job VALUES ($1)")
                .bind(id.get())
                .execute(connection)
                .await
                .map_err(|error| StoreError::Unavailable(error.into()))?;
            if self.fails.load(Ordering::Relaxed) {
                return Err(StoreError::Unavailable("no".into()));
            }
            Ok(())
        })
    }
}

struct Picky;

impl Dispatcher<PgConnection> for Picky {
    fn enqueue_in<'a>(
        &'a self,
        _connection: &'a mut PgConnection,
        _id: EventId,
        event: &'a NewEvent,
    ) -> StoreFuture<'a, ()> {
        let is_picked = event.external_id.as_deref() == Some("picked");
        Box::pin(async move { if is_picked { Err(StoreError::Unavailable("no".into())) } else { Ok(()) } })
    }
}

/// A statement on the connection afterwards is committed.
#[test]
fn a_transaction_that_is_given_up_while_it_begins_is_rolled_back() {
    let machines = Machines::with(|builder| builder.with_max_connections(1));
    let store = machines.first();
    for round in 0..40 {
        wait(async {
            let patience = Duration::from_micros(100 * round);
            let _ = tokio::time::timeout(patience, store.begin()).await;
        });
        let id = format!("after {round}");
        let accepted = wait(store.accept(event(&id))).unwrap();
        assert!(matches!(accepted, Accepted::New { .. }), "{accepted:?}");
        let stored = format!("SELECT count(*) FROM countersign.event WHERE external_id = '{id}'");
        assert_eq!(machines.number(&stored), 1, "{id}");
    }
}

fn machines() -> Machines {
    let machines = Machines::new();
    machines.execute("CREATE TABLE effect (done int)");
    machines
}

fn claimed(machines: &Machines, id: &str) -> Leased {
    assert!(matches!(wait(machines.first().accept(event(id))).unwrap(), Accepted::New { .. }));
    claim(machines)
}

fn claim(machines: &Machines) -> Leased {
    let claimed = wait(machines.first().claim_due(&ClaimDue::new("orders", "worker", 1, TTL))).unwrap();
    claimed.into_iter().next().unwrap()
}

async fn write(connection: &mut PgConnection) {
    query("INSERT INTO effect VALUES (1)").execute(connection).await.unwrap();
}
