use std::time::Duration;

use countersign::UnixTime;
use uuid::Uuid;

use crate::endpoint::Identity;
use crate::key::EventKey;

/// Names one attempt at a claim: asking again with the same token, because the reply was lost, is not a second claim.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct AttemptToken(Uuid);

/// What a store is asked.
#[derive(Clone, Debug)]
pub struct ClaimRequest {
    /// Which delivery.
    pub identity: Identity,
    /// Which attempt.
    pub token: AttemptToken,
    /// How long the lease lasts when it is not renewed.
    pub ttl: Duration,
}

/// The answer to a claim.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Claim {
    /// The delivery is the caller's to handle.
    Acquired {
        /// What it is finished with.
        lease: Lease,
        /// Its signed bytes are known under another id, and [`UnsignedIds::Warn`](crate::UnsignedIds::Warn) lets them
        /// pass.
        is_suspect: bool,
    },
    /// Somebody else is handling it.
    InFlight {
        /// Until the lease ends, if it is not renewed.
        retry_after: Duration,
        /// Whether the body is the same.
        same_body: bool,
    },
    /// It was handled.
    Done {
        /// Whether the body is the same. Providers render events anew, so that another body is no reason to refuse.
        same_body: bool,
    },
    /// Its signed bytes were handled under another id, and [`UnsignedIds::Reject`](crate::UnsignedIds::Reject) is set.
    Replayed,
}

/// The right to handle a delivery, until it expires and somebody takes it over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lease {
    key: EventKey,
    fence: u64,
    expires_at: UnixTime,
}

/// What became of a renewal or a finish.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "a stale finish changed nothing"]
pub enum Fenced<T> {
    /// It counts.
    Ok(T),
    /// The lease is no longer the caller's: nothing was changed.
    Stale,
}

impl AttemptToken {
    /// A new one, random.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// From what a store has kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// All 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl Lease {
    /// Made by stores.
    #[must_use]
    pub const fn new(key: EventKey, fence: u64, expires_at: UnixTime) -> Self {
        Self { key, fence, expires_at }
    }

    /// Which delivery.
    #[must_use]
    pub const fn key(&self) -> EventKey {
        self.key
    }

    /// The fencing token: higher for each later claim of a key, for as long as the store lives.
    #[must_use]
    pub const fn fence(&self) -> u64 {
        self.fence
    }

    /// When somebody else may take over, by the clock of the store.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }
}
