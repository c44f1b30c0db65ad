//! A server that restarts, ends connections, takes no writes, or does not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use countersign_inbox::{Accepted, AttemptNote, Claim, DedupeStore, Fenced, Finish, InboxStore, StoreError};
use countersign_postgres::{OpenError, PostgresStore};
use countersign_test_servers::Postgres;
use sqlx::{Connection, PgConnection, query};

use crate::common::{Machines, acquired, event, request, wait};
use crate::support::{accept_all, claim_request, database_with};

#[test]
fn the_next_call_after_a_restart_of_the_server_works() {
    let mut server = Postgres::start();
    let machines = Machines::at(server.url(), |builder| builder);
    let store = machines.first();
    // Every connection of the pool existed before.
    assert!(
        accept_all(store, (0..64).map(|id| event(&format!("before {id}"))).collect())
            .iter()
            .all(Result::is_ok)
    );
    let lease = acquired(wait(store.claim(&request("inline"))).unwrap());
    let leased = wait(store.claim_due(&claim_request(10))).unwrap();
    server.restart();
    for leased in &leased {
        assert_eq!(
            wait(store.finish(&leased.lease, &Finish::Done, AttemptNote::NONE)).unwrap(),
            Fenced::Ok(())
        );
    }
    assert_eq!(wait(store.complete(&lease)).unwrap(), Fenced::Ok(()));
    assert!(
        accept_all(store, (0..64).map(|id| event(&format!("after {id}"))).collect())
            .iter()
            .all(Result::is_ok)
    );
    assert_eq!(machines.number("SELECT count(*) FROM countersign.event"), 128);
    server.stop();
    assert!(matches!(wait(store.accept(event("down"))), Err(StoreError::Unavailable(_))));
    assert!(matches!(wait(store.claim(&request("down"))), Err(StoreError::Unavailable(_))));
    server.restart();
    assert!(matches!(wait(store.accept(event("down"))).unwrap(), Accepted::New { .. }));
    server.kill();
    server.restart();
    assert!(matches!(wait(store.accept(event("before 1"))).unwrap(), Accepted::Duplicate { .. }));
    assert!(matches!(wait(store.accept(event("down"))).unwrap(), Accepted::Duplicate { .. }));
    assert_eq!(wait(store.claim(&request("inline"))).unwrap(), Claim::Done { same_body: true });
}

/// Connections end constantly, and providers resend unacknowledged events.
#[test]
fn nothing_that_was_acknowledged_is_lost_while_connections_end() {
    let machines = Machines::new();
    let kill =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()
               AND pid <> pg_backend_pid()";
    let acknowledged = Arc::new(AtomicU64::new(0));
    wait(async {
        let mut killer = PgConnection::connect(&machines.url).await.unwrap();
        let providers: Vec<_> = (0..8)
            .map(|provider| {
                let (store, acknowledged) = (machines.either(), Arc::clone(&acknowledged));
                tokio::spawn(async move {
                    for id in 0..12 {
                        while store.accept(event(&format!("{provider} {id}"))).await.is_err() {}
                        acknowledged.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        let mut seen = 0;
        // All events, whenever one was acknowledged.
        while seen < 96 {
            let now = acknowledged.load(Ordering::Relaxed);
            if now > seen {
                seen = now;
                query(kill).execute(&mut killer).await.unwrap();
            }
            tokio::task::yield_now().await;
        }
        for provider in providers {
            provider.await.unwrap();
        }
    });
    assert_eq!(machines.number("SELECT count(*) FROM countersign.event"), 96);
    assert_eq!(machines.number("SELECT count(*) FROM countersign.body"), 96);
}

#[test]
fn a_server_that_takes_no_writes_is_refused() {
    let url = database_with(&["default_transaction_read_only = on"]);
    let refused = wait(PostgresStore::connect(&url));
    assert!(matches!(refused, Err(OpenError::ReadOnly)), "{refused:?}");
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    let server = Postgres::start();
    server.pause();
    let limit = Duration::from_millis(300);
    let refused = wait(PostgresStore::builder(&server.url()).with_acquire_timeout(limit).connect());
    assert!(
        matches!(refused, Err(OpenError::TimedOut { .. } | OpenError::Sql(sqlx::Error::PoolTimedOut))),
        "{refused:?}"
    );
    server.resume();
}
