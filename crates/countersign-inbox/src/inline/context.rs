use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::key::EventKey;

/// What a handler can know of its claim. It is among the extensions of the request.
#[derive(Clone, Debug)]
pub struct ClaimContext {
    key: EventKey,
    fence: Option<u64>,
    is_suspect: bool,
    cancelled: CancellationToken,
    pulse: Option<Arc<Pulse>>,
}

/// When the lease was last confirmed, by our own monotonic clock.
#[derive(Debug)]
pub(super) struct Pulse {
    confirmed: Mutex<Instant>,
    ttl: Duration,
}

impl ClaimContext {
    pub(super) fn new(
        key: EventKey,
        fence: Option<u64>,
        is_suspect: bool,
        pulse: Option<Arc<Pulse>>,
    ) -> Self {
        Self { key, fence, is_suspect, cancelled: CancellationToken::new(), pulse }
    }

    /// The same for every attempt at a delivery, and for no other: 64 hexadecimal digits, to be passed on to whoever can
    /// tell duplicates by it. Where a delivery has no id, it is new every time.
    #[must_use]
    pub fn idempotency_key(&self) -> String {
        self.key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The fencing token, higher for each later claim of the delivery: who writes it down can refuse a lower one. `None`
    /// where a delivery has no id, because nothing is claimed then.
    #[must_use]
    pub const fn fence(&self) -> Option<u64> {
        self.fence
    }

    /// Whether the signed bytes are known under another id; see [`UnsignedIds::Warn`](crate::UnsignedIds::Warn).
    #[must_use]
    pub const fn is_suspect(&self) -> bool {
        self.is_suspect
    }

    /// Fires when the lease is lost, before somebody else can take the delivery over: stop what is not done yet, and
    /// answer with 5xx.
    #[must_use]
    pub const fn cancelled(&self) -> &CancellationToken {
        &self.cancelled
    }

    /// Whether the lease was confirmed so recently that nobody else can have it. To be asked before an effect: a process
    /// that was stopped learns it here first.
    #[must_use]
    pub fn has_lease(&self) -> bool {
        !self.cancelled.is_cancelled()
            && self.pulse.as_ref().is_none_or(|pulse| Instant::now() < pulse.fenced_at())
    }
}

impl Pulse {
    pub(super) fn new(confirmed: Instant, ttl: Duration) -> Self {
        Self { confirmed: Mutex::new(confirmed), ttl }
    }

    pub(super) fn ttl(&self) -> Duration {
        self.ttl
    }

    /// When the next renewal is due: there is time for two more.
    pub(super) fn due_at(&self) -> Instant {
        self.confirmed() + self.ttl / 3
    }

    /// From here on the handler may not go on: a tenth before the end.
    pub(super) fn fenced_at(&self) -> Instant {
        self.confirmed() + (self.ttl - self.ttl / 10)
    }

    /// From here on somebody else may take over.
    pub(super) fn ends_at(&self) -> Instant {
        self.confirmed() + self.ttl
    }

    /// The store has renewed the lease, some time after it was asked.
    pub(super) fn confirm(&self, asked: Instant) {
        *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner) = asked;
    }

    fn confirmed(&self) -> Instant {
        *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
