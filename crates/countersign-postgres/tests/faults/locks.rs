//! Rows and transactions that other clients hold, and isolation levels that they set.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use countersign_inbox::{Accepted, AttemptNote, Claim, DedupeStore, Fenced, Finish, InboxStore};
use sqlx::{Connection, PgConnection, query};
use tokio::task::JoinHandle;

use crate::common::{Machines, TTL, acquired, event, request, wait};
use crate::support::{accept_all, claim_request, database_with};

/// A client has begun a transaction and left it idle.
#[test]
fn an_open_transaction_holds_up_nothing_but_its_own_event() {
    let machines = Machines::with(|builder| builder.with_operation_timeout(PATIENCE));
    let store = machines.first();
    assert!(wait(store.accept(event("read"))).is_ok());
    let mut idle = wait(machines.second().pool().begin()).unwrap();
    wait(async {
        query("SELECT * FROM countersign.event JOIN countersign.body ON event_id = id")
            .fetch_all(&mut *idle)
            .await
            .unwrap();
        countersign_inbox::TxInbox::accept_in(machines.second(), &mut idle, event("held")).await.unwrap();
    });
    let ids = ["1", "2", "held", "3", "4", "5", "6", "7", "8", "9"];
    let accepted = accept_all(store, ids.map(event).into());
    for (id, accepted) in ids.iter().zip(&accepted) {
        assert_eq!(accepted.is_ok(), *id != "held", "{id}: {accepted:?}");
    }
    let leased = wait(store.claim_due(&claim_request(100))).unwrap();
    assert_eq!(leased.len(), 10);
    for leased in leased {
        assert_eq!(
            wait(store.finish(&leased.lease, &Finish::Done, AttemptNote::NONE)).unwrap(),
            Fenced::Ok(())
        );
    }
    assert_eq!(wait(store.sweep()).unwrap().events, 0);
    wait(idle.commit()).unwrap();
    assert!(matches!(wait(store.accept(event("held"))).unwrap(), Accepted::Duplicate { .. }));
}

/// The locked key is in full batches: none of the others is answered with an error.
#[test]
fn a_key_that_is_not_committed_fails_none_of_its_neighbours() {
    let machines = Machines::with(|builder| builder.with_operation_timeout(PATIENCE));
    let store = machines.first();
    let mut open = wait(machines.second().pool().begin()).unwrap();
    wait(countersign_inbox::TxInbox::accept_in(machines.second(), &mut open, event("held"))).unwrap();
    for round in 0..3 {
        let ids: Vec<_> =
            (0..200).map(|id| if id == 100 { "held".to_owned() } else { format!("{round} {id}") }).collect();
        let accepted = accept_all(store, ids.iter().map(|id| event(id)).collect());
        for (id, accepted) in ids.iter().zip(&accepted) {
            assert_eq!(accepted.is_ok(), id != "held", "{id}: {accepted:?}");
        }
    }
    wait(open.commit()).unwrap();
    assert!(matches!(wait(store.accept(event("held"))).unwrap(), Accepted::Duplicate { .. }));
}

/// A handler that keeps its transaction open for longer than its lease.
#[test]
fn a_row_that_is_locked_holds_up_neither_leases_nor_finishes_of_others() {
    let machines = Machines::with(|builder| builder.with_operation_timeout(PATIENCE));
    let store = machines.first();
    accept_all(store, (0..64).map(|id| event(&format!("{id}"))).collect());
    let leased = wait(store.claim_due(&claim_request(64))).unwrap();
    let leases: Vec<_> = leased.iter().map(|leased| leased.lease).collect();
    let mut open = wait(store.pool().begin()).unwrap();
    let finished = countersign_inbox::TxInbox::finish_in(store, &mut open, leases[20]);
    assert_eq!(wait(finished).unwrap(), Fenced::Ok(()));

    // If it waited for the lock, it would be an error.
    let extended = wait(store.extend(&leases, TTL * 2)).unwrap();
    for (place, (lease, extended)) in leases.iter().zip(&extended).enumerate() {
        let Fenced::Ok(extended) = extended else { panic!("{place}: {extended:?}") };
        let is_extended = extended.map(|extended| extended.expires_at() > lease.expires_at());
        assert_eq!(is_extended, (place != 20).then_some(true), "{place}");
    }
    let finishes = wait(async {
        let tasks: Vec<_> = leases
            .iter()
            .map(|lease| {
                let (store, lease) = (store.clone(), *lease);
                tokio::spawn(async move { store.finish(&lease, &Finish::Done, AttemptNote::NONE).await })
            })
            .collect();
        let mut finishes = Vec::new();
        for task in tasks {
            finishes.push(task.await.unwrap());
        }
        finishes
    });
    for (place, finished) in finishes.iter().enumerate() {
        assert_eq!(matches!(finished, Ok(Fenced::Ok(()))), place != 20, "{place}: {finished:?}");
    }
    wait(open.commit()).unwrap();
    assert_eq!(wait(store.finish(&leases[20], &Finish::Done, AttemptNote::NONE)).unwrap(), Fenced::Ok(()));
    assert_eq!(machines.number("SELECT count(*) FROM countersign.event WHERE state = 2"), 64);
}

/// A delivery that is sent again and again while another transaction has locked it, and as many renewals of a locked lease: they
/// wait without connections, so that others get theirs.
#[test]
fn what_is_locked_leaves_the_pool_of_inline_mode_to_others() {
    let machines = Machines::with(|builder| {
        let builder = builder.with_max_connections(3).with_operation_timeout(Duration::from_secs(60));
        builder.with_acquire_timeout(Duration::from_secs(10))
    });
    let store = machines.first();
    let (released, running) = (request("released"), request("running"));
    let lease = acquired(wait(store.claim(&released)).unwrap());
    assert_eq!(wait(store.release(&lease)).unwrap(), Fenced::Ok(()));
    let lease = acquired(wait(store.claim(&running)).unwrap());
    let mut open = wait(PgConnection::connect(&machines.url)).unwrap();
    let claims = wait(async {
        query("BEGIN").execute(&mut open).await.unwrap();
        query("SELECT FROM countersign.claim FOR UPDATE").fetch_all(&mut open).await.unwrap();
        let waiting: Vec<_> = (0..12)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.claim(&request("released")).await })
            })
            .collect();
        let renewing: Vec<_> = (0..12)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.renew(&lease, TTL).await })
            })
            .collect();
        for id in 0..30 {
            let claim = store.claim(&request(&format!("{id}"))).await;
            assert!(matches!(claim, Ok(Claim::Acquired { .. })), "{id}: {claim:?}");
        }
        assert!(
            !waiting.iter().any(JoinHandle::is_finished) && !renewing.iter().any(JoinHandle::is_finished)
        );
        query("COMMIT").execute(&mut open).await.unwrap();
        for renewed in renewing {
            assert!(matches!(renewed.await.unwrap(), Ok(Fenced::Ok(_))));
        }
        let mut claims = Vec::new();
        for claim in waiting {
            claims.push(claim.await.unwrap());
        }
        claims
    });
    let won = claims.iter().filter(|claim| matches!(claim, Ok(Claim::Acquired { .. }))).count();
    assert!(won == 1 && claims.iter().all(Result::is_ok), "{claims:?}");
    assert_eq!(wait(store.complete(&lease)).unwrap(), Fenced::Ok(()));
}

/// A bulk change of an operator, or a claim. That the request was not replaced would mean that the event has changed.
#[test]
fn the_request_of_a_locked_event_is_replaced_once_it_is_free() {
    let machines = Machines::with(|builder| builder.with_operation_timeout(PATIENCE));
    let (locked_out, store) = (machines.first(), machines.second());
    let Accepted::New { id, .. } = wait(store.accept(event("evt"))).unwrap() else { panic!("it is new") };
    let stored = wait(store.stored_request(id)).unwrap().unwrap();
    let mut again = event("evt");
    again.body = "another body".into();
    let mut open = wait(PgConnection::connect(&machines.url)).unwrap();
    let is_replaced = wait(async {
        query("BEGIN").execute(&mut open).await.unwrap();
        query("SELECT FROM countersign.event FOR UPDATE").fetch_all(&mut open).await.unwrap();
        let refused = locked_out.replace_request(&stored, &again).await;
        assert!(refused.is_err(), "{refused:?}");
        let mut waiting = store.replace_request(&stored, &again);
        assert!(poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context))).await.is_pending());
        query("COMMIT").execute(&mut open).await.unwrap();
        waiting.await
    });
    assert!(is_replaced.unwrap());
    assert_eq!(wait(store.stored_request(id)).unwrap().unwrap().body, again.body);
    assert!(!wait(store.replace_request(&stored, &again)).unwrap(), "it is another one now");
}

/// The finishes wait for the same row, and are in one batch when it can be had. An event may be updated before the next
/// row of the batch is locked, or after all are: that depends on the join that the server chooses.
#[test]
fn a_lease_that_is_given_many_times_in_one_batch_counts_each_time() {
    for join in JOINS {
        many_times_with_the_join(join);
    }
}

fn many_times_with_the_join(join: &str) {
    let others = JOINS.iter().filter(|other| **other != join).map(|other| format!("enable_{other} = off"));
    let url = database_with(&others.collect::<Vec<_>>());
    let machines = Machines::at(url, |builder| builder);
    let store = machines.first();
    assert!(wait(store.accept(event("evt"))).is_ok());
    let leased = wait(store.claim_due(&claim_request(1))).unwrap().remove(0);
    let extended = wait(store.extend(&[leased.lease; 8], TTL * 2)).unwrap();
    for extended in &extended {
        assert!(
            matches!(extended, Fenced::Ok(Some(lease)) if lease.expires_at() > leased.lease.expires_at()),
            "{join}: {extended:?}"
        );
    }
    let mut open = wait(machines.second().pool().begin()).unwrap();
    let finishes = wait(async {
        query("SELECT FROM countersign.event FOR UPDATE").fetch_all(&mut *open).await.unwrap();
        let finish = || store.finish(&leased.lease, &Finish::Done, AttemptNote::NONE);
        let mut waiting: Vec<_> = (0..64).map(|_| finish()).collect();
        for finish in &mut waiting {
            assert!(poll_fn(|context| Poll::Ready(finish.as_mut().poll(context))).await.is_pending());
        }
        open.commit().await.unwrap();
        let mut finishes = Vec::new();
        for finish in waiting {
            finishes.push(finish.await.unwrap());
        }
        finishes
    });
    assert_eq!(finishes, [Fenced::Ok(()); 64], "{join}");
    assert_eq!(machines.number("SELECT count(*) FROM countersign.attempt"), 1);
}

/// A setting that an application may have on all its connections.
#[test]
fn with_stricter_isolation_no_event_is_claimed_twice() {
    let url = database_with(&["default_transaction_isolation = 'serializable'"]);
    let machines = Machines::at(url, |builder| builder);
    for round in 0..20 {
        let id = format!("{round}");
        let claims = wait(async {
            let tasks: Vec<_> = (0..16)
                .map(|_| {
                    let (store, request) = (machines.either(), request(&id));
                    tokio::spawn(async move { store.claim(&request).await })
                })
                .collect();
            let mut claims = Vec::new();
            for task in tasks {
                claims.push(task.await.unwrap());
            }
            claims
        });
        let won = claims.iter().filter(|claim| matches!(claim, Ok(Claim::Acquired { .. }))).count();
        assert_eq!(won, 1, "{claims:?}");
        assert!(accept_all(machines.first(), vec![event(&id); 8]).iter().all(Result::is_ok));
    }
    assert_eq!(machines.number("SELECT count(*) FROM countersign.event"), 20);
}

/// The ways to join that the server has.
const JOINS: [&str; 3] = ["nestloop", "hashjoin", "mergejoin"];

/// The time that an operation waits for a lock that is never released. A busy machine needs less for the others.
const PATIENCE: Duration = Duration::from_secs(4);
