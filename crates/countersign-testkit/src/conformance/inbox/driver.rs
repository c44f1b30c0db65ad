use std::collections::HashSet;
use std::fmt::Debug;
use std::sync::{Barrier, LazyLock};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use countersign::providers::preflix;
use countersign::{Delivery, UnixTime};
use countersign_inbox::{
    Accepted, Action, AttemptNote, AttemptOutcome, AuditEntry, Change, Changed, ClaimDue, Detail, Digest,
    EventId, EventKey, EventState, Fenced, Filter, Finish, Identity, IdentityPolicy, InlineAttempt, Lease,
    Leased, NewEvent, Page, StoreError, StoreFuture, StoredEvent, StoredHead, Summary, UnsignedIds,
};
use http::{HeaderMap, HeaderValue};

use super::harness::InboxHarness;
use crate::conformance::driver::with;

/// Long enough that elapsed real time does not matter.
pub(super) const TTL: Duration = Duration::from_secs(600);
pub(super) const TICK: Duration = Duration::from_secs(60);
pub(super) const THREADS: usize = 64;

/// Returns an event at an endpoint, with a signed id, for tests of stores and of code above them.
#[must_use]
pub fn sample_event(source: &str, id: &str, body: impl Into<Bytes>) -> NewEvent {
    let body = body.into();
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let mut event = template().clone();
    event.identity = identity("acme", source, id, &body);
    event.source = source.to_owned();
    event.tenant = Some("acme".to_owned());
    event.external_id = Some(id.to_owned());
    event.received_at = UnixTime::from_millis(1_700_000_000_123);
    event.head = StoredHead::new("POST", "/webhooks", headers);
    event.body = body;
    event
}

/// Returns a failed attempt of a handler in inline mode, without the optional fields, for tests of stores.
#[must_use]
pub fn sample_inline_attempt() -> InlineAttempt {
    InlineAttempt {
        provider: "acme".to_owned(),
        tenant: None,
        external_id: None,
        event_type: None,
        fence: None,
        took: Duration::ZERO,
        outcome: AttemptOutcome::Retry,
        failure: None,
        code: None,
        error: None,
        worker: "worker".to_owned(),
    }
}

/// Returns an event of Preflix.
fn template() -> &'static NewEvent {
    static TEMPLATE: LazyLock<NewEvent> = LazyLock::new(|| {
        let delivery = Delivery::for_test(&preflix::PROVIDER, "audit.completed", ());
        let head = StoredHead::new("POST", "/webhooks", HeaderMap::new());
        NewEvent::new(&IdentityPolicy::new("audits"), &delivery, head)
    });
    &TEMPLATE
}

pub(in crate::conformance) fn identity(tenant: &str, source: &str, id: &str, body: &[u8]) -> Identity {
    let parts = [tenant, source, id].map(|part| Some(part.as_bytes()));
    Identity::new(EventKey::of(&parts), Digest::of_body(body))
}

/// Returns an event at the endpoint that the cases use.
pub(super) fn order(id: &str) -> NewEvent {
    sample_event(ORDERS, id, format!(r#"{{"id":"{id}"}}"#))
}

/// Returns an event with an unsigned id and a signed body.
pub(super) fn unsigned(id: &str, body: &str, policy: UnsignedIds) -> NewEvent {
    let mut event = sample_event(ORDERS, id, body.to_owned());
    event.identity = event.identity.with_guard(Digest::of_signed(&[Some(body.as_bytes())]), policy);
    event
}

pub(super) fn request(max: usize) -> ClaimDue {
    ClaimDue::new(ORDERS, "worker", max, TTL)
}

pub(super) fn retry(after: Duration) -> Finish {
    Finish::Retry { after, error: "try again".to_owned() }
}

pub(super) fn keep(after: Duration) -> Finish {
    Finish::Keep { after, error: "version 3 is unknown".to_owned() }
}

pub(super) fn dead() -> Finish {
    Finish::Dead { error: "no such account".to_owned() }
}

pub(super) fn unverified() -> Finish {
    Finish::Unverified { error: "signature_mismatch: add the old key".to_owned() }
}

pub(super) fn skip() -> Finish {
    Finish::Skip { reason: "no handler".to_owned() }
}

pub(super) fn in_state(state: EventState) -> Filter {
    with(Filter::default(), |filter| filter.state = Some(state))
}

/// A harness with operations that expect the store to answer.
pub(super) struct InboxDriver<'b, B>(pub(super) &'b B);

impl<B: InboxHarness> InboxDriver<'_, B> {
    pub(super) fn accept(&self, event: NewEvent) -> Accepted {
        self.wait(self.0.inbox().accept(event))
    }

    /// Accepts an event that must be new.
    pub(super) fn store(&self, event: NewEvent) -> EventId {
        stored(self.accept(event))
    }

    pub(super) fn ask(&self, request: &ClaimDue) -> Vec<Leased> {
        self.wait(self.0.inbox().claim_due(request))
    }

    pub(super) fn claim(&self, max: usize) -> Vec<Leased> {
        self.ask(&request(max))
    }

    /// Returns the next due event, which must exist.
    pub(super) fn next(&self) -> Leased {
        single(self.claim(1))
    }

    pub(super) fn only(&self, id: EventId) -> Vec<Leased> {
        self.ask(&with(request(1), |claim| claim.only = Some(id)))
    }

    /// Stores an event and claims it.
    pub(super) fn running(&self, id: &str) -> Leased {
        single(self.only(self.store(order(id))))
    }

    /// Stores an event and brings it into a state.
    pub(super) fn put(&self, id: &str, state: EventState) -> EventId {
        let number = self.store(order(id));
        if state != EventState::Ready {
            let leased = single(self.only(number));
            match state {
                EventState::Done => self.end(&leased, &Finish::Done),
                EventState::Dead => self.end(&leased, &dead()),
                EventState::Unverified => self.end(&leased, &unverified()),
                _ => {}
            }
        }
        number
    }

    pub(super) fn finish(&self, lease: &Lease, finish: &Finish) -> Fenced<()> {
        self.wait(self.0.inbox().finish(lease, finish, AttemptNote::NONE))
    }

    /// Finishes a leased event.
    pub(super) fn end(&self, leased: &Leased, finish: &Finish) {
        assert_eq!(self.finish(&leased.lease, finish), Fenced::Ok(()), "{finish:?}");
    }

    /// Finishes a leased event with facts about the attempt.
    pub(super) fn end_with(&self, leased: &Leased, finish: &Finish, note: AttemptNote) {
        let finished = self.wait(self.0.inbox().finish(&leased.lease, finish, note));
        assert_eq!(finished, Fenced::Ok(()), "{finish:?}");
    }

    pub(super) fn extend(&self, lease: &Lease) -> Fenced<Option<Lease>> {
        single(self.wait(self.0.inbox().extend(&[*lease], TTL)))
    }

    /// Extends the lease, as a worker does before the handler of a suspect event starts.
    pub(super) fn start(&self, leased: &Leased) {
        let extended = self.extend(&leased.lease);
        assert!(matches!(extended, Fenced::Ok(Some(_))), "{leased:?}");
    }

    /// Returns the stored request of an event, which must exist.
    pub(super) fn stored_request(&self, id: EventId) -> StoredEvent {
        single(self.wait(self.0.inbox().stored_request(id)).into_iter().collect())
    }

    pub(super) fn replace(&self, stored: &StoredEvent, event: &NewEvent) -> bool {
        self.wait(self.0.inbox().replace_request(stored, event))
    }

    pub(super) fn sweep(&self) -> u64 {
        self.wait(self.0.inbox().sweep()).events
    }

    pub(super) fn show(&self, id: EventId) -> Detail {
        single(self.find(id).into_iter().collect())
    }

    pub(super) fn find(&self, id: EventId) -> Option<Detail> {
        self.wait(self.0.ops().show(id))
    }

    pub(super) fn state(&self, id: EventId) -> EventState {
        self.show(id).summary.state
    }

    pub(super) fn list(&self, filter: &Filter, page: Page) -> Vec<Summary> {
        self.wait(self.0.ops().list(filter, page)).events
    }

    /// Returns the ids of the events that a filter selects, after comparing them with the count.
    pub(super) fn ids(&self, filter: &Filter) -> Vec<EventId> {
        let ids: Vec<_> =
            self.list(filter, Page::first(1000)).into_iter().map(|summary| summary.id).collect();
        assert_eq!(self.wait(self.0.ops().count(filter)).number, ids.len() as u64, "{filter:?}");
        ids
    }

    pub(super) fn changed(&self, change: &Change) -> Changed {
        self.wait(self.0.ops().change(change))
    }

    pub(super) fn change(&self, change: &Change) -> Vec<EventId> {
        self.changed(change).ids
    }

    /// Returns a change of one event by the operator.
    pub(super) fn of_one(&self, action: Action, id: EventId) -> Change {
        Change::new(action, Filter::ids([id]), "operator")
    }

    pub(super) fn act(&self, action: Action, filter: Filter) -> Vec<EventId> {
        self.change(&Change::new(action, filter, "operator"))
    }

    pub(super) fn audit(&self, event: Option<EventId>, page: Page) -> Vec<AuditEntry> {
        self.wait(self.0.ops().audit(event, page))
    }

    /// Runs an operation on many threads at once.
    pub(super) fn race<T: Send>(&self, act: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let barrier = Barrier::new(THREADS);
        let results: Vec<_> = thread::scope(|scope| {
            let start = |nth| {
                let (barrier, act) = (&barrier, &act);
                scope.spawn(move || {
                    barrier.wait();
                    act(nth)
                })
            };
            let threads: Vec<_> = (0..THREADS).map(start).collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        assert_eq!(results.len(), THREADS, "all threads end well");
        results
    }

    pub(super) fn wait<T>(&self, future: StoreFuture<'_, T>) -> T {
        ok(self.0.wait(future))
    }
}

/// Returns the ids of the events, which must all be different.
pub(super) fn numbers(leased: &[Leased]) -> Vec<EventId> {
    let ids: Vec<_> = leased.iter().map(|leased| leased.event.id).collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "leased twice: {ids:?}");
    ids
}

#[expect(clippy::panic, reason = "the end of a test")]
pub(super) fn stored(accepted: Accepted) -> EventId {
    match accepted {
        Accepted::New { id, is_suspect: false } => id,
        other => panic!("a new event was expected, and it is {other:?}"),
    }
}

#[expect(clippy::panic, reason = "the end of a test")]
pub(super) fn single<T: Debug>(mut all: Vec<T>) -> T {
    match (all.pop(), all.as_slice()) {
        (Some(one), []) => one,
        (last, others) => panic!("one was expected: {others:?}, {last:?}"),
    }
}

#[expect(clippy::panic, reason = "the end of a test")]
pub(in crate::conformance) fn ok<T>(result: Result<T, StoreError>) -> T {
    result.unwrap_or_else(|error| panic!("the store failed: {error:?}"))
}

pub(super) const ORDERS: &str = "orders";
