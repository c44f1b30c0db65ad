use std::time::Duration;

use crate::claim::Lease;
use crate::event::{EventId, StoredEvent};

/// Which events a worker wants.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClaimDue {
    /// Events of this endpoint only.
    pub source: String,
    /// Who asks: shown to operators, decides nothing.
    pub worker: String,
    /// So many at most.
    pub max: usize,
    /// How long the leases last when they are not renewed.
    pub ttl: Duration,
    /// The longest delay that anybody can have asked for: what is due later than this from now was put there by a
    /// clock that was wrong, and is due at once.
    pub horizon: Duration,
    /// This event only, due or not, unless it runs under a lease that lasts: for engines that bring a queue of their own,
    /// see [`Dispatcher`](crate::Dispatcher).
    pub only: Option<EventId>,
}

impl ClaimDue {
    /// Whatever is due at an endpoint. Delays are 7 days at most, unless `horizon` says otherwise.
    #[must_use]
    pub fn new(source: impl Into<String>, worker: impl Into<String>, max: usize, ttl: Duration) -> Self {
        let horizon = Duration::from_secs(7 * 24 * 3600);
        Self { source: source.into(), worker: worker.into(), max, ttl, horizon, only: None }
    }
}

/// An event that is the caller's to handle.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Leased {
    /// What the attempt is finished with.
    pub lease: Lease,
    /// The first is 1. An operator's replay starts over.
    pub attempt: u32,
    /// How often an operator, or a duplicate of a dead letter, had it handled again.
    pub replays: u32,
    /// How long ago it was stored, or replayed, by the clock of the store.
    pub age: Duration,
    /// The event.
    pub event: StoredEvent,
}

impl Leased {
    /// For stores.
    #[must_use]
    pub const fn new(lease: Lease, attempt: u32, replays: u32, age: Duration, event: StoredEvent) -> Self {
        Self { lease, attempt, replays, age, event }
    }
}

/// How an attempt ended. Errors are shown to operators, and cut to 4 KiB by the worker. The last one stays with the event
/// until there is another, whatever becomes of it.
///
/// A store that cannot keep a character of a text (PostgreSQL: U+0000) keeps U+FFFD in its place, and a delay that is
/// longer than it can count is as long as it can.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Finish {
    /// It was handled.
    Done,
    /// There was nothing to do: recorded as done, with the reason.
    Skip {
        /// Why.
        reason: String,
    },
    /// It is due again after a while.
    Retry {
        /// From now.
        after: Duration,
        /// What happened.
        error: String,
    },
    /// It is a dead letter now.
    Dead {
        /// What happened.
        error: String,
    },
    /// The worker shuts down: due at once, at the place in the queue that it had, and the attempt does not count.
    GiveBack,
}
