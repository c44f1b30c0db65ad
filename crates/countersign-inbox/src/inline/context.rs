use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::key::EventKey;
use crate::runtime::Pulse;

/// The claim of a handler, available in the extensions of the request.
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

    /// Returns the idempotency key: 64 hexadecimal digits, the same for all attempts at a delivery and for no other
    /// delivery. Pass it to services that detect duplicates. For a delivery without an id it is random.
    #[must_use]
    pub fn idempotency_key(&self) -> String {
        self.key.to_hex()
    }

    /// Returns the fencing token, which grows with each claim of the delivery: a service that stores it can reject
    /// lower ones. `None` for a delivery without an id, because nothing is claimed then.
    #[must_use]
    pub const fn fence(&self) -> Option<u64> {
        self.fence
    }

    /// Returns whether the signed bytes are known under another id; see
    /// [`UnsignedIds::Warn`](crate::UnsignedIds::Warn).
    #[must_use]
    pub const fn is_suspect(&self) -> bool {
        self.is_suspect
    }

    /// Returns the token that is cancelled when the lease is lost, before another process can take the delivery
    /// over: stop the remaining work, and respond with 5xx.
    #[must_use]
    pub const fn cancelled(&self) -> &CancellationToken {
        &self.cancelled
    }

    /// Returns whether the lease was confirmed recently enough that no other process can hold it. Check this before
    /// an effect: after a suspension of the process it is the first indication.
    #[must_use]
    pub fn has_lease(&self) -> bool {
        !self.cancelled.is_cancelled() && self.pulse.as_ref().is_none_or(|pulse| pulse.is_certain())
    }
}
