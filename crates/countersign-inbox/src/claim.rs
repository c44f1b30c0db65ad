use std::time::Duration;

use countersign::UnixTime;
use uuid::Uuid;

use crate::identity::Identity;
use crate::key::EventKey;

/// Identifies one attempt at a claim. A repeated request with the same token, after a lost reply, is not a second
/// claim.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct AttemptToken(Uuid);

/// A request to claim a delivery.
#[derive(Clone, Debug)]
pub struct ClaimRequest {
    /// The delivery.
    pub identity: Identity,
    /// The attempt.
    pub token: AttemptToken,
    /// The lifetime of the lease without a renewal.
    pub ttl: Duration,
}

/// The answer to a claim.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Claim {
    /// The caller handles the delivery.
    Acquired {
        /// The lease to finish with.
        lease: Lease,
        /// The signed bytes of the delivery are known under another id, and
        /// [`UnsignedIds::Warn`](crate::UnsignedIds::Warn) admits them.
        is_suspect: bool,
    },
    /// Another caller is handling the delivery.
    InFlight {
        /// The time until the lease expires, unless it is renewed.
        retry_after: Duration,
        /// The body is the same.
        same_body: bool,
    },
    /// The delivery was handled.
    Done {
        /// The body is the same. Providers render events anew, so another body is no reason to reject the delivery.
        same_body: bool,
    },
    /// The signed bytes were handled under another id, and [`UnsignedIds::Reject`](crate::UnsignedIds::Reject) is
    /// set.
    Replayed,
}

/// The right to handle a delivery until it expires and another caller takes it over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lease {
    key: EventKey,
    fence: u64,
    expires_at: UnixTime,
}

/// The result of a renewal or a finish.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "a stale finish changed nothing"]
pub enum Fenced<T> {
    /// The operation took effect.
    Ok(T),
    /// Another claim has replaced the lease: nothing was changed.
    Stale,
}

impl AttemptToken {
    /// Creates a random token.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// Creates a token from its stored bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// Returns the 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl Lease {
    /// Creates a lease. For stores.
    #[must_use]
    pub const fn new(key: EventKey, fence: u64, expires_at: UnixTime) -> Self {
        Self { key, fence, expires_at }
    }

    /// Returns the key of the delivery.
    #[must_use]
    pub const fn key(&self) -> EventKey {
        self.key
    }

    /// Returns the fencing token, which grows with each claim of a key for the lifetime of the store.
    #[must_use]
    pub const fn fence(&self) -> u64 {
        self.fence
    }

    /// Returns the time from which another caller may take over, by the clock of the store.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }
}
