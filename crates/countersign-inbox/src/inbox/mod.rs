//! The durable inbox: what a store has to do for it.

mod tx;
mod wake;
mod work;

use std::pin::Pin;
use std::time::Duration;

use crate::claim::{Fenced, Lease};
use crate::event::{EventId, EventState, NewEvent, StoredEvent};
use crate::store::{Durability, StoreFuture};

pub use tx::{Dispatcher, TxInbox};
pub use wake::{WakeQueue, Woken};
pub use work::{ClaimDue, Finish, Isolation, Leased};

/// The result of a [sweep](Inbox::sweep).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Swept {
    /// The number of events that were forgotten.
    pub events: u64,
    /// Whether there may be more to delete, of events or of anything else: the next sweep comes soon then.
    pub has_more: bool,
}

/// Keeps events durably, and hands them out to workers one lease at a time.
///
/// An event is [ready](EventState::Ready) until a worker claims it, and then running under a lease. The lease's fence
/// is a counter of the key that only grows: it is never reset, whatever happens, not even when the event is forgotten and
/// comes again. Every renewal and every finish carries it, and one that is not the latest changes nothing:
/// [`Fenced::Stale`]. A lease that has expired and that nobody took over still counts.
///
/// The clock of the store decides. Where an answer was lost, every operation may be repeated.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no durable inbox",
    note = "events are acknowledged when they are stored, so the store has to survive a loss of power: use \
            countersign-sqlite on one machine, countersign-postgres on many; Redis remembers deliveries for inline mode"
)]
pub trait Inbox: Send + Sync + 'static {
    /// Stores an event if its key is new. Whatever the answer is, it survives what [`durability`](Self::durability)
    /// says: only then is the provider told. What was stored first stays, also when a duplicate has another body, except where
    /// the answer is [`Accepted::Requeued`].
    fn accept(&self, event: NewEvent) -> StoreFuture<'_, Accepted>;

    /// Leases what is due, oldest first; that includes what runs under a lease that has expired. Each claim counts as
    /// an attempt, so that an event which ends the process does not do so for ever, except one that expired together with
    /// others: see [`Isolation`].
    fn claim_due<'a>(&'a self, request: &'a ClaimDue) -> StoreFuture<'a, Vec<Leased>>;

    /// Lets leases last for `ttl` from now; one answer per lease, in their order.
    fn extend<'a>(&'a self, leases: &'a [Lease], ttl: Duration) -> StoreFuture<'a, Vec<Fenced<Lease>>>;

    /// Ends an attempt. Repeated, [`Finish::Done`] has the same answer, for as long as the event is done under this lease;
    /// everything else is [stale](Fenced::Stale) then.
    fn finish<'a>(&'a self, lease: &'a Lease, finish: &'a Finish) -> StoreFuture<'a, Fenced<()>>;

    /// Resolves when something may have become due in this process since it resolved the last time: an event was accepted
    /// or replayed. A hint, nothing depends on it.
    fn woken(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// Resolves with the names of the sources in which something may have become due since the mark; the first mark is 0.
    /// Workers of other sources are left asleep. A hint, as [`woken`](Self::woken), which is what a store without an answer
    /// of its own uses: it wakes all sources. Use a [`WakeQueue`].
    fn woken_since(&self, mark: u64) -> Pin<Box<dyn Future<Output = Woken> + Send + '_>> {
        Box::pin(async move {
            self.woken().await;
            Woken::any(mark)
        })
    }

    /// Returns those of the sources that have an event which is due or whose lease has expired, in one cheap look: workers
    /// learn in this way of events that came through another process. `None`, the default, says that the store cannot tell:
    /// workers claim from each source now and then.
    fn due_sources<'a>(&'a self, sources: &'a [String]) -> StoreFuture<'a, Option<Vec<String>>> {
        let _ = sources;
        Box::pin(async { Ok(None) })
    }

    /// Reads the requests of [unverified](EventState::Unverified) events of an endpoint, in the order of their numbers,
    /// behind a number, and changes nothing. A store that has no such events needs no implementation.
    fn unverified<'a>(
        &'a self,
        source: &'a str,
        after: Option<EventId>,
        limit: usize,
    ) -> StoreFuture<'a, Vec<StoredEvent>> {
        let _ = (source, after, limit);
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Makes [unverified](EventState::Unverified) events ready at once, and returns their number. Events in other states
    /// stay as they are.
    fn resume<'a>(&'a self, ids: &'a [EventId]) -> StoreFuture<'a, u64> {
        let _ = ids;
        Box::pin(async { Ok(0) })
    }

    /// Forgets up to 500 of those events that were finished longer ago than the store remembers them: never one that is
    /// ready, running or unverified. Besides an operator's purge, nothing else forgets events. Whatever else has an age (bodies,
    /// claims of processes that ended, the audit log) is deleted along with them, as many rows at most.
    fn sweep(&self) -> StoreFuture<'_, Swept>;

    /// Writes something durably: whether this process could accept an event now. Costs the same however much is stored,
    /// and keeps no transaction open.
    fn probe(&self) -> StoreFuture<'_, ()>;

    /// How long the keys of events that are done are remembered.
    fn retention(&self) -> Duration;

    /// How long dead letters are kept, since they became that.
    fn dead_retention(&self) -> Duration;

    /// What survives.
    fn durability(&self) -> Durability;
}

/// What became of an event that was to be stored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Accepted {
    /// It is stored.
    New {
        /// Its number.
        id: EventId,
        /// Its signed bytes are those of another event that is stored and not suspect itself, in whatever state that is,
        /// and [`UnsignedIds::Warn`](crate::UnsignedIds::Warn) lets them pass.
        is_suspect: bool,
    },
    /// Its key is known.
    Duplicate {
        /// The number of the one that is stored.
        id: EventId,
        /// Where that one is.
        state: EventState,
        /// Whether the body is the same. Providers render events anew, so that another body is no reason to refuse.
        same_body: bool,
    },
    /// It was a dead letter or [unverified](EventState::Unverified), and is ready again, as after a
    /// [replay](crate::Action::Replay): see [`DeadDuplicates`](crate::DeadDuplicates). Head, body, type, `traceparent` and
    /// time of receipt are now those of this delivery. They stay as they were where the signed bytes are those of another
    /// event that is stored and the body is not the same: an id that the signature does not cover may be a forged one.
    Requeued {
        /// Its number.
        id: EventId,
    },
    /// Its signed bytes are those of another event that is stored and not suspect itself, and
    /// [`UnsignedIds::Reject`](crate::UnsignedIds::Reject) is set: nothing was stored.
    Replayed,
}
