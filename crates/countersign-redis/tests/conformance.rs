//! Runs the conformance suite over several connections to one server.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use countersign_inbox::{DedupeStore, StoreError, StoreFuture};
use countersign_redis::RedisStore;
use countersign_test_servers::{fresh_namespace, redis_url};
use countersign_testkit::conformance::StoreHarness;
use countersign_testkit::store_conformance;
use tokio::runtime::Runtime;

store_conformance!(Machines::new());

/// Several connections, of which each operation uses the next one.
struct Machines {
    runtime: Runtime,
    stores: Vec<RedisStore>,
    next: AtomicUsize,
}

impl Machines {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let (url, namespace) = (redis_url(), fresh_namespace());
        let connect = |_| {
            let builder = RedisStore::builder(&url).with_namespace(&namespace).with_moved_clock();
            runtime.block_on(builder.with_response_timeout(Duration::from_secs(60)).connect()).unwrap()
        };
        let stores = (0..4).map(connect).collect();
        Self { runtime, stores, next: AtomicUsize::new(0) }
    }
}

impl StoreHarness for Machines {
    fn store(&self) -> Arc<dyn DedupeStore> {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        Arc::new(self.stores[next % self.stores.len()].clone())
    }

    fn advance(&self, by: Duration) {
        self.runtime.block_on(self.stores[0].advance(by)).unwrap();
    }

    fn wait<T>(&self, future: StoreFuture<'_, T>) -> Result<T, StoreError> {
        self.runtime.block_on(future)
    }
}
