use std::collections::{HashMap, HashSet};
use std::time::Duration;

use countersign::UnixTime;

use countersign_inbox::{Claim, ClaimRequest, Fenced, Lease, UnsignedIds};

/// A minimal model of the entries of a store. Signed bytes that guard an id are entries like ids.
pub(super) struct Known {
    entries: HashMap<[u8; 32], Entry>,
    last_fence: u64,
    retention: Duration,
    /// Expired leases whose key refused a later claim: a store may have forgotten them.
    limbo: HashSet<u64>,
}

#[derive(Clone, Copy)]
struct Entry {
    fence: u64,
    /// The body of an id, or the id of signed bytes.
    belongs_to: [u8; 32],
    place: Place,
    guard: Option<([u8; 32], u64)>,
}

#[derive(Clone, Copy)]
enum Place {
    Running { until: UnixTime },
    Done { at: UnixTime },
}

/// The answer of one entry.
enum Slot {
    Free,
    InFlight { retry_after: Duration, is_own: bool },
    Done { is_own: bool },
}

impl Known {
    pub(super) fn new(retention: Duration) -> Self {
        Self { entries: HashMap::new(), last_fence: 0, retention, limbo: HashSet::new() }
    }

    pub(super) fn claim(&mut self, request: &ClaimRequest, now: UnixTime) -> Claim {
        let identity = &request.identity;
        let (key, body) = (*identity.key().as_bytes(), *identity.body().as_bytes());
        match self.look(&key, body, now) {
            Slot::Free => {}
            Slot::InFlight { retry_after, is_own } => {
                return Claim::InFlight { retry_after, same_body: is_own };
            }
            Slot::Done { is_own } => return Claim::Done { same_body: is_own },
        }
        let guard = identity.guard().map(|(digest, policy)| (*digest.as_bytes(), policy));
        let (mut is_suspect, mut held) = (false, None);
        if let Some((digest, policy)) = guard {
            match self.look(&digest, key, now) {
                Slot::InFlight { retry_after, is_own: false } if policy == UnsignedIds::Reject => {
                    self.refuse(&key);
                    return Claim::InFlight { retry_after, same_body: true };
                }
                Slot::Done { is_own: false } if policy == UnsignedIds::Reject => {
                    self.refuse(&key);
                    return Claim::Replayed;
                }
                Slot::InFlight { is_own: false, .. } | Slot::Done { is_own: false } => is_suspect = true,
                Slot::Done { is_own: true } => {}
                Slot::Free | Slot::InFlight { is_own: true, .. } => {
                    let fence = self.lease(digest, key, now.saturating_add(request.ttl), None);
                    held = Some((digest, fence));
                }
            }
        }
        let until = now.saturating_add(request.ttl);
        let fence = self.lease(key, body, until, held);
        Claim::Acquired { lease: Lease::new(identity.key(), fence, until), is_suspect }
    }

    pub(super) fn renew(&mut self, lease: &Lease, ttl: Duration, now: UnixTime) -> Fenced<()> {
        self.end(lease, Some(Place::Running { until: now.saturating_add(ttl) }))
    }

    pub(super) fn complete(&mut self, lease: &Lease, now: UnixTime) -> Fenced<()> {
        let found = self.entries.get(lease.key().as_bytes());
        if found
            .is_some_and(|entry| entry.fence == lease.fence() && matches!(entry.place, Place::Done { .. }))
        {
            return Fenced::Ok(());
        }
        self.end(lease, Some(Place::Done { at: now }))
    }

    pub(super) fn release(&mut self, lease: &Lease) -> Fenced<()> {
        self.end(lease, None)
    }

    fn refuse(&mut self, key: &[u8; 32]) {
        self.limbo.extend(self.entries.remove(key).map(|entry| entry.fence));
    }

    /// Returns whether a store may have forgotten the owner: it is done for longer than the retention, or in limbo.
    pub(super) fn is_forgotten(&self, lease: &Lease, now: UnixTime) -> bool {
        if self.limbo.contains(&lease.fence()) {
            return true;
        }
        let found = self.entries.get(lease.key().as_bytes());
        found.is_some_and(
            |entry| matches!(entry.place, Place::Done { at } if now.saturating_duration_since(at) > self.retention),
        )
    }

    fn look(&self, key: &[u8; 32], belongs_to: [u8; 32], now: UnixTime) -> Slot {
        let Some(entry) = self.entries.get(key) else { return Slot::Free };
        let is_own = entry.belongs_to == belongs_to;
        match entry.place {
            Place::Running { until } if now < until => {
                Slot::InFlight { retry_after: until.saturating_duration_since(now), is_own }
            }
            Place::Done { at } if now.saturating_duration_since(at) <= self.retention => {
                Slot::Done { is_own }
            }
            _ => Slot::Free,
        }
    }

    fn lease(
        &mut self,
        key: [u8; 32],
        belongs_to: [u8; 32],
        until: UnixTime,
        guard: Option<([u8; 32], u64)>,
    ) -> u64 {
        self.last_fence += 1;
        let entry = Entry { fence: self.last_fence, belongs_to, place: Place::Running { until }, guard };
        self.entries.insert(key, entry);
        self.last_fence
    }

    /// Ends the entries of an id and of its guard, as long as the lease is the latest.
    fn end(&mut self, lease: &Lease, place: Option<Place>) -> Fenced<()> {
        let key = *lease.key().as_bytes();
        let Some(entry) = self.entries.get(&key).copied() else { return Fenced::Stale };
        if entry.fence != lease.fence() || matches!(entry.place, Place::Done { .. }) {
            return Fenced::Stale;
        }
        for (key, fence) in [Some((key, lease.fence())), entry.guard].into_iter().flatten() {
            match (self.entries.get_mut(&key).filter(|entry| entry.fence == fence), place) {
                (Some(entry), Some(place)) => entry.place = place,
                (Some(_), None) => drop(self.entries.remove(&key)),
                (None, _) => {}
            }
        }
        Fenced::Ok(())
    }
}
