use std::time::Duration;

use crate::claim::Lease;
use crate::event::{EventId, StoredEvent};

/// The events that a worker claims.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClaimDue {
    /// The endpoint of the events.
    pub source: String,
    /// The name of the worker, displayed to operators. It has no effect.
    pub worker: String,
    /// The largest number of events.
    pub max: usize,
    /// The limit on the bytes of the requests that are leased, heads and bodies as they are stored: the event that reaches it is
    /// the last one, and the first one is leased however large it is. `usize::MAX` by default.
    pub max_bytes: usize,
    /// The lifetime of the leases without a renewal.
    pub ttl: Duration,
    /// The upper bound for a valid delay. Any event due later was scheduled by a wrong clock and is treated as due
    /// now.
    pub horizon: Duration,
    /// Claims only this event, due or not, unless it runs under a live lease or waits for another one with its [ordering
    /// key](crate::NewEvent::ordering_key): for engines with their own queue, see [`Dispatcher`](crate::Dispatcher).
    pub only: Option<EventId>,
    /// The unique number of the claimer, which changes with each restart; 0 means none. An expired lease of another
    /// number without an outcome isolates its event, because its holder may have crashed. One of the same number
    /// does not: that claimer is alive.
    pub instance: u32,
    /// The treatment of isolated events.
    pub isolation: Isolation,
    /// The pause of an isolated event after an attempt that ended without an outcome. It begins when the lease ends,
    /// or when the store detects that its holder is gone.
    pub isolated_pause: Duration,
    /// Whether the claimer handles one event at a time. Its claims are isolated from the first one on: an attempt
    /// that ends without an outcome counts as a crash if it had started.
    pub is_exclusive: bool,
}

/// The treatment of isolated events by a claim. An event is isolated after a lease of [another
/// claimer](ClaimDue::instance) on it expired without an outcome. It may have crashed the process, or may only have
/// run at the same time: that attempt does not count in [`Leased::crashes`], while attempts during the isolation
/// do if they had started, which [extending](crate::InboxStore::extend) their lease stores. Every outcome except
/// [`Finish::GiveBack`] and [`Finish::Unverified`] ends the isolation.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Isolation {
    /// Claims isolated events together with the others. The default.
    #[default]
    Mixed,
    /// Claims a single isolated event; if none is due, events that are not isolated.
    Alone,
    /// Claims no isolated event.
    Without,
}

impl ClaimDue {
    /// Requests any due event of an endpoint. The horizon is 7 days by default.
    #[must_use]
    pub fn new(source: impl Into<String>, worker: impl Into<String>, max: usize, ttl: Duration) -> Self {
        let horizon = Duration::from_secs(7 * 24 * 3600);
        Self {
            source: source.into(),
            worker: worker.into(),
            max,
            max_bytes: usize::MAX,
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

/// An event that the caller handles.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Leased {
    /// The lease to finish with.
    pub lease: Lease,
    /// The number of the attempt, starting at 1. An attempt that ended without an outcome counts, unless the event
    /// was suspect then, and the lease was not [extended](crate::InboxStore::extend): its handler had not started. A replay starts
    /// over.
    pub attempt: u32,
    /// The number of replays by an operator, or by a duplicate of a dead letter.
    pub replays: u32,
    /// Whether the event is [isolated](Isolation).
    pub is_isolated: bool,
    /// Whether the preceding attempt ended without an outcome: its lease has expired. Extend the lease before the handler
    /// of such an event or of an isolated one starts, so that the attempt counts even if the handler crashes the process.
    pub is_taken_over: bool,
    /// The number of preceding attempts in a row that had started, ended without an outcome, and whose end no other event
    /// of the claimer can have caused.
    pub crashes: u32,
    /// The time since it was stored or replayed, by the clock of the store.
    pub age: Duration,
    /// The event.
    pub event: StoredEvent,
}

impl Leased {
    /// Creates a leased event. For stores.
    #[must_use]
    pub const fn new(lease: Lease, attempt: u32, replays: u32, age: Duration, event: StoredEvent) -> Self {
        Self { lease, attempt, replays, is_isolated: false, is_taken_over: false, crashes: 0, age, event }
    }

    /// Sets the isolation. For stores: 0 is none, 1 is the first isolated claim, and each further one that had started and
    /// ended without an outcome adds 1.
    #[must_use]
    pub const fn with_isolation(mut self, isolation: u32) -> Self {
        self.is_isolated = isolation > 0;
        self.crashes = isolation.saturating_sub(1);
        self
    }

    /// Sets that the event ran under a lease that has expired. For stores, after [`with_isolation`](Self::with_isolation):
    /// `has_crashed` is whether the lease was one of the same claimer and had been extended.
    #[must_use]
    pub const fn taken_over(mut self, has_crashed: bool) -> Self {
        self.is_taken_over = true;
        self.crashes = self.crashes.saturating_add(has_crashed as u32);
        self
    }
}

/// The outcome of an attempt. Errors are displayed to operators, and cut to 4 KiB by the worker. The last error
/// stays with the event until there is another one.
///
/// A store that cannot store a character of a text (PostgreSQL: U+0000) replaces it by U+FFFD, and saturates delays
/// beyond its range.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Finish {
    /// The event was handled.
    Done,
    /// The event needs no handling: recorded as done, with the reason.
    Skip {
        /// The reason.
        reason: String,
    },
    /// The event is due again after a delay.
    Retry {
        /// The delay from now.
        after: Duration,
        /// The error.
        error: String,
    },
    /// No program knows the version of the event yet: it is due again after a delay. The attempt does not count, and its age is
    /// that from then on.
    Keep {
        /// The delay from now.
        after: Duration,
        /// The reason.
        error: String,
    },
    /// The event becomes a dead letter.
    Dead {
        /// The error.
        error: String,
    },
    /// The worker shuts down: the event is due at once at its former place in the queue, and the attempt does not
    /// count.
    GiveBack,
    /// The stored request does not verify: the event becomes [unverified](crate::EventState::Unverified), and the
    /// attempt does not count.
    Unverified {
        /// The reason, with the cure.
        error: String,
    },
}
