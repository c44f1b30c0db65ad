use super::{Accepted, Inbox};
use crate::claim::{Fenced, Lease};
use crate::event::{EventId, NewEvent};
use crate::store::StoreFuture;

/// An inbox in a database where handlers write, too: what they write and the finish are committed together or not at
/// all. That is the only way in which an effect happens exactly once.
pub trait TxInbox: Inbox {
    /// A transaction of the database.
    type Tx<'t>: Send;

    /// Marks the event as done, in the handler's own transaction. When it is [stale](Fenced::Stale), somebody else has
    /// the event: roll back. After the commit the handler returns [`Finish::Done`](crate::Finish::Done), which changes
    /// nothing any more.
    fn finish_in<'a, 't: 'a>(
        &'a self,
        tx: &'a mut Self::Tx<'t>,
        lease: &'a Lease,
    ) -> StoreFuture<'a, Fenced<()>>;

    /// Stores an event in a transaction of the caller, as [`accept`](Inbox::accept) does.
    fn accept_in<'a, 't: 'a>(
        &'a self,
        tx: &'a mut Self::Tx<'t>,
        event: NewEvent,
    ) -> StoreFuture<'a, Accepted>;
}

/// Hands events to another engine that has workers of its own (apalis, awa, graphile_worker, …): enqueues a job in the
/// transaction which stores the event, so that neither is there without the other.
///
/// The job [claims](Inbox::claim_due) the event by its number ([`ClaimDue::only`](crate::ClaimDue::only)) and finishes
/// it. No worker of ours runs for that endpoint.
pub trait Dispatcher<Tx: ?Sized>: Send + Sync + 'static {
    /// Enqueues a job for an event that is new. A failure keeps the event from being stored.
    fn enqueue_in<'a>(&'a self, tx: &'a mut Tx, id: EventId, event: &'a NewEvent) -> StoreFuture<'a, ()>;
}
