//! Tests of the in-memory store: the conformance suite, its limits, and the cost of an id.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use countersign::{Clock, UnixTime};
use countersign_inbox::{
    AttemptToken, Claim, ClaimRequest, DedupeStore, Digest, EventKey, Fenced, Identity, Lease, MemoryStore,
    StoreError, StoreFuture, telemetry,
};
use countersign_test_logs::Logs;
use countersign_testkit::conformance::StoreHarness;
use countersign_testkit::store_conformance;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use tracing::Level;

store_conformance!(Memory::new(1000));

#[test]
fn the_oldest_handled_leaves_and_never_one_in_flight() {
    let memory = Memory::new(100);
    let oldest = memory.acquire(0);
    for id in 1..1000 {
        let lease = memory.acquire(id);
        assert_eq!(memory.wait(memory.store().complete(&lease)).unwrap(), Fenced::Ok(()));
    }
    assert!(matches!(memory.claim(0).unwrap(), Claim::InFlight { .. }));
    for id in 901..1000 {
        assert_eq!(memory.claim(id).unwrap(), Claim::Done { same_body: true }, "{id}");
    }
    assert!(matches!(memory.claim(900).unwrap(), Claim::Acquired { .. }));
    // It was evicted to make room.
    assert!(matches!(memory.claim(901).unwrap(), Claim::Acquired { .. }));
    assert_eq!(memory.wait(memory.store().complete(&oldest)).unwrap(), Fenced::Ok(()));
}

#[test]
fn a_store_full_of_deliveries_in_flight_says_so_until_one_is_done() {
    let memory = Memory::new(10);
    let leases: Vec<_> = (0..10).map(|id| memory.acquire(id)).collect();
    assert!(matches!(memory.claim(10), Err(StoreError::Full { capacity: 10 })));
    assert!(matches!(memory.claim(3).unwrap(), Claim::InFlight { .. }));
    assert_eq!(memory.wait(memory.store().complete(&leases[3])).unwrap(), Fenced::Ok(()));
    memory.acquire(10);
}

#[test]
fn leases_that_were_not_given_back_make_room_once_they_have_expired() {
    let memory = Memory::new(10);
    let lost: Vec<_> = (0..10).map(|id| memory.acquire(id)).collect();
    memory.clock.0.fetch_add(YEAR, Ordering::Relaxed);
    for id in 10..1000 {
        let lease = memory.acquire(id);
        assert_eq!(memory.wait(memory.store().complete(&lease)).unwrap(), Fenced::Ok(()));
    }
    // Their room is used for remembered entries.
    for id in 991..1000 {
        assert_eq!(memory.claim(id).unwrap(), Claim::Done { same_body: true }, "{id}");
    }
    assert_eq!(memory.wait(memory.store().complete(&lost[0])).unwrap(), Fenced::Stale);
}

#[test]
fn a_lease_that_has_expired_counts_while_its_room_is_not_needed() {
    let memory = Memory::new(10);
    let late = memory.acquire(1);
    memory.clock.0.fetch_add(YEAR, Ordering::Relaxed);
    memory.acquire(2);
    assert_eq!(memory.wait(memory.store().complete(&late)).unwrap(), Fenced::Ok(()));
}

#[test]
fn a_clock_that_goes_back_ends_no_lease_and_forgets_nothing() {
    let memory = Memory::new(100);
    let lease = memory.acquire(1);
    memory.clock.0.fetch_sub(YEAR, Ordering::Relaxed);
    assert!(matches!(memory.claim(1).unwrap(), Claim::InFlight { .. }));
    assert_eq!(memory.wait(memory.store().complete(&lease)).unwrap(), Fenced::Ok(()));
    assert_eq!(memory.claim(1).unwrap(), Claim::Done { same_body: true });
}

#[test]
fn what_a_full_store_forgets_within_the_retention_is_counted_and_logged_once_a_minute() {
    let (logs, recorder) = (Logs::up_to(Level::INFO), DebuggingRecorder::new());
    let handle = |memory: &Memory, id| {
        let lease = memory.acquire(id);
        assert_eq!(memory.wait(memory.store().complete(&lease)).unwrap(), Fenced::Ok(()));
    };
    metrics::with_local_recorder(&recorder, || {
        let memory = Memory::new(10);
        (0..10).for_each(|id| handle(&memory, id));
        assert_eq!(memory.store.evicted(), 0);
        (10..50).for_each(|id| handle(&memory, id));
        assert_eq!((memory.store.evicted(), logs.with("is full").len()), (40, 1));
        memory.clock.0.fetch_add(61_000, Ordering::Relaxed);
        handle(&memory, 50);
        assert_eq!((memory.store.evicted(), logs.with("is full").len()), (41, 2));
        // Entries past their retention are forgotten without a log line.
        memory.clock.0.fetch_add(YEAR, Ordering::Relaxed);
        (100..110).for_each(|id| handle(&memory, id));
        assert_eq!((memory.store.evicted(), logs.with("is full").len()), (41, 2));
    });
    let counted = recorder.snapshotter().snapshot().into_vec();
    let counted =
        counted.iter().find(|(key, ..)| key.key().name() == telemetry::EVICTED).map(|found| &found.3);
    assert!(matches!(counted, Some(DebugValue::Counter(41))), "{counted:?}");
}

#[test]
fn a_remembered_id_costs_less_than_40_bytes() {
    const IDS: u64 = 1_000_000;
    let mut kept = None;
    let counted = allocation_counter::measure(|| {
        let memory = Memory::new(IDS as usize);
        for id in 0..IDS {
            let lease = memory.acquire(id);
            assert_eq!(memory.wait(memory.store().complete(&lease)).unwrap(), Fenced::Ok(()));
        }
        kept = Some(memory);
    });
    let memory = kept.unwrap();
    // The newest first: a claim of an unknown id evicts another one.
    let known = (0..IDS).rev().filter(|id| matches!(memory.claim(*id), Ok(Claim::Done { .. }))).count();
    let bytes = counted.bytes_max as f64 / known as f64;
    assert!(known as u64 >= IDS * 98 / 100, "{known} known");
    assert!(bytes <= 40.0, "{bytes} bytes per id");
}

struct Memory {
    clock: Arc<ManualClock>,
    store: Arc<MemoryStore>,
}

/// A manual clock.
struct ManualClock(AtomicI64);

impl Memory {
    fn new(capacity: usize) -> Self {
        let clock = Arc::new(ManualClock(AtomicI64::new(1_700_000_000_000)));
        let week = Duration::from_secs(7 * 24 * 3600);
        Self { store: Arc::new(MemoryStore::with(capacity, week, clock.clone())), clock }
    }

    fn claim(&self, id: u64) -> Result<Claim, StoreError> {
        let identity = Identity::new(key(id), Digest::from_bytes([0; 32]));
        let (token, store, ttl) = (AttemptToken::random(), self.store(), Duration::from_secs(30));
        self.wait(store.claim(&ClaimRequest { identity, token, ttl }))
    }

    fn acquire(&self, id: u64) -> Lease {
        match self.claim(id).unwrap() {
            Claim::Acquired { lease, .. } => lease,
            other => panic!("{id}: {other:?}"),
        }
    }
}

impl StoreHarness for Memory {
    fn store(&self) -> Arc<dyn DedupeStore> {
        self.store.clone()
    }

    fn advance(&self, by: Duration) {
        self.clock.0.fetch_add(by.as_millis() as i64, Ordering::Relaxed);
    }

    fn wait<T>(&self, mut future: StoreFuture<'_, T>) -> Result<T, StoreError> {
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => done,
            Poll::Pending => panic!("the store in memory is never late"),
        }
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        UnixTime::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// Returns a key that is distributed like a hash.
fn key(id: u64) -> EventKey {
    let mut bytes = [0; 32];
    for (nth, chunk) in bytes.chunks_exact_mut(8).enumerate() {
        let mut word = id.wrapping_mul(4).wrapping_add(nth as u64).wrapping_add(0x9e37_79b9_7f4a_7c15);
        for multiplier in [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb_u64] {
            word = (word ^ (word >> 30)).wrapping_mul(multiplier);
        }
        chunk.copy_from_slice(&(word ^ (word >> 31)).to_be_bytes());
    }
    EventKey::from_bytes(bytes)
}

const YEAR: i64 = 365 * 24 * 3600 * 1000;
