//! A store in a database of its own, with a manual clock.

#![allow(dead_code, unused_imports, reason = "each test uses a part")]

pub(crate) mod keys;

use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread::{self, ThreadId};
use std::time::Duration;

use countersign_inbox::{
    AttemptToken, Claim, ClaimRequest, DedupeStore, Digest, EventKey, EventState, Filter, Identity,
    InboxStore, Lease, NewEvent, OpsStore, StoreError, StoreFuture,
};
use countersign_postgres::{OpenError, PostgresStore, PostgresStoreBuilder};
use countersign_test_servers::fresh_database;
use countersign_testkit::conformance::StoreHarness;
use countersign_testkit::conformance::inbox::{InboxHarness, sample_event};
use sqlx::{AssertSqlSafe, Connection, PgConnection, query_scalar, raw_sql};
use tokio::runtime::Runtime;

/// Two instances that share a database.
pub(crate) struct Machines {
    pub(crate) url: String,
    stores: [PostgresStore; 2],
    offset: AtomicI64,
    turn: AtomicI64,
    home: ThreadId,
}

impl Machines {
    pub(crate) fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(choose: impl Fn(PostgresStoreBuilder) -> PostgresStoreBuilder) -> Self {
        Self::at(fresh_database(), choose)
    }

    pub(crate) fn at(url: String, choose: impl Fn(PostgresStoreBuilder) -> PostgresStoreBuilder) -> Self {
        let connect = || connected(|| choose(PostgresStore::builder(&url)));
        let stores = [connect(), connect()];
        Self { url, stores, offset: AtomicI64::new(0), turn: AtomicI64::new(0), home: thread::current().id() }
    }

    pub(crate) fn first(&self) -> &PostgresStore {
        &self.stores[0]
    }

    pub(crate) fn second(&self) -> &PostgresStore {
        &self.stores[1]
    }

    /// Returns the first instance in the thread of the test, where processes wake up by themselves; in others, the
    /// instances in turn.
    pub(crate) fn either(&self) -> PostgresStore {
        let turn =
            if thread::current().id() == self.home { 0 } else { self.turn.fetch_add(1, Ordering::Relaxed) };
        self.stores[usize::from(turn % 2 != 0)].clone()
    }

    /// Advances the clock of the server, as this database sees it.
    pub(crate) fn step(&self, millis: i64) {
        let offset = self.offset.fetch_add(millis, Ordering::Relaxed) + millis;
        self.execute(&format!(
            "CREATE OR REPLACE FUNCTION countersign.now_() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
             AS 'SELECT statement_timestamp() + {offset} * interval ''1 ms'''"
        ));
    }

    pub(crate) fn execute(&self, sql: &str) {
        wait(async {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
        });
    }

    pub(crate) fn number(&self, sql: &str) -> i64 {
        wait(async {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut connection).await.unwrap()
        })
    }
}

impl StoreHarness for Machines {
    fn store(&self) -> Arc<dyn DedupeStore> {
        Arc::new(self.either())
    }

    fn advance(&self, by: Duration) {
        self.step(i64::try_from(by.as_millis()).unwrap());
    }

    fn wait<T>(&self, future: StoreFuture<'_, T>) -> Result<T, StoreError> {
        wait(future)
    }
}

impl InboxHarness for Machines {
    fn inbox(&self) -> Arc<dyn InboxStore> {
        Arc::new(self.either())
    }

    fn ops(&self) -> Arc<dyn OpsStore> {
        Arc::new(self.either())
    }

    fn advance(&self, by: Duration) {
        self.step(i64::try_from(by.as_millis()).unwrap());
    }

    fn wait<T>(&self, future: StoreFuture<'_, T>) -> Result<T, StoreError> {
        wait(future)
    }
}

/// Runs a future on a runtime shared by all tests, because connections belong to it.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    RUNTIME.block_on(future)
}

/// Waits until the number of other sessions in this state is met.
pub(crate) async fn waiting(url: &str, state: &str, is_met: impl Fn(i64) -> bool) {
    let mut observer = PgConnection::connect(url).await.unwrap();
    let sql = format!(
        "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND {state}"
    );
    while !is_met(query_scalar(AssertSqlSafe(sql.clone())).fetch_one(&mut observer).await.unwrap()) {
        tokio::task::yield_now().await;
    }
}

/// Sessions that wait for a lock.
pub(crate) const LOCKED: &str = "wait_event_type = 'Lock' AND state = 'active'";

/// Connects with timeouts that a busy machine may exceed: then the attempt is repeated.
pub(crate) fn connected(builder: impl Fn() -> PostgresStoreBuilder) -> PostgresStore {
    for _ in 0..1000 {
        match wait(builder().connect()) {
            Ok(store) => return store,
            Err(OpenError::TimedOut { .. } | OpenError::Sql(sqlx::Error::PoolTimedOut)) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("the server never answers in time")
}

pub(crate) fn identity(id: &str) -> Identity {
    let mut key = [0; 32];
    for (byte, letter) in key.iter_mut().zip(id.bytes()) {
        *byte = letter;
    }
    Identity::new(EventKey::from_bytes(key), Digest::from_bytes([1; 32]))
}

pub(crate) fn request(id: &str) -> ClaimRequest {
    ClaimRequest { identity: identity(id), token: AttemptToken::random(), ttl: TTL }
}

pub(crate) fn acquired(claim: Claim) -> Lease {
    match claim {
        Claim::Acquired { lease, .. } => lease,
        other => panic!("acquired was expected, and it is {other:?}"),
    }
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

pub(crate) const TTL: Duration = Duration::from_secs(30);

pub(crate) fn event(id: &str) -> NewEvent {
    sample_event("orders", id, format!("the body of {id}"))
}

pub(crate) fn done() -> Filter {
    let mut filter = Filter::default();
    filter.state = Some(EventState::Done);
    filter
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
