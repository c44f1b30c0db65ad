use std::error::Error;
use std::fmt;

use super::{Accepted, AttemptEnd, InboxStore};
use crate::claim::Fenced;
use crate::event::{EventId, NewEvent};
use crate::store::{StoreError, StoreFuture};

/// An inbox in a database that handlers also write to: their writes and the finish are committed in one
/// transaction. Only in this way does an effect happen exactly once. Handlers of a worker use `commit_with` of the store,
/// which does this in one call.
pub trait TxInbox: InboxStore {
    /// A transaction of the database.
    type Tx<'t>: Send;

    /// Marks the event as done in the handler's own transaction. If the result is [stale](Fenced::Stale), another
    /// worker has the event: roll back. After the commit the handler returns [`Finish::Done`](crate::Finish::Done),
    /// which has no further effect. Of a [`Context`](crate::Context), the row of the attempt has the response code that is set
    /// by then, and successes above the [rate](crate::InboxBuilder::with_recorded_successes) leave none.
    fn finish_in<'a, 't: 'a>(
        &'a self,
        tx: &'a mut Self::Tx<'t>,
        attempt: impl Into<AttemptEnd>,
    ) -> StoreFuture<'a, Fenced<()>>;

    /// Stores an event in a transaction of the caller, like [`accept`](InboxStore::accept).
    fn accept_in<'a, 't: 'a>(
        &'a self,
        tx: &'a mut Self::Tx<'t>,
        event: NewEvent,
    ) -> StoreFuture<'a, Accepted>;
}

/// Hands events to another engine with its own workers (apalis, awa, graphile_worker, …): enqueues a job in the
/// transaction that stores the event, so that neither exists without the other.
///
/// The job [claims](InboxStore::claim_due) the event by its id ([`ClaimDue::only`](crate::ClaimDue::only)) and finishes
/// it. Run no worker of this crate for that endpoint. If the claim returns nothing because an earlier event with the same
/// [ordering key](NewEvent::ordering_key) waits or runs, the job has to try again later.
pub trait Dispatcher<Tx: ?Sized>: Send + Sync + 'static {
    /// Enqueues a job for a new event. An error prevents the event from being stored.
    fn enqueue_in<'a>(&'a self, tx: &'a mut Tx, id: EventId, event: &'a NewEvent) -> StoreFuture<'a, ()>;
}

/// The reason why an effect and the end of its event were not committed: nothing of either is stored, unless the
/// connection was lost during the commit.
///
/// A handler may return it: the event is retried, and an attempt that has lost its lease changes nothing.
#[derive(Debug)]
#[non_exhaustive]
pub enum CommitError<E> {
    /// The effect failed.
    Effect(E),
    /// Another worker has the event, or it was handled already.
    LeaseLost,
    /// The store could not begin, finish or commit.
    Store(StoreError),
}

impl<E> From<StoreError> for CommitError<E> {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E: fmt::Display> fmt::Display for CommitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // With the causes in the alternate form, if the error has them.
            Self::Effect(error) => error.fmt(f),
            Self::LeaseLost => f.write_str("the lease is lost, and nothing was written"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl<E: Error + 'static> Error for CommitError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Effect(error) => error.source(),
            Self::LeaseLost => None,
            Self::Store(error) => error.source(),
        }
    }
}
