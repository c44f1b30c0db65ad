use std::sync::Arc;

use countersign::UnixTime;
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use super::renewal::Held;
use crate::claim::Lease;
use crate::event::EventId;
use crate::inbox::Leased;

/// What a handler knows of its attempt. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Context {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    lease: Lease,
    attempt: u32,
    replays: u32,
    event_id: EventId,
    received_at: UnixTime,
    source: String,
    tenant: Option<String>,
    cancellation: CancellationToken,
    held: Arc<Held>,
}

impl Context {
    pub(super) fn new(leased: &Leased, cancellation: CancellationToken, held: Arc<Held>) -> Self {
        let shared = Shared {
            lease: leased.lease,
            attempt: leased.attempt,
            replays: leased.replays,
            event_id: leased.event.id,
            received_at: leased.event.received_at,
            source: leased.event.source.clone(),
            tenant: leased.event.tenant.clone(),
            cancellation,
            held,
        };
        Self { shared: Arc::new(shared) }
    }

    /// Which attempt it is: 1, 2, … An operator's replay starts over.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.shared.attempt
    }

    /// The same for each attempt at an event, and for no other event: 64 hexadecimal digits. Pass it on to whoever can
    /// tell repetitions, as an `Idempotency-Key` or a unique column.
    #[must_use]
    pub fn idempotency_key(&self) -> String {
        self.shared.lease.key().to_hex()
    }

    /// The right to handle the event. Its [fence](Lease::fence) only grows: whoever stores an effect together with it can
    /// refuse those of attempts that have lost their lease. [`finish_in`](crate::TxInbox::finish_in) takes all of it.
    #[must_use]
    pub fn lease(&self) -> Lease {
        self.shared.lease
    }

    /// Whether an operator, or a duplicate of a dead letter, had it handled again.
    #[must_use]
    pub fn is_replayed(&self) -> bool {
        self.shared.replays > 0
    }

    /// The number of the event in the store: what operators and logs call it by.
    #[must_use]
    pub fn event_id(&self) -> EventId {
        self.shared.event_id
    }

    /// When the request was verified, by the clock of the receiver.
    #[must_use]
    pub fn received_at(&self) -> UnixTime {
        self.shared.received_at
    }

    /// The name of the source.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.shared.source
    }

    /// Whose event it is, where the endpoint serves several.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.shared.tenant.as_deref()
    }

    /// Resolves when the handler should stop: its lease is lost or cannot be renewed, it takes too long, or the worker
    /// shuts down. A little later it is aborted, at its next `await`.
    pub fn cancelled(&self) -> WaitForCancellationFuture<'_> {
        self.shared.cancellation.cancelled()
    }

    /// Whether the lease was confirmed so recently that nobody else can have the event. To be asked before an effect: a
    /// process that was stopped learns it here first.
    #[must_use]
    pub fn has_lease(&self) -> bool {
        !self.shared.cancellation.is_cancelled() && self.shared.held.is_certain()
    }

    /// What [`cancelled`](Self::cancelled) waits for, for what the handler starts.
    #[must_use]
    pub fn cancellation_token(&self) -> CancellationToken {
        self.shared.cancellation.clone()
    }
}
