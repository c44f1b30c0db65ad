//! A harness for the reference.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use countersign::{Clock, UnixTime};
use countersign_inbox::{InboxStore, OpsStore, StoreError, StoreFuture};
use countersign_testkit::MemoryInbox;
use countersign_testkit::conformance::inbox::{AfterCrash, InboxHarness};

pub(crate) struct Reference {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Arc<MemoryInbox>,
}

/// A manual clock.
pub(crate) struct ManualClock(AtomicI64);

impl Reference {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(ManualClock(AtomicI64::new(1_700_000_000_000)));
        Self { store: Arc::new(MemoryInbox::new(clock.clone())), clock }
    }
}

impl InboxHarness for Reference {
    fn inbox(&self) -> Arc<dyn InboxStore> {
        self.store.clone()
    }

    fn ops(&self) -> Arc<dyn OpsStore> {
        self.store.clone()
    }

    fn advance(&self, by: Duration) {
        self.clock.0.fetch_add(by.as_millis() as i64, Ordering::Relaxed);
    }

    fn wait<T>(&self, mut future: StoreFuture<'_, T>) -> Result<T, StoreError> {
        loop {
            if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return done;
            }
        }
    }

    fn crash(&self) -> AfterCrash {
        self.store.end_leases();
        AfterCrash::LeasesEnd
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.load(Ordering::Relaxed))
    }
}
