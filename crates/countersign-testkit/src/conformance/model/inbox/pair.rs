use std::sync::Arc;
use std::time::Duration;

use countersign::Clock;
use countersign_inbox::{
    Accepted, Action, AttemptNote, Change, ClaimDue, EventId, EventKey, Fenced, Filter, Finish, InboxStore,
    Isolation, Lease, Leased, NewEvent, OpsStore, Page, PauseChange, StoreFuture,
};
use proptest::sample::Index;

use super::super::manual_clock::{HALF, ManualClock, at_once, minutes};
use super::history::{History, order};
use super::same;
use super::step::{SOURCES, Sieve};
use crate::conformance::driver::with;
use crate::conformance::inbox::driver::ok;
use crate::conformance::inbox::harness::{AfterCrash, InboxHarness};
use crate::memory_inbox::{MemoryInbox, Why};

/// A store and the reference, with the same history.
pub(super) struct Pair<'b, B> {
    pub(super) harness: &'b B,
    pub(super) reference: MemoryInbox,
    clock: Arc<ManualClock>,
    /// The stored events, the oldest first.
    pub(super) known: Vec<Known>,
    /// The leases of the store and of the reference.
    leases: Vec<(Lease, Lease)>,
    /// The expected audit log of the store, the oldest entry first.
    pub(super) details: Vec<Option<String>>,
    history: History,
}

/// An event, by its ids in the store and in the reference.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) store: EventId,
    pub(super) reference: EventId,
    key: EventKey,
}

impl<'b, B: InboxHarness> Pair<'b, B> {
    pub(super) fn new(harness: &'b B) -> Self {
        let clock = Arc::new(ManualClock::new());
        let inbox = harness.inbox();
        let reference =
            MemoryInbox::new(clock.clone()).with_retention(inbox.retention(), inbox.dead_retention());
        let (known, leases, details) = Default::default();
        Self { harness, reference, clock, known, leases, details, history: History::default() }
    }

    pub(super) fn accept(&mut self, event: NewEvent) {
        let key = event.identity.key();
        let order = order(&event.source, event.ordering_key.as_deref());
        let expected = at_once(self.reference.accept(event.clone()));
        let accepted = self.wait(self.harness.inbox().accept(event));
        if let (Accepted::New { id: store, .. }, Accepted::New { id: reference, .. }) = (accepted, expected) {
            assert!(self.known.last().is_none_or(|last| last.store < store), "numbers grow with time");
            self.known.push(Known { store, reference, key });
            self.history.stored(key, store, order);
        }
        let accepted = match accepted {
            Accepted::New { id, is_suspect } => Accepted::New { id: self.reference(id), is_suspect },
            Accepted::Duplicate { id, state, same_body } => {
                Accepted::Duplicate { id: self.reference(id), state, same_body }
            }
            Accepted::Requeued { id } => Accepted::Requeued { id: self.reference(id) },
            other => other,
        };
        assert_eq!(accepted, expected);
        if matches!(accepted, Accepted::Requeued { .. }) {
            self.details.push(None);
            self.history.changed(key, Action::Replay);
        }
    }

    /// Claims. The store chooses among the events that may be leased; the reference follows.
    pub(super) fn claim(&mut self, asked: &ClaimDue, only: Option<&Index>) {
        let only = only.and_then(|only| self.pick(only));
        // A claim of a single event asks for one.
        let max = asked.max.max(usize::from(only.is_some()));
        let request = |only| {
            with(asked.clone(), |claim| {
                claim.only = only;
                claim.max = max;
            })
        };
        let due = self.reference.claimable(&request(only.map(|known| known.reference)));
        let leased = self.wait(self.harness.inbox().claim_due(&request(only.map(|known| known.store))));
        let is_alone =
            asked.isolation == Isolation::Alone && due.iter().any(|(_, _, why)| *why == Why::Isolated);
        let most = if is_alone && only.is_none() { max.min(1) } else { max };
        assert_eq!(leased.len(), due.len().min(most), "of {due:?}");
        let mut chosen = Vec::new();
        for leased in &leased {
            let id = self.reference(leased.event.id);
            assert!(!chosen.contains(&id), "{id} is leased twice");
            let place = due.iter().find(|(_, due, _)| *due == id);
            assert!(place.is_some(), "{id} may not be leased, of {due:?}");
            chosen.push(id);
            self.follow(leased, &request(Some(id)));
        }
        // Of the due events, the oldest.
        let ready = || due.iter().filter(|(_, _, why)| *why == Why::Due);
        let taken = ready().filter(|(_, id, _)| chosen.contains(id)).map(|(since, _, _)| *since).max();
        let left = ready().filter(|(_, id, _)| !chosen.contains(id)).map(|(since, _, _)| *since).min();
        assert!(taken.is_none() || left.is_none() || taken <= left, "{chosen:?} of {due:?}");
    }

    fn follow(&mut self, leased: &Leased, request: &ClaimDue) {
        let mut expected = at_once(self.reference.claim_due(&with(request.clone(), |claim| claim.max = 1)));
        let Some(expected) = expected.pop() else { return };
        same::assert_leased(leased, &expected);
        let (lease, until) = (&leased.lease, expected.lease.expires_at());
        self.history.claimed(&leased.event, lease.fence(), self.clock.now(), until);
        self.leases.push((*lease, expected.lease));
    }

    pub(super) fn extend(&mut self, leases: &[Index], ttl: Duration) {
        // An event is extended once per call.
        let mut leases: Vec<_> = leases.iter().filter_map(|lease| self.lease(lease)).collect();
        leases.sort_unstable_by_key(|(_, reference)| reference.fence());
        leases.dedup();
        let [of_store, of_reference] =
            [|(store, _): &(Lease, Lease)| *store, |(_, reference): &(Lease, Lease)| *reference]
                .map(|side| leases.iter().map(side).collect::<Vec<_>>());
        let extended = self.wait(self.harness.inbox().extend(&of_store, ttl));
        let expected = at_once(self.reference.extend(&of_reference, ttl));
        assert_eq!(extended.len(), expected.len());
        for ((extended, expected), lease) in extended.into_iter().zip(expected).zip(of_store) {
            match (extended, expected) {
                (Fenced::Stale, Fenced::Stale) => {}
                (Fenced::Ok(Some(extended)), Fenced::Ok(Some(expected))) => {
                    assert_eq!((extended.key(), extended.fence()), (lease.key(), lease.fence()));
                    self.history.extended(lease.key(), lease.fence(), expected.expires_at());
                }
                other => assert_eq!(other.0, other.1, "{lease:?}"),
            }
        }
    }

    pub(super) fn finish(&mut self, lease: &Index, finish: &Finish, note: AttemptNote) {
        let Some((of_store, of_reference)) = self.lease(lease) else { return };
        let finished = self.wait(self.harness.inbox().finish(&of_store, finish, note));
        assert_eq!(finished, at_once(self.reference.finish(&of_reference, finish, note)), "{of_store:?}");
        if finished == Fenced::Ok(()) {
            self.history.finished(of_store.key(), of_store.fence(), finish);
        }
    }

    pub(super) fn resume(&mut self, events: &[Index]) {
        let known: Vec<_> = events.iter().filter_map(|event| self.pick(event)).collect();
        let of_store: Vec<_> = known.iter().map(|known| known.store).collect();
        let of_reference: Vec<_> = known.iter().map(|known| known.reference).collect();
        let resumed = self.wait(self.harness.inbox().resume(&of_store));
        assert_eq!(resumed, at_once(self.reference.resume(&of_reference)));
        for source in SOURCES {
            let waiting = self.wait(self.harness.inbox().unverified(source, None, 100));
            let waiting: Vec<_> =
                waiting.into_iter().map(|event| (self.reference(event.id), event.body)).collect();
            let expected = at_once(self.reference.unverified(source, None, 100));
            assert_eq!(waiting, expected.into_iter().map(|event| (event.id, event.body)).collect::<Vec<_>>());
        }
    }

    /// Replaces the request of the event with the key of a delivery, after both sides have read it.
    pub(super) fn replace(&mut self, event: &NewEvent) {
        let key = event.identity.key();
        let Some(known) = self.known.iter().rfind(|known| known.key == key).copied() else { return };
        let stored = self.wait(self.harness.inbox().stored_request(known.store));
        let expected = at_once(self.reference.stored_request(known.reference));
        let (Some(stored), Some(expected)) = (stored, expected) else { return };
        let inbox = self.harness.inbox();
        let is_replaced = self.wait(inbox.replace_request(&stored, event));
        assert_eq!(is_replaced, at_once(self.reference.replace_request(&expected, event)), "{stored:?}");
        if is_replaced {
            self.details.push(None);
        }
    }

    pub(super) fn set_pause(&mut self, change: &PauseChange) {
        let is_changed = self.wait(self.harness.ops().set_pause(change));
        assert_eq!(is_changed, at_once(self.reference.set_pause(change)), "{change:?}");
        if is_changed {
            self.details.push(Some(change.detail()));
        }
    }

    pub(super) fn change(&mut self, mut change: Change, sieve: &Sieve, after: Option<&Index>) {
        let after = after.and_then(|after| self.pick(after));
        let [of_store, of_reference] = self.filters(sieve);
        let mut expected = change.clone();
        (change.filter, change.after) = (of_store, after.map(|known| known.store));
        (expected.filter, expected.after) = (of_reference, after.map(|known| known.reference));
        let changed = self.wait(self.harness.ops().change(&change)).ids;
        let expected = at_once(self.reference.change(&expected)).ids;
        assert_eq!(self.references(&changed), expected);
        if change.dry_run || changed.is_empty() {
            return;
        }
        self.details.push(Some(change.detail()));
        for id in changed {
            let Some(known) = self.known.iter().find(|known| known.store == id) else { continue };
            self.history.changed(known.key, change.action);
        }
    }

    pub(super) fn advance(&self, by: Duration) {
        self.harness.advance(by);
        self.clock.advance(by);
    }

    pub(super) fn age(&self, is_dead: bool) {
        let inbox = self.harness.inbox();
        let kept = if is_dead { inbox.dead_retention() } else { inbox.retention() };
        let whole = u32::try_from(kept.as_secs().div_ceil(60)).unwrap_or(u32::MAX);
        self.advance(minutes(whole.saturating_add(1)));
    }

    pub(super) fn sweep(&mut self) {
        let before = at_once(self.reference.list(&Filter::default(), Page::first(usize::MAX))).events;
        let swept = self.wait(self.harness.inbox().sweep());
        assert_eq!(swept.events, at_once(self.reference.sweep()).events);
        for summary in before {
            if at_once(self.reference.show(summary.id)).is_none() {
                let known = self.known.iter().find(|known| known.reference == summary.id);
                known.into_iter().for_each(|known| self.history.forgot(known.key));
            }
        }
    }

    pub(super) fn crash(&mut self) {
        if self.harness.crash() == AfterCrash::LeasesEnd {
            self.reference.end_leases();
            self.history.lost_all_leases();
        }
    }

    /// Handles all events.
    pub(super) fn drain(&mut self) {
        self.advance(minutes(20) + HALF * 2);
        for source in SOURCES {
            self.set_pause(&PauseChange::resume(source, "operator"));
            let waiting = self.wait(self.harness.inbox().unverified(source, None, usize::MAX));
            let waiting: Vec<_> = waiting.into_iter().map(|event| event.id).collect();
            self.wait(self.harness.inbox().resume(&waiting));
            let request =
                with(ClaimDue::new(source, "worker", 7, HALF), |claim| claim.horizon = Duration::ZERO);
            for _ in 0..=self.known.len() {
                for leased in self.wait(self.harness.inbox().claim_due(&request)) {
                    let (now, lease) = (self.clock.now(), leased.lease);
                    self.history.claimed(&leased.event, lease.fence(), now, now);
                    let finished =
                        self.wait(self.harness.inbox().finish(&lease, &Finish::Done, AttemptNote::NONE));
                    assert_eq!(finished, Fenced::Ok(()));
                    self.history.finished(lease.key(), lease.fence(), &Finish::Done);
                }
            }
        }
        self.history.assert_everything_was_handled();
    }

    pub(super) fn pick(&self, index: &Index) -> Option<Known> {
        (!self.known.is_empty()).then(|| *index.get(&self.known))
    }

    fn lease(&self, index: &Index) -> Option<(Lease, Lease)> {
        (!self.leases.is_empty()).then(|| *index.get(&self.leases))
    }

    /// Returns the store's fence for one of the reference, if that was ever leased.
    pub(super) fn fence(&self, of_reference: u64) -> Option<u64> {
        let lease = self.leases.iter().find(|(_, reference)| reference.fence() == of_reference);
        lease.map(|(store, _)| store.fence())
    }

    /// Returns the filters for the store and for the reference.
    pub(super) fn filters(&self, sieve: &Sieve) -> [Filter; 2] {
        let ids: Vec<_> = sieve.ids.iter().filter_map(|index| self.pick(index)).collect();
        let [store, reference] = [|known: &Known| known.store, |known: &Known| known.reference]
            .map(|side| ids.iter().map(side).collect());
        [store, reference].map(|ids| with(sieve.rest.clone(), |filter| filter.ids = ids))
    }

    pub(super) fn references(&self, ids: &[EventId]) -> Vec<EventId> {
        ids.iter().map(|id| self.reference(*id)).collect()
    }

    #[expect(clippy::panic, reason = "the end of a test")]
    pub(super) fn reference(&self, id: EventId) -> EventId {
        let known = self.known.iter().find(|known| known.store == id);
        known.map_or_else(|| panic!("no event {id} was stored"), |known| known.reference)
    }

    pub(super) fn wait<T>(&self, future: StoreFuture<'_, T>) -> T {
        ok(self.harness.wait(future))
    }
}
