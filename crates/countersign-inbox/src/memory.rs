//! An in-memory store: bounded, with a lock per shard.

mod evictions;
mod finished;
mod seeds;
mod shard;

use std::fmt;
use std::future::ready;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign::{Clock, UnixTime};

use self::evictions::Evictions;
use self::shard::{Bid, Held, Shard, Slot};
use crate::claim::{Claim, ClaimRequest, Fenced, Lease};
use crate::clock::MonotonicClock;
use crate::identity::UnsignedIds;
use crate::retention::Retention;
use crate::store::{DedupeStore, Durability, StoreError, StoreFuture};

/// Remembers deliveries for the lifetime of the process: for a single machine that tolerates some repeated handling
/// after a restart.
///
/// It holds a fixed number of entries. When it is full, the oldest handled entry is evicted, never one in flight:
/// [`evicted`](MemoryStore::evicted) counts them.
/// An entry takes less than 40 bytes. A delivery with an unsigned id takes two entries, unless the policy is
/// [`UnsignedIds::Off`]. Above 2,048 entries they are spread over shards, and a shard may be full when 98 % of the
/// whole store is.
pub struct MemoryStore {
    shards: Box<[Mutex<Shard>]>,
    clock: Arc<dyn Clock>,
    retention: Duration,
    evictions: Arc<Evictions>,
    /// A random hash state, so that senders cannot compute marks.
    marks: RandomState,
}

impl MemoryStore {
    /// Creates a store for this many entries, between 1 and 2³⁶, with a retention of 30 days, which covers
    /// deliveries that providers resend on demand. The index of 5.3 bytes per entry is allocated at once.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self::with(capacity, Retention::DEFAULT, Arc::new(MonotonicClock::start()))
    }

    /// Creates a store with another retention and clock. The clock also decides when leases expire.
    #[must_use]
    pub fn with(capacity: usize, retention: Duration, clock: Arc<dyn Clock>) -> Self {
        let count = (capacity / 1024).clamp(1, SHARDS);
        let each = capacity.clamp(1, SHARDS << 30).div_ceil(count);
        let start = clock.now();
        let evictions = Arc::new(Evictions::new(each.saturating_mul(count)));
        let shard = |_| Mutex::new(Shard::new(each, retention, start, Arc::clone(&evictions)));
        let shards = (0..count).map(shard).collect();
        Self { shards, clock, retention, evictions, marks: RandomState::new() }
    }

    /// Returns the number of handled deliveries that it has forgotten before the end of their retention, because it was
    /// full. With the feature `runtime`, this is a metric, too, and logged once a minute.
    #[must_use]
    pub fn evicted(&self) -> u64 {
        self.evictions.count()
    }

    fn shard(&self, key: &[u8; 32]) -> MutexGuard<'_, Shard> {
        let at = (usize::from(u16::from_be_bytes([key[0], key[1]])) * self.shards.len()) >> 16;
        // No code panics while holding a shard, so the data behind a poisoned lock is consistent.
        #[expect(clippy::indexing_slicing, reason = "two bytes, scaled down to the number of shards")]
        self.shards[at].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_claim(&self, request: &ClaimRequest) -> Result<Claim, StoreError> {
        let (ClaimRequest { identity, token, ttl }, now) = (request, self.clock.now());
        let key = *identity.key().as_bytes();
        let mark = self.marks.hash_one(identity.body());
        let bid = Bid { key, token: *token, ttl: *ttl, mark, is_owner: false };
        let (fence, until) = match self.shard(&key).claim(&bid, now)? {
            Slot::Acquired { fence, until } => (fence, until),
            Slot::InFlight { retry_after, same } => {
                return Ok(Claim::InFlight { retry_after, same_body: same });
            }
            Slot::Done { same } => return Ok(Claim::Done { same_body: same }),
        };
        let held = Held { key, fence };
        let lease = Lease::new(identity.key(), fence, until);
        let Some((digest, policy)) = identity.guard() else {
            return Ok(Claim::Acquired { lease, is_suspect: false });
        };
        let refused = match self.guard(held, *digest.as_bytes(), request, now) {
            Ok(Slot::Acquired { .. } | Slot::Done { same: true }) => {
                return Ok(Claim::Acquired { lease, is_suspect: false });
            }
            Ok(_) if policy != UnsignedIds::Reject => {
                return Ok(Claim::Acquired { lease, is_suspect: true });
            }
            Ok(Slot::InFlight { retry_after, .. }) => Ok(Claim::InFlight { retry_after, same_body: true }),
            Ok(Slot::Done { .. }) => Ok(Claim::Replayed),
            Err(full) => Err(full),
        };
        self.shard(&key).release(held);
        refused
    }

    /// Claims the signed bytes for a delivery whose lease is held. Takes one lock at a time.
    fn guard(
        &self,
        held: Held,
        digest: [u8; 32],
        request: &ClaimRequest,
        now: UnixTime,
    ) -> Result<Slot, StoreError> {
        let mark = self.marks.hash_one(request.identity.key());
        let bid = Bid { key: digest, token: request.token, ttl: request.ttl, mark, is_owner: true };
        let slot = self.shard(&digest).claim(&bid, now)?;
        if let Slot::Acquired { fence, .. } = slot {
            let guard = Held { key: digest, fence };
            // The delivery may have been taken over in the meantime.
            if !self.shard(&held.key).tie(held, guard) {
                self.shard(&digest).release(guard);
            }
        }
        Ok(slot)
    }

    /// Applies an operation to a delivery, and then to its guard.
    fn both(&self, lease: &Lease, act: impl Fn(&mut Shard, Held) -> Option<Option<Held>>) -> Fenced<()> {
        let held = Held { key: *lease.key().as_bytes(), fence: lease.fence() };
        let Some(guard) = act(&mut self.shard(&held.key), held) else { return Fenced::Stale };
        if let Some(guard) = guard {
            act(&mut self.shard(&guard.key), guard);
        }
        Fenced::Ok(())
    }
}

impl DedupeStore for MemoryStore {
    fn claim<'a>(&'a self, request: &'a ClaimRequest) -> StoreFuture<'a, Claim> {
        Box::pin(ready(self.try_claim(request)))
    }

    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> StoreFuture<'a, Fenced<Lease>> {
        let until = self.clock.now().saturating_add(ttl);
        let renewed = match self.both(lease, |shard, held| shard.renew(held, until)) {
            Fenced::Ok(()) => Fenced::Ok(Lease::new(lease.key(), lease.fence(), until)),
            Fenced::Stale => Fenced::Stale,
        };
        Box::pin(ready(Ok(renewed)))
    }

    fn complete<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>> {
        let now = self.clock.now();
        Box::pin(ready(Ok(self.both(lease, |shard, held| shard.complete(held, now)))))
    }

    fn release<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>> {
        Box::pin(ready(Ok(self.both(lease, Shard::release))))
    }

    fn retention(&self) -> Duration {
        self.retention
    }

    fn durability(&self) -> Durability {
        Durability::Memory
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("shards", &self.shards.len())
            .field("retention", &self.retention)
            .field("evicted", &self.evicted())
            .finish_non_exhaustive()
    }
}

/// More than the number of cores of current machines.
const SHARDS: usize = 64;
