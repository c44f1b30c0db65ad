use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::claim::{Claim, ClaimRequest, Fenced, Lease};

/// Remembers which deliveries are being handled and which were handled.
///
/// The clock of the store decides when a lease has expired. An expired lease that was not taken over still counts.
/// Every operation may be repeated after a lost reply.
pub trait DedupeStore: Send + Sync + 'static {
    /// Claims a delivery in one atomic step. The same token gets the same lease again.
    fn claim<'a>(&'a self, request: &'a ClaimRequest) -> StoreFuture<'a, Claim>;

    /// Extends the lease to `ttl` from now.
    fn renew<'a>(&'a self, lease: &'a Lease, ttl: Duration) -> StoreFuture<'a, Fenced<Lease>>;

    /// Records that the delivery was handled, for the [retention](Self::retention). A repetition has the same
    /// answer.
    fn complete<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>>;

    /// Releases a delivery that was not handled, for the next claim. A repetition is [stale](Fenced::Stale).
    fn release<'a>(&'a self, lease: &'a Lease) -> StoreFuture<'a, Fenced<()>>;

    /// Returns the longest time for which handled deliveries are remembered.
    fn retention(&self) -> Duration;

    /// Returns the durability of the store's answers.
    fn durability(&self) -> Durability;
}

/// The future of a [`DedupeStore`]'s operations.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The events that the answers of a store survive.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Durability {
    /// None: the data is lost when the process ends.
    Memory,
    /// The end of the process; a power loss or a failover may lose the last answers.
    Relaxed,
    /// A power loss.
    Fsync,
    /// The loss of a machine.
    Replicated,
}

/// The store could not answer. The provider receives a 503 and retries.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// The store holds its largest number of deliveries in progress.
    Full {
        /// The capacity of the store, or of the part of it that the delivery belongs to.
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
