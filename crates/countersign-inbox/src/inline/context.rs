use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::key::EventKey;
use crate::runtime::Pulse;

/// What a handler can know of its claim. It is among the extensions of the request.
#[derive(Clone, Debug)]
pub struct ClaimContext {
    key: EventKey,
    fence: Option<u64>,
    is_suspect: bool,
    cancelled: CancellationToken,
    pulse: Option<Arc<Pulse>>,
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
        self.key.to_hex()
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
        !self.cancelled.is_cancelled() && self.pulse.as_ref().is_none_or(|pulse| pulse.is_certain())
    }
}
