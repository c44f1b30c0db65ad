use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::attempt_end::AttemptNote;
use super::wake::Woken;
use super::work::{ClaimDue, Finish, Leased};
use crate::claim::{Fenced, Lease};
use crate::event::{EventId, EventState, NewEvent, StoredEvent};
use crate::ops::{CircuitReport, OpsStore, Stats};
use crate::statistics::Increment;
use crate::store::{Durability, StoreFuture};

/// The result of a [sweep](InboxStore::sweep).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Swept {
    /// The number of events that were forgotten.
    pub events: u64,
    /// Whether there may be more rows to delete, of any kind: the next sweep then follows soon.
    pub has_more: bool,
}

/// A durable store of events, which workers claim under leases.
///
/// An event is [ready](crate::EventState::Ready) until a worker claims it, and then running under a lease. The fence of
/// the lease is a counter per key that only grows: it is never reset, even if the event is forgotten and comes
/// again. Every renewal and every finish carries the fence, and has no effect if it is not the latest:
/// [`Fenced::Stale`]. An expired lease that was not taken over still counts.
///
/// The clock of the store decides. Every operation may be repeated after a lost reply.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store for a durable inbox",
    note = "events are acknowledged when they are stored, so the store has to survive a loss of power: use \
            countersign-sqlite on one machine, countersign-postgres on many; Redis remembers deliveries for inline mode"
)]
pub trait InboxStore: Send + Sync + 'static {
    /// Stores an event if its key is new. Every answer has the [`durability`](Self::durability) of the store before
    /// it is returned. The first stored request is kept, even if a duplicate has another body, unless the answer is
    /// [`Accepted::Requeued`]; see also [`replace_request`](Self::replace_request).
    fn accept(&self, event: NewEvent) -> StoreFuture<'_, Accepted>;

    /// Leases due events, the oldest first, and none while a [pause](crate::Pause::names_for) holds for the source. They include running
    /// ones whose lease has expired: the attempt of that lease is stored as [lost](crate::AttemptOutcome::Lost). Such an attempt
    /// counts if the event was not suspect, or its lease was [extended](Self::extend), so that an event that crashes the process
    /// does not do so for ever, and one whose handler never ran does not become a dead letter; see also [`Isolation`](crate::Isolation).
    ///
    /// An event with an [ordering key](NewEvent::ordering_key) is leased only if no other event of the endpoint with that key is
    /// running, and none with a smaller id is ready, due or not, or [unverified](crate::EventState::Unverified). A running one whose lease
    /// has expired is leased again before all others with its key. So no two leases on events with one key exist at a time,
    /// whatever processes claim at once. The endpoint and the key decide, and no other field.
    fn claim_due<'a>(&'a self, request: &'a ClaimDue) -> StoreFuture<'a, Vec<Leased>>;

    /// Extends leases to `ttl` from now, and stores that their handlers have started: an attempt without an outcome counts
    /// only then if the event is suspect, because a lease on it was lost before. Workers extend the lease of a suspect event
    /// before its handler starts, and those of other events only while the handler runs. Returns one answer per lease, in
    /// order.
    ///
    /// `Fenced::Ok(None)` is the answer for a lease that counts and was not extended, because another transaction has locked
    /// its event: it ends when it did before. A worker asks again soon, and stops the handler before that end.
    fn extend<'a>(
        &'a self,
        leases: &'a [Lease],
        ttl: Duration,
    ) -> StoreFuture<'a, Vec<Fenced<Option<Lease>>>>;

    /// Ends an attempt, and stores its row in the same transaction. A repeated [`Finish::Done`] has the same answer as
    /// long as the event is done under this lease, and adds no row; all other repetitions are [stale](Fenced::Stale).
    fn finish<'a>(
        &'a self,
        lease: &'a Lease,
        finish: &'a Finish,
        note: AttemptNote,
    ) -> StoreFuture<'a, Fenced<()>>;

    /// Resolves when an event may have become due in this process since the last call resolved: one was accepted or
    /// replayed. A hint on which correctness does not depend.
    fn woken(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// Resolves with the names of the sources in which an event may have become due since the mark; the first mark
    /// is 0. Workers of other sources stay asleep. A hint like [`woken`](Self::woken), which the default
    /// implementation uses to wake all sources. Use a [`WakeQueue`](crate::WakeQueue).
    fn woken_since(&self, mark: u64) -> Pin<Box<dyn Future<Output = Woken> + Send + '_>> {
        Box::pin(async move {
            self.woken().await;
            Woken::any(mark)
        })
    }

    /// Returns those of the sources that have an event which is due and [not blocked](Self::claim_due) by another one, or whose
    /// lease has expired, and are not paused, in one cheap query: workers learn of events from other processes in this way, and of the end of a pause. `None`, the
    /// default, means that the store does not support this, and workers poll each source.
    fn due_sources<'a>(&'a self, sources: &'a [String]) -> StoreFuture<'a, Option<Vec<String>>> {
        let _ = sources;
        Box::pin(async { Ok(None) })
    }

    /// Reads the requests of [unverified](crate::EventState::Unverified) events of an endpoint after an id, in the order of
    /// their ids, without changing anything. A store without such events need not implement this.
    fn unverified<'a>(
        &'a self,
        source: &'a str,
        after: Option<EventId>,
        limit: usize,
    ) -> StoreFuture<'a, Vec<StoredEvent>> {
        let _ = (source, after, limit);
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Makes [unverified](crate::EventState::Unverified) events ready at once, and returns their number. Events in other
    /// states are unchanged.
    fn resume<'a>(&'a self, ids: &'a [EventId]) -> StoreFuture<'a, u64> {
        let _ = ids;
        Box::pin(async { Ok(0) })
    }

    /// Reads the stored request of an event in any state, without changing anything; `None` if there is none or the store does not
    /// support this, which is the default. When a duplicate of an event that waits or runs arrives, its acceptor verifies what is
    /// stored with the present keys, because the key may have been removed since. Implement this and
    /// [`replace_request`](Self::replace_request), or neither: a request that does not verify and is never replaced stays, with a warning.
    fn stored_request(&self, id: EventId) -> StoreFuture<'_, Option<StoredEvent>> {
        let _ = id;
        Box::pin(async { Ok(None) })
    }

    /// Replaces the request of a [ready](crate::EventState::Ready) event by that of a duplicate, and returns whether it was replaced.
    /// Compares and sets: head, body and time of receipt must still be those of `stored`, and the key that of `event`. Compare the body
    /// itself: its [digest](crate::Identity::body) is any that the caller of [`accept`](Self::accept) has chosen. Events in other states
    /// are unchanged. `false` means that something differs; if the event is locked, wait, or return an error.
    ///
    /// Head, body, type, `traceparent` and time of receipt become those of `event`, and the signed bytes that [guard](crate::Identity::guard) it
    /// unless another event has them. State, attempts, due time and ordering key stay. The audit log has an entry `replace`, with
    /// the provider as the actor.
    fn replace_request<'a>(&'a self, stored: &'a StoredEvent, event: &'a NewEvent) -> StoreFuture<'a, bool> {
        let _ = (stored, event);
        Box::pin(async { Ok(false) })
    }

    /// Counts events by source and state, as [`OpsStore::stats`](crate::OpsStore::stats) does and as cheaply. Workers find
    /// sources without handlers by it. `None`, the default, means that the store has no counts.
    fn counts(&self) -> StoreFuture<'_, Option<Stats>> {
        Box::pin(async { Ok(None) })
    }

    /// Replaces what this worker has reported about its circuits: those that are not closed. Workers report every five seconds while
    /// there is one, and operators see [reports of the last minute](crate::OpsStore::controls). The default implementation drops them.
    fn report_circuits<'a>(&'a self, worker: &'a str, open: &'a [CircuitReport]) -> StoreFuture<'a, ()> {
        let _ = (worker, open);
        Box::pin(async { Ok(()) })
    }

    /// Returns the operator's view of the store, if it has one: an [`Inbox`](crate::Inbox) pauses endpoints through it, and workers
    /// follow its [controls](crate::OpsStore::controls). The default is `None`.
    fn ops(&self) -> Option<&dyn OpsStore> {
        None
    }

    /// Adds what this process has counted at its endpoints to the [statistics](crate::OpsStore::statistics), in the minute in
    /// which the store receives it. Not part of any event's transaction. A repetition after a lost reply counts twice, which
    /// statistics tolerate. The default implementation drops the numbers: a store need not have statistics.
    fn add_statistics<'a>(&'a self, increments: &'a [Increment]) -> StoreFuture<'a, ()> {
        let _ = increments;
        Box::pin(async { Ok(()) })
    }

    /// Forgets up to 500 events that were finished longer ago than their retention; never ready, running or
    /// unverified ones. Except for an operator's purge, no other operation forgets events. Other data with an age
    /// (bodies, attempts at done events, claims of ended processes, statistics, the audit log) is deleted along with them, with the same limit on rows.
    fn sweep(&self) -> StoreFuture<'_, Swept>;

    /// Writes durably, to check that this process can accept events. The cost is independent of the amount of stored
    /// data, and no transaction stays open.
    fn probe(&self) -> StoreFuture<'_, ()>;

    /// Returns how long the keys of finished events are remembered.
    fn retention(&self) -> Duration;

    /// Returns how long dead letters are kept, counted from that state.
    fn dead_retention(&self) -> Duration;

    /// Returns the durability of the store's answers.
    fn durability(&self) -> Durability;
}

impl<S: InboxStore + ?Sized> InboxStore for Arc<S> {
    fn accept(&self, event: NewEvent) -> StoreFuture<'_, Accepted> {
        (**self).accept(event)
    }

    fn claim_due<'a>(&'a self, request: &'a ClaimDue) -> StoreFuture<'a, Vec<Leased>> {
        (**self).claim_due(request)
    }

    fn extend<'a>(
        &'a self,
        leases: &'a [Lease],
        ttl: Duration,
    ) -> StoreFuture<'a, Vec<Fenced<Option<Lease>>>> {
        (**self).extend(leases, ttl)
    }

    fn finish<'a>(
        &'a self,
        lease: &'a Lease,
        finish: &'a Finish,
        note: AttemptNote,
    ) -> StoreFuture<'a, Fenced<()>> {
        (**self).finish(lease, finish, note)
    }

    fn woken(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        (**self).woken()
    }

    fn woken_since(&self, mark: u64) -> Pin<Box<dyn Future<Output = Woken> + Send + '_>> {
        (**self).woken_since(mark)
    }

    fn due_sources<'a>(&'a self, sources: &'a [String]) -> StoreFuture<'a, Option<Vec<String>>> {
        (**self).due_sources(sources)
    }

    fn unverified<'a>(
        &'a self,
        source: &'a str,
        after: Option<EventId>,
        limit: usize,
    ) -> StoreFuture<'a, Vec<StoredEvent>> {
        (**self).unverified(source, after, limit)
    }

    fn resume<'a>(&'a self, ids: &'a [EventId]) -> StoreFuture<'a, u64> {
        (**self).resume(ids)
    }

    fn stored_request(&self, id: EventId) -> StoreFuture<'_, Option<StoredEvent>> {
        (**self).stored_request(id)
    }

    fn replace_request<'a>(&'a self, stored: &'a StoredEvent, event: &'a NewEvent) -> StoreFuture<'a, bool> {
        (**self).replace_request(stored, event)
    }

    fn counts(&self) -> StoreFuture<'_, Option<Stats>> {
        (**self).counts()
    }

    fn report_circuits<'a>(&'a self, worker: &'a str, open: &'a [CircuitReport]) -> StoreFuture<'a, ()> {
        (**self).report_circuits(worker, open)
    }

    fn ops(&self) -> Option<&dyn OpsStore> {
        (**self).ops()
    }

    fn add_statistics<'a>(&'a self, increments: &'a [Increment]) -> StoreFuture<'a, ()> {
        (**self).add_statistics(increments)
    }

    fn sweep(&self) -> StoreFuture<'_, Swept> {
        (**self).sweep()
    }

    fn probe(&self) -> StoreFuture<'_, ()> {
        (**self).probe()
    }

    fn retention(&self) -> Duration {
        (**self).retention()
    }

    fn dead_retention(&self) -> Duration {
        (**self).dead_retention()
    }

    fn durability(&self) -> Durability {
        (**self).durability()
    }
}

/// The result of storing an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Accepted {
    /// The event was stored.
    New {
        /// The id of the event.
        id: EventId,
        /// The signed bytes are those of another stored event that is not suspect itself, in any state, and
        /// [`UnsignedIds::Warn`](crate::UnsignedIds::Warn) admits them.
        is_suspect: bool,
    },
    /// The key is known.
    Duplicate {
        /// The id of the stored event.
        id: EventId,
        /// The state of the stored event.
        state: EventState,
        /// The body is the same. Providers render events anew, so another body is no reason to reject the delivery.
        same_body: bool,
    },
    /// The event was a dead letter or [unverified](EventState::Unverified), and is ready again, as after a
    /// [replay](crate::Action::Replay): see [`DeadDuplicates`](crate::DeadDuplicates). Head, body, type,
    /// `traceparent` and time of receipt are replaced by those of this delivery. They are kept if the signed bytes
    /// are those of another stored event and the body differs: an unsigned id may be forged.
    Requeued {
        /// The id of the event.
        id: EventId,
    },
    /// The signed bytes are those of another stored event that is not suspect itself, and
    /// [`UnsignedIds::Reject`](crate::UnsignedIds::Reject) is set: nothing was stored.
    Replayed,
}
