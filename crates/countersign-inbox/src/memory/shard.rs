use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use countersign::UnixTime;

use super::evictions::Evictions;
use super::finished::{Finished, History};
use super::seeds::Seeds;
use crate::claim::AttemptToken;
use crate::store::StoreError;

/// A part of the store with its own lock.
pub(super) struct Shard {
    running: HashMap<[u8; 32], Running, Seeds>,
    /// The running entries, to find leases that were not released. Entries that ended since are skipped.
    leases: VecDeque<Held>,
    finished: History,
    capacity: usize,
    /// Grows with each claim of any of its keys, and so for each of them.
    fence: u64,
    start: UnixTime,
    /// The latest observed time: finished entries are in the order of their times.
    latest: u32,
    retention: u32,
    evictions: Arc<Evictions>,
}

#[derive(Clone, Copy)]
struct Running {
    fence: u64,
    token: AttemptToken,
    until: UnixTime,
    mark: u64,
    guard: Option<Held>,
}

/// A held entry.
#[derive(Clone, Copy)]
pub(super) struct Held {
    pub(super) key: [u8; 32],
    pub(super) fence: u64,
}

/// The state of a key.
pub(super) enum Slot {
    Acquired { fence: u64, until: UnixTime },
    InFlight { retry_after: Duration, same: bool },
    Done { same: bool },
}

pub(super) struct Bid {
    pub(super) key: [u8; 32],
    pub(super) token: AttemptToken,
    pub(super) ttl: Duration,
    /// A number that identifies the owner of the entry.
    pub(super) mark: u64,
    /// Whether the caller holds the lease of the owner, so that it may take over from itself.
    pub(super) is_owner: bool,
}

impl Shard {
    pub(super) fn new(
        capacity: usize,
        retention: Duration,
        start: UnixTime,
        evictions: Arc<Evictions>,
    ) -> Self {
        Self {
            running: HashMap::with_hasher(Seeds::random()),
            leases: VecDeque::new(),
            finished: History::new(capacity),
            capacity,
            fence: 0,
            start,
            latest: 0,
            retention: u32::try_from(retention.as_secs()).unwrap_or(u32::MAX),
            evictions,
        }
    }

    pub(super) fn claim(&mut self, bid: &Bid, now: UnixTime) -> Result<Slot, StoreError> {
        self.forget(now);
        let taken_over = match self.running.get(&bid.key) {
            Some(found) if found.token == bid.token && now < found.until => {
                return Ok(Slot::Acquired { fence: found.fence, until: found.until });
            }
            Some(found) if now < found.until && !(bid.is_owner && found.mark == bid.mark) => {
                let retry_after = found.until.saturating_duration_since(now);
                return Ok(Slot::InFlight { retry_after, same: found.mark == bid.mark });
            }
            found => found.is_some(),
        };
        let tag = tag(&bid.key);
        match self.finished.find(&tag) {
            Some(found) if !self.is_expired(found) => {
                return Ok(Slot::Done { same: found.mark() == bid.mark });
            }
            Some(_) => self.finished.unlink(&tag),
            None => {}
        }
        if !taken_over {
            self.make_room(now)?;
        }
        self.fence += 1;
        let (fence, until) = (self.fence, now.saturating_add(bid.ttl));
        let running = Running { fence, token: bid.token, until, mark: bid.mark, guard: None };
        self.running.insert(bid.key, running);
        self.leases.push_back(Held { key: bid.key, fence });
        Ok(Slot::Acquired { fence, until })
    }

    /// Ties the guard of a delivery to it.
    pub(super) fn tie(&mut self, held: Held, guard: Held) -> bool {
        self.held(held).map(|running| running.guard = Some(guard)).is_some()
    }

    pub(super) fn renew(&mut self, held: Held, until: UnixTime) -> Option<Option<Held>> {
        let running = self.held(held)?;
        running.until = until;
        Some(running.guard)
    }

    pub(super) fn release(&mut self, held: Held) -> Option<Option<Held>> {
        let guard = self.held(held)?.guard;
        self.running.remove(&held.key);
        Some(guard)
    }

    pub(super) fn complete(&mut self, held: Held, now: UnixTime) -> Option<Option<Held>> {
        self.see(now);
        let tag = tag(&held.key);
        let Some(running) = self.held(held).copied() else {
            // The same finish again.
            let found = self.finished.find(&tag)?;
            return (found.fence == held.fence as u32).then_some(None);
        };
        self.running.remove(&held.key);
        self.finished.push(Finished::new(tag, running.mark, running.fence, self.latest));
        Some(running.guard)
    }

    fn held(&mut self, held: Held) -> Option<&mut Running> {
        self.running.get_mut(&held.key).filter(|running| running.fence == held.fence)
    }

    /// Makes room: evicts an expired lease or the oldest finished entry, never one in flight.
    fn make_room(&mut self, now: UnixTime) -> Result<(), StoreError> {
        for _ in 0..8 {
            if !self.is_full() {
                return Ok(());
            }
            self.look_at_a_lease(now);
        }
        if !self.is_full() {
            return Ok(());
        }
        if self.finished.len() == 0 {
            return Err(StoreError::Full { capacity: self.capacity });
        }
        let is_within = self.finished.oldest().is_some_and(|oldest| !self.is_expired(oldest));
        if self.finished.pop() && is_within {
            self.evictions.add(now);
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.running.len() + self.finished.len() >= self.capacity
    }

    /// Examines the leases in turn. An expired lease still counts until its room is needed, because its holder may
    /// be late.
    fn look_at_a_lease(&mut self, now: UnixTime) {
        let Some(held) = self.leases.pop_front() else { return };
        match self.held(held).map(|running| running.until) {
            None => {}
            Some(until) if until <= now && self.is_full() => {
                self.running.remove(&held.key);
            }
            Some(_) => self.leases.push_back(held),
        }
    }

    /// Forgets a few expired entries. The rest is recognised as expired on access.
    fn forget(&mut self, now: UnixTime) {
        self.see(now);
        for _ in 0..2 {
            // One more than a claim adds, so that at most half of the queue has ended.
            self.look_at_a_lease(now);
            if self.finished.oldest().is_some_and(|oldest| self.is_expired(oldest)) {
                self.finished.pop();
            }
        }
    }

    fn see(&mut self, now: UnixTime) {
        let seen = u32::try_from(now.saturating_duration_since(self.start).as_secs()).unwrap_or(u32::MAX);
        self.latest = self.latest.max(seen);
    }

    fn is_expired(&self, entry: &Finished) -> bool {
        self.latest.saturating_sub(entry.at) > self.retention
    }
}

/// Returns the first half of a key.
fn tag(key: &[u8; 32]) -> [u32; 4] {
    let mut tag = [0; 4];
    for (word, bytes) in tag.iter_mut().zip(key.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*bytes);
    }
    tag
}
