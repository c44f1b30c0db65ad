use crate::event::EventId;
use crate::store::StoreError;

/// The reason for which a delivery is not acknowledged.
#[derive(Debug)]
pub(super) enum NotStored {
    Store(StoreError),
    /// It is a duplicate of an event that is being handled and whose stored request does not verify. The attempt ends as unverified,
    /// unless it has begun with the old key: the provider's next delivery finds out which.
    InFlight(EventId),
}

impl From<StoreError> for NotStored {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
