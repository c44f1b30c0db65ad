//! A store in a folder of its own, and a clock that is moved by hand.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "not every test needs everything")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use countersign::{Clock, UnixTime};
use countersign_inbox::conformance::Bench;
use countersign_inbox::{DedupeStore, Digest, EventKey, Identity, StoreError, StoreFuture};
use countersign_sqlite::{SqliteStore, SqliteStoreBuilder};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub struct Sqlite {
    pub clock: Arc<Hand>,
    pub store: Arc<SqliteStore>,
    pub runtime: Runtime,
    pub folder: TempDir,
}

/// A clock that is moved by hand.
pub struct Hand(AtomicI64);

impl Sqlite {
    pub fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub fn with(change: impl FnOnce(SqliteStoreBuilder) -> SqliteStoreBuilder) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(1_700_000_000_000)));
        let builder = SqliteStore::builder(folder.path().join("inbox.db")).with_clock(clock.clone());
        let store = Arc::new(change(builder).open().unwrap());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        Self { clock, store, runtime, folder }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("inbox.db")
    }

    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Closes the store and opens it again.
    pub fn restart(self) -> Self {
        let Self { clock, store, runtime, folder } = self;
        drop(Arc::into_inner(store).unwrap());
        let path = folder.path().join("inbox.db");
        let store = Arc::new(SqliteStore::builder(path).with_clock(clock.clone()).open().unwrap());
        Self { clock, store, runtime, folder }
    }

    pub fn step(&self, millis: i64) {
        self.clock.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Bench for Sqlite {
    fn store(&self) -> Arc<dyn DedupeStore> {
        self.store.clone()
    }

    fn advance(&self, by: Duration) {
        self.step(by.as_millis() as i64);
    }

    fn wait<T>(&self, future: StoreFuture<'_, T>) -> Result<T, StoreError> {
        self.runtime.handle().block_on(future)
    }
}

impl Clock for Hand {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.load(Ordering::SeqCst))
    }
}

pub fn key(id: u64) -> EventKey {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&id.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    EventKey::from_bytes(bytes)
}

pub fn identity(id: u64) -> Identity {
    Identity::new(key(id), Digest::from_bytes([0; 32]))
}
