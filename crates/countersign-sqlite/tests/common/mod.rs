//! A store in a temporary folder, and a manual clock.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise, and not every one needs everything"
)]

pub mod disk;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign::{Clock, UnixTime};
use countersign_inbox::{
    Accepted, AttemptNote, Claim, ClaimDue, ClaimRequest, DedupeStore, Digest, EventId, EventKey, Filter,
    Finish, Identity, InboxStore, Leased, NewEvent, OpsStore, StoreError, StoreFuture,
};
use countersign_sqlite::{SqliteStore, SqliteStoreBuilder};
use countersign_testkit::conformance::StoreHarness;
use countersign_testkit::conformance::inbox::{AfterCrash, InboxHarness, sample_event};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub struct Sqlite {
    pub clock: Arc<ManualClock>,
    pub folder: TempDir,
    runtime: Runtime,
    /// Crashed stores are not used any more.
    stores: Mutex<Vec<Arc<SqliteStore>>>,
}

/// A manual clock.
pub struct ManualClock(AtomicI64);

impl ManualClock {
    pub fn new() -> Self {
        Self(AtomicI64::new(1_700_000_000_000))
    }
}

impl Sqlite {
    pub fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub fn with(change: impl FnOnce(SqliteStoreBuilder) -> SqliteStoreBuilder) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::in_folder(folder, Arc::new(ManualClock::new()), change)
    }

    pub fn in_folder(
        folder: TempDir,
        clock: Arc<ManualClock>,
        change: impl FnOnce(SqliteStoreBuilder) -> SqliteStoreBuilder,
    ) -> Self {
        let builder = SqliteStore::builder(folder.path().join("inbox.db")).with_clock(clock.clone());
        let store = Arc::new(change(builder).open().unwrap());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        Self { clock, folder, runtime, stores: Mutex::new(vec![store]) }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("inbox.db")
    }

    pub fn store(&self) -> Arc<SqliteStore> {
        Arc::clone(self.stores.lock().unwrap().last().unwrap())
    }

    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub fn ok<T>(&self, future: StoreFuture<'_, T>) -> T {
        self.runtime.block_on(future).unwrap()
    }

    pub fn err<T: std::fmt::Debug>(&self, future: StoreFuture<'_, T>) -> StoreError {
        self.runtime.block_on(future).unwrap_err()
    }

    /// Closes the store, and returns the folder and the clock.
    pub fn close(self) -> (TempDir, Arc<ManualClock>) {
        let Self { clock, folder, stores, .. } = self;
        let last = stores.into_inner().unwrap().pop().unwrap();
        drop(Arc::into_inner(last).unwrap());
        (folder, clock)
    }

    /// Closes the store, and opens it again with a changed clock.
    pub fn restart(self, step: i64) -> Self {
        let (folder, clock) = self.close();
        clock.0.fetch_add(step, Ordering::SeqCst);
        Self::in_folder(folder, clock, |builder| builder)
    }

    /// Advances the clock by milliseconds.
    pub fn step(&self, millis: i64) {
        self.clock.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// Returns the time in milliseconds.
    pub fn now(&self) -> i64 {
        self.clock.0.load(Ordering::SeqCst)
    }

    pub fn accept(&self, id: &str) -> EventId {
        match self.ok(self.store().accept(event(id))) {
            Accepted::New { id, .. } => id,
            other => panic!("{id} is new, and it is {other:?}"),
        }
    }

    pub fn claim(&self, max: usize) -> Vec<Leased> {
        self.ok(self.store().claim_due(&claim_request(max)))
    }

    pub fn finish(&self, leased: &Leased, finish: &Finish) {
        assert_eq!(
            self.ok(self.store().finish(&leased.lease, finish, AttemptNote::NONE)),
            countersign_inbox::Fenced::Ok(())
        );
    }

    pub fn count(&self) -> u64 {
        self.ok(self.store().count(&Filter::default())).number
    }

    pub fn ask(&self, id: u64) -> Claim {
        let (identity, token) = (identity(id), countersign_inbox::AttemptToken::random());
        self.ok(DedupeStore::claim(&*self.store(), &ClaimRequest { identity, token, ttl: TTL }))
    }
}

impl StoreHarness for Sqlite {
    fn store(&self) -> Arc<dyn DedupeStore> {
        self.store()
    }

    fn advance(&self, by: Duration) {
        self.step(by.as_millis() as i64);
    }

    fn wait<T>(&self, future: StoreFuture<'_, T>) -> Result<T, StoreError> {
        self.runtime.handle().block_on(future)
    }
}

impl InboxHarness for Sqlite {
    fn inbox(&self) -> Arc<dyn InboxStore> {
        self.store()
    }

    fn ops(&self) -> Arc<dyn OpsStore> {
        self.store()
    }

    fn advance(&self, by: Duration) {
        self.step(by.as_millis() as i64);
    }

    fn wait<T>(&self, future: StoreFuture<'_, T>) -> Result<T, StoreError> {
        self.runtime.handle().block_on(future)
    }

    /// Copies the files, which is the state that a killed process leaves behind.
    fn crash(&self) -> AfterCrash {
        // A running process writes the time periodically, even when idle.
        self.ok(self.store().probe());
        let mut stores = self.stores.lock().unwrap();
        let left = self.folder.path().join(format!("crash-{}.db", stores.len()));
        copy(stores.last().unwrap().path(), &left);
        let builder = SqliteStore::builder(left).with_clock(self.clock.clone());
        let builder = builder.with_attempt_retention(Duration::MAX);
        stores.push(Arc::new(builder.open().unwrap()));
        AfterCrash::LeasesEnd
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Copies the file and the log, but not the data in memory.
fn copy(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let [from, to] = [from, to].map(|path| format!("{}{suffix}", path.display()));
        if Path::new(&from).exists() {
            fs::copy(from, to).unwrap();
        }
    }
}

pub fn event(id: &str) -> NewEvent {
    sample_event("orders", id, "{}")
}

pub fn claim_request(max: usize) -> ClaimDue {
    ClaimDue::new("orders", "worker", max, TTL)
}

pub fn identity(id: u64) -> Identity {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&id.to_be_bytes());
    Identity::new(EventKey::from_bytes(bytes), Digest::from_bytes([0; 32]))
}

pub const TTL: Duration = Duration::from_secs(30);
pub const HOUR: i64 = 3600 * 1000;
