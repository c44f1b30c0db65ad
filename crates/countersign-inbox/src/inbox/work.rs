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
    /// The number of the claimer, which no other one has, also not the one before a restart; 0 has none. A lease of another
    /// number that expired without an outcome isolates its event, because its holder may have crashed. One of the same
    /// number does not: the claimer is alive.
    pub instance: u32,
    /// How isolated events are claimed.
    pub isolation: Isolation,
    /// How long an isolated event waits after an attempt that ended without an outcome. The wait begins when the lease
    /// ends, or when the store finds that its holder is gone.
    pub isolated_pause: Duration,
    /// Whether the claimer handles one event at a time. Its claims are isolated from the first one on: an attempt that
    /// ends without an outcome counts.
    pub is_exclusive: bool,
}

/// How a claim treats isolated events. An event is isolated after a lease of [another claimer](ClaimDue::instance) on it
/// expired without an outcome. It may be the one that ended the process, or it may only have run beside that one: that
/// attempt adds nothing to [`Leased::crashes`], attempts while it is isolated do. Any outcome but [`Finish::GiveBack`] and
/// [`Finish::Unverified`] ends the isolation.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Isolation {
    /// Claims isolated events together with the others. The default.
    #[default]
    Mixed,
    /// Claims one isolated event and nothing else; if none is due, events that are not isolated.
    Alone,
    /// Claims no isolated event.
    Without,
}

impl ClaimDue {
    /// Whatever is due at an endpoint. Delays are 7 days at most, unless `horizon` says otherwise.
    #[must_use]
    pub fn new(source: impl Into<String>, worker: impl Into<String>, max: usize, ttl: Duration) -> Self {
        let horizon = Duration::from_secs(7 * 24 * 3600);
        Self {
            source: source.into(),
            worker: worker.into(),
            max,
            ttl,
            horizon,
            only: None,
            instance: 0,
            isolation: Isolation::Mixed,
            isolated_pause: Duration::ZERO,
            is_exclusive: false,
        }
    }
}

/// An event that is the caller's to handle.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Leased {
    /// What the attempt is finished with.
    pub lease: Lease,
    /// The number of the attempt. The first is 1, and an attempt that ended without an outcome counts. An operator's replay
    /// starts over.
    pub attempt: u32,
    /// How often an operator, or a duplicate of a dead letter, had it handled again.
    pub replays: u32,
    /// Whether the event is [isolated](Isolation).
    pub is_isolated: bool,
    /// The number of attempts in a row, before this one, that ended without an outcome while no other event of the claimer
    /// can be the cause.
    pub crashes: u32,
    /// How long ago it was stored, or replayed, by the clock of the store.
    pub age: Duration,
    /// The event.
    pub event: StoredEvent,
}

impl Leased {
    /// For stores.
    #[must_use]
    pub const fn new(lease: Lease, attempt: u32, replays: u32, age: Duration, event: StoredEvent) -> Self {
        Self { lease, attempt, replays, is_isolated: false, crashes: 0, age, event }
    }

    /// Sets the isolation, for stores: 0 is none, 1 is the first isolated claim, and each further one that ended without an
    /// outcome adds 1. `has_lost_own` is whether the event ran under a lease of the same claimer that had expired.
    #[must_use]
    pub const fn with_isolation(mut self, isolation: u32, has_lost_own: bool) -> Self {
        self.is_isolated = isolation > 0;
        self.crashes = isolation.saturating_sub(1).saturating_add(has_lost_own as u32);
        self
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
    /// The stored request does not verify: the event is [unverified](crate::EventState::Unverified), and the attempt does
    /// not count.
    Unverified {
        /// Why, with the cure.
        error: String,
    },
}
