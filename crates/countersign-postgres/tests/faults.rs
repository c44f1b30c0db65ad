//! Tests of server restarts, broken connections, exhausted pools, and open transactions.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod common;

use std::error::Error;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use countersign_inbox::{
    Accepted, AttemptNote, Claim, ClaimDue, DedupeStore, Fenced, Filter, Finish, InboxStore, NewEvent,
    OpsStore, Page, StoreError,
};
use countersign_postgres::{OpenError, PostgresStore, PostgresStoreBuilder};
use countersign_test_servers::{Postgres, fresh_database};
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, query, query_scalar};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use self::common::{Machines, TTL, acquired, connected, event, request, wait};

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
    let leased = wait(store.claim_due(&due(10))).unwrap();
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
fn an_empty_pool_is_an_error_in_time_and_not_a_hang() {
    let machines = Machines::with(|builder| {
        builder.with_max_connections(1).with_acquire_timeout(Duration::from_millis(200))
    });
    let store = machines.first();
    // The store's own tasks use the only connection now and then.
    let taken = (0..1000).find_map(|_| wait(store.pool().acquire()).ok()).unwrap();
    let start = Instant::now();
    for failed in [wait(store.claim(&request("evt"))).map(drop), wait(store.accept(event("evt"))).map(drop)] {
        let Err(error @ StoreError::Unavailable(_)) = failed else { panic!("{failed:?}") };
        assert!(error.source().unwrap().to_string().contains("pool"), "{error:?}");
    }
    assert!(start.elapsed() < Duration::from_secs(60));
    wait(async { drop(taken) });
    let accepted = (0..1000).find_map(|_| wait(store.accept(event("evt"))).ok());
    assert!(matches!(accepted, Some(Accepted::New { .. })), "{accepted:?}");
}

/// Operators who stop waiting, and pools without a timeout in the server.
#[test]
fn statements_that_no_caller_waits_for_end_in_the_server() {
    let url = fresh_database();
    let operation = Duration::from_millis(300);
    // Operators use a quarter of the connections: five.
    let own = connected(|| PostgresStore::builder(&url).unwrap().with_max_connections(20));
    let pool = wait(PgPoolOptions::new().max_connections(6).connect(&url)).unwrap();
    let given = connected(|| PostgresStoreBuilder::from_pool(pool.clone()).with_operation_timeout(operation));
    wait(async {
        let mut owner = PgConnection::connect(&url).await.unwrap();
        let mut lock = owner.begin().await.unwrap();
        query("LOCK TABLE countersign.event").execute(&mut *lock).await.unwrap();
        let lists: Vec<_> = (0..5)
            .map(|_| {
                let store = own.clone();
                tokio::spawn(async move { store.list(&Filter::default(), Page::first(1)).await })
            })
            .collect();
        waiting(&url, |waiting| waiting == 5).await;
        lists.iter().for_each(JoinHandle::abort);
        // Far below the minute that the server gives such a statement.
        timeout(Duration::from_secs(30), waiting(&url, |waiting| waiting == 0)).await.unwrap();
        for id in 0..12 {
            assert!(given.accept(event(&format!("{id}"))).await.is_err());
        }
        waiting(&url, |waiting| waiting == 0).await;
        lock.rollback().await.unwrap();
        // A busy machine may need longer than the timeout.
        while given.accept(event("after")).await.is_err() {}
        assert!(own.list(&Filter::default(), Page::first(1)).await.is_ok());
    });
}

/// The process of the client is killed: nothing is left to cancel its statements.
#[test]
fn statements_of_clients_that_are_gone_end_in_the_server() {
    let url = fresh_database();
    wait(async {
        drop(PostgresStore::connect(&url).await.unwrap());
        let mut owner = PgConnection::connect(&url).await.unwrap();
        let mut lock = owner.begin().await.unwrap();
        let version: i32 = query_scalar("SELECT current_setting('server_version_num')::int4")
            .fetch_one(&mut *lock)
            .await
            .unwrap();
        if version < 140_000 {
            return;
        }
        query("LOCK TABLE countersign.event").execute(&mut *lock).await.unwrap();
        // Its connections and tasks end with the runtime.
        let client = Runtime::new().unwrap();
        let address = url.clone();
        client.spawn(async move {
            let store =
                PostgresStore::builder(&address).unwrap().without_migrations().connect().await.unwrap();
            store.list(&Filter::default(), Page::first(1)).await.map(drop)
        });
        waiting(&url, |waiting| waiting == 1).await;
        client.shutdown_background();
        timeout(Duration::from_secs(30), waiting(&url, |waiting| waiting == 0)).await.unwrap();
        lock.rollback().await.unwrap();
    });
}

/// Waits until so many statements wait for a lock.
async fn waiting(url: &str, is_met: impl Fn(i64) -> bool) {
    let mut observer = PgConnection::connect(url).await.unwrap();
    let sql = "SELECT count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'";
    while !is_met(query_scalar(sql).fetch_one(&mut observer).await.unwrap()) {
        tokio::task::yield_now().await;
    }
}

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
    let leased = wait(store.claim_due(&due(100))).unwrap();
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
    let leased = wait(store.claim_due(&due(64))).unwrap();
    let leases: Vec<_> = leased.iter().map(|leased| leased.lease).collect();
    let mut open = wait(store.pool().begin()).unwrap();
    let finished = countersign_inbox::TxInbox::finish_in(store, &mut open, &leases[20]);
    assert_eq!(wait(finished).unwrap(), Fenced::Ok(()));

    // If it waited for the lock, it would be an error.
    let extended = wait(store.extend(&leases, TTL * 2)).unwrap();
    for (place, (lease, extended)) in leases.iter().zip(&extended).enumerate() {
        let Fenced::Ok(extended) = extended else { panic!("{place}: {extended:?}") };
        assert_eq!(extended.expires_at() > lease.expires_at(), place != 20, "{place}");
    }
    let finishes = wait(async {
        let tasks: Vec<_> = extended
            .iter()
            .map(|lease| {
                let (store, Fenced::Ok(lease)) = (store.clone(), *lease) else { panic!("it is certain") };
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

/// The finishes wait for the same row, and are in one batch when it can be had. An event may be updated before the next
/// row of the batch is locked, or after all are: that depends on the join that the server chooses.
#[test]
fn a_lease_that_is_given_many_times_in_one_batch_counts_each_time() {
    for join in JOINS {
        many_times_with_the_join(join);
    }
}

/// The ways to join that the server has.
const JOINS: [&str; 3] = ["nestloop", "hashjoin", "mergejoin"];

fn many_times_with_the_join(join: &str) {
    let others = JOINS.iter().filter(|other| **other != join).map(|other| format!("enable_{other} = off"));
    let url = database_with(&others.collect::<Vec<_>>());
    let machines = Machines::at(url, |builder| builder);
    let store = machines.first();
    assert!(wait(store.accept(event("evt"))).is_ok());
    let leased = wait(store.claim_due(&due(1))).unwrap().remove(0);
    let extended = wait(store.extend(&[leased.lease; 8], TTL * 2)).unwrap();
    for extended in &extended {
        assert!(
            matches!(extended, Fenced::Ok(lease) if lease.expires_at() > leased.lease.expires_at()),
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

/// Statements that wait for a table lock end in the server, too, and occupy the pool until then.
#[test]
fn there_are_never_more_backends_than_the_pool_has_connections() {
    const POOL: u32 = 4;
    let machines = Machines::with(|builder| {
        builder
            .with_max_connections(POOL)
            .with_operation_timeout(Duration::from_millis(200))
            .with_acquire_timeout(Duration::from_millis(100))
    });
    let store = machines.first();
    wait(async {
        let mut other = PgConnection::connect(&machines.url).await.unwrap();
        let mut watcher = PgConnection::connect(&machines.url).await.unwrap();
        let mut lock = other.begin().await.unwrap();
        query("LOCK TABLE countersign.event, countersign.claim, countersign.version")
            .execute(&mut *lock)
            .await
            .unwrap();
        for round in 0..30 {
            let (accepted, claimed, probed) =
                (event(&format!("{round}")), request(&format!("{round}")), store.probe());
            // One of the callers stops waiting.
            let impatient = tokio::time::timeout(Duration::from_millis(20), store.claim(&claimed));
            let (accepted, claimed, probed) = tokio::join!(store.accept(accepted), impatient, probed);
            assert!(accepted.is_err() && probed.is_err() && claimed.is_err(), "all of them are locked");
            let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                       AND backend_type = 'client backend'";
            let backends: i64 = sqlx::query_scalar(sql).fetch_one(&mut watcher).await.unwrap();
            // Of two instances, plus the two of this test.
            assert!(backends <= i64::from(2 * POOL) + 2, "{backends} backends");
        }
        lock.rollback().await.unwrap();
    });
    while wait(store.accept(event("afterwards"))).is_err() {}
}

/// A claim is abandoned while it begins a transaction: the client does not count it, but the server has begun it.
#[test]
fn nothing_is_acknowledged_in_a_transaction_that_was_given_up() {
    let machines = Machines::with(|builder| builder.with_max_connections(1));
    let store = machines.first();
    let mut unsigned = request("given up");
    let digest = unsigned.identity.body();
    unsigned.identity = unsigned.identity.with_guard(digest, countersign_inbox::UnsignedIds::Reject);
    for round in 0..40 {
        wait(async {
            let patience = Duration::from_micros(100 * round);
            let _ = tokio::time::timeout(patience, store.claim(&unsigned)).await;
        });
        let id = format!("after {round}");
        assert!(matches!(wait(store.accept(event(&id))).unwrap(), Accepted::New { .. }));
        let stored = format!("SELECT count(*) FROM countersign.event WHERE external_id = '{id}'");
        assert_eq!(machines.number(&stored), 1, "{id}");
    }
    // A failed transaction that was left open.
    wait(async {
        let mut connection = store.pool().acquire().await.unwrap();
        drop(sqlx::raw_sql("BEGIN; SELECT 1 / 0").execute(&mut *connection).await);
    });
    assert!(matches!(wait(store.accept(event("last"))).unwrap(), Accepted::New { .. }));
}

/// A setting that an application may have on all its connections.
#[test]
fn stricter_isolation_makes_nobody_win_twice() {
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
    let refused = wait(PostgresStore::builder(&server.url()).unwrap().with_acquire_timeout(limit).connect());
    assert!(
        matches!(refused, Err(OpenError::TimedOut { .. } | OpenError::Sql(sqlx::Error::PoolTimedOut))),
        "{refused:?}"
    );
    server.resume();
}

/// What an operation waits for a lock that is never released; a busy machine needs less for the others.
const PATIENCE: Duration = Duration::from_secs(4);

fn due(max: usize) -> ClaimDue {
    ClaimDue::new("orders", "worker", max, TTL)
}

/// Returns a database whose connections have these settings.
fn database_with(settings: &[impl AsRef<str>]) -> String {
    let url = fresh_database();
    let name = url.rsplit('/').next().unwrap();
    wait(async {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        for setting in settings {
            let sql = format!("ALTER DATABASE {name} SET {}", setting.as_ref());
            query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
    });
    url
}

/// Stores all events at once.
fn accept_all(store: &PostgresStore, events: Vec<NewEvent>) -> Vec<Result<Accepted, StoreError>> {
    wait(async {
        let tasks: Vec<_> = events
            .into_iter()
            .map(|event| {
                let store = store.clone();
                tokio::spawn(async move { store.accept(event).await })
            })
            .collect();
        let mut accepted = Vec::new();
        for task in tasks {
            accepted.push(task.await.unwrap());
        }
        accepted
    })
}
