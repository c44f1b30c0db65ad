//! Full pools, and statements that no caller waits for any more.

use std::error::Error;
use std::time::{Duration, Instant};

use countersign_inbox::{
    Accepted, Action, Change, DedupeStore, Filter, InboxStore, OpsStore, Page, StoreError,
};
use countersign_postgres::{PostgresStore, PostgresStoreBuilder};
use countersign_test_servers::fresh_database;
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, query, query_scalar};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::common::{Machines, connected, event, request, wait};

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
    // One connection is for the changes of operators.
    let own = connected(|| {
        let builder = PostgresStore::builder(&url).with_max_connections(20);
        builder.with_acquire_timeout(Duration::from_secs(60))
    });
    let pool = wait(PgPoolOptions::new().max_connections(6).connect(&url)).unwrap();
    let given = connected(|| PostgresStoreBuilder::from_pool(pool.clone()).with_operation_timeout(operation));
    wait(async {
        let mut owner = PgConnection::connect(&url).await.unwrap();
        let mut lock = owner.begin().await.unwrap();
        query("LOCK TABLE countersign.event").execute(&mut *lock).await.unwrap();
        let store = own.clone();
        let change = tokio::spawn(async move { store.change(&everything()).await });
        waiting(&url, |waiting| waiting == 1).await;
        change.abort();
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

/// Returns a change whose statements may take a minute.
fn everything() -> Change {
    Change::new(Action::Discard, Filter::default(), "operator")
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
            let store = PostgresStore::builder(&address).without_migrations().connect().await.unwrap();
            store.change(&everything()).await.map(drop)
        });
        waiting(&url, |waiting| waiting == 1).await;
        client.shutdown_background();
        timeout(Duration::from_secs(30), waiting(&url, |waiting| waiting == 0)).await.unwrap();
        lock.rollback().await.unwrap();
    });
}

/// Statements that wait for a table lock end in the server, too, and occupy the pool until then. What ends them is in the pool.
#[test]
fn there_are_never_more_backends_than_the_pool_has_connections() {
    const POOL: u32 = 4;
    let own = |url: &str| connected(|| PostgresStore::builder(url).with_max_connections(POOL).impatient());
    let given = |url: &str| {
        let pool = wait(async { PgPoolOptions::new().max_connections(POOL).connect_lazy(url).unwrap() });
        connected(|| PostgresStoreBuilder::from_pool(pool.clone()).impatient())
    };
    let backends = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'store'";
    for connect in [&own as &dyn Fn(&str) -> PostgresStore, &given] {
        let url = fresh_database();
        let store = connect(&format!("{url}?application_name=store"));
        wait(async {
            let mut other = PgConnection::connect(&url).await.unwrap();
            let mut watcher = PgConnection::connect(&url).await.unwrap();
            let mut lock = other.begin().await.unwrap();
            query("LOCK TABLE countersign.event, countersign.claim, countersign.version, countersign.pause")
                .execute(&mut *lock)
                .await
                .unwrap();
            for round in 0..30 {
                let (accepted, claimed, probed) =
                    (event(&format!("{round}")), request(&format!("{round}")), store.probe());
                // Some of the callers stop waiting.
                let impatient = timeout(Duration::from_millis(20), store.claim(&claimed));
                let operator = timeout(Duration::from_millis(20), store.stats());
                let (accepted, claimed, probed, looked) =
                    tokio::join!(store.accept(accepted), impatient, probed, operator);
                assert!(accepted.is_err() && probed.is_err() && claimed.is_err(), "all of them are locked");
                assert!(looked.is_err(), "so is what operators look at");
                let backends: i64 = query_scalar(backends).fetch_one(&mut watcher).await.unwrap();
                assert!(backends <= i64::from(POOL), "{backends} backends");
            }
            lock.rollback().await.unwrap();
        });
        while wait(store.accept(event("afterwards"))).is_err() {}
    }
}

/// Short timeouts.
trait Impatient {
    fn impatient(self) -> Self;
}

impl Impatient for PostgresStoreBuilder {
    fn impatient(self) -> Self {
        let builder = self.with_operation_timeout(Duration::from_millis(200));
        builder.with_acquire_timeout(Duration::from_millis(100))
    }
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

/// Waits until so many statements wait for a lock.
async fn waiting(url: &str, is_met: impl Fn(i64) -> bool) {
    let mut observer = PgConnection::connect(url).await.unwrap();
    let sql = "SELECT count(*) FROM pg_stat_activity
               WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'";
    while !is_met(query_scalar(sql).fetch_one(&mut observer).await.unwrap()) {
        tokio::task::yield_now().await;
    }
}
