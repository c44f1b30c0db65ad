use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::claim::{Claim, ClaimRequest, Fenced, Lease};

/// Remembers which deliveries are being handled and which were.
///
/// The clock of the store decides when a lease has expired. A lease that expired and that nobody took over still
/// counts. Every operation may be repeated when its reply was lost.
pub trait DedupeStore: Send + Sync + 'static {
    /// Claims a delivery, in one atomic step. The same token gets the same lease again.
    fn claim<'a>(&'a self, request: &'a ClaimRequest) -> StoreFuture<'a, Claim>;

    /// Lets the lease last for `ttl` from now.
    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> StoreFuture<'a, Fenced<Lease>>;

    /// The delivery was handled: it is remembered for the [retention](Self::retention). Repeated, the answer is the same.
    fn complete<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>>;

    /// The delivery was not handled: the next claim gets it. Repeated, it is [stale](Fenced::Stale).
    fn release<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>>;

    /// How long handled deliveries are remembered, at most.
    fn retention(&self) -> Duration;

    /// What survives.
    fn durability(&self) -> Durability;
}

/// The future of a [`DedupeStore`]'s operations.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// What a store's answer survives.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Durability {
    /// Nothing: it ends with the process.
    Memory,
    /// The end of the process; a loss of power or a failover may take the last answers.
    Relaxed,
    /// A loss of power.
    Fsync,
    /// The loss of a machine.
    Replicated,
}

/// The store could not answer now: 503, so that the provider tries again.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// As many deliveries are being handled as the store may hold.
    Full {
        /// Entries that it may hold, or the part of it that the delivery belongs to.
        capacity: usize,
    },
    /// The store cannot be reached, or failed.
    Unavailable(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full { capacity } => write!(f, "all {capacity} entries are deliveries in flight"),
            Self::Unavailable(_) => f.write_str("the store is not available"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Full { .. } => None,
            Self::Unavailable(source) => Some(&**source),
        }
    }
}
