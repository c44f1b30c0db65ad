//! Replaces the stored request of an event that waits, if its key has been removed since.

use countersign::Delivery;
use countersign::receiver::Receiver;
use tokio::sync::Semaphore;

use super::telemetry::Telemetry;
use crate::event::{EventId, EventState, NewEvent, StoredEvent};
use crate::identity::IdentityPolicy;
use crate::inbox_store::{Accepted, InboxStore};
use crate::store::StoreError;

/// The parts of a stored request that a duplicate may change, because its signature covers them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replaceable {
    /// The body: the signature covers it and the key, so that no other event's body has been put under this id.
    body: bool,
    event_type: bool,
}

/// The result of a check of a stored request.
enum Checked {
    /// It verifies, or the duplicate may not replace it.
    Kept,
    Replaced,
    /// The event was claimed, has ended or was replaced since.
    Changed,
}

impl Replaceable {
    pub(super) fn of(identity: &IdentityPolicy, delivery: &Delivery) -> Self {
        Self {
            body: delivery.is_body_signed() && identity.has_signed_key(delivery),
            event_type: delivery.event_type().is_some_and(|event_type| event_type.is_signed()),
        }
    }

    fn admits(self, stored: &StoredEvent, event: &NewEvent) -> bool {
        (self.body || stored.body == event.body) && (self.event_type || stored.event_type == event.event_type)
    }
}

/// Stores events, and verifies the stored requests of duplicates.
pub(super) struct Replacing<'s> {
    pub(super) store: &'s dyn InboxStore,
    pub(super) receiver: &'s Receiver,
    /// Limits the stored requests in memory.
    pub(super) checks: &'s Semaphore,
    pub(super) telemetry: &'s Telemetry,
}

impl Replacing<'_> {
    /// Stores an event. If it is a duplicate of one that waits, and the stored request does not verify with the present keys, the
    /// duplicate replaces it: its provider would not send it again. A stored request that verifies stays, whatever the duplicate is.
    ///
    /// Only a duplicate of an event that waits or runs costs a read and a verification.
    pub(super) async fn accept(
        &self,
        event: NewEvent,
        replaceable: Replaceable,
    ) -> Result<Accepted, StoreError> {
        let duplicate = event.clone();
        let mut accepted = self.store.accept(event).await?;
        for _ in 0..MOST_CHECKS {
            let Accepted::Duplicate { id, state: state @ (EventState::Ready | EventState::Running), .. } =
                accepted
            else {
                return Ok(accepted);
            };
            match self.check(id, state, &duplicate, replaceable).await? {
                Checked::Kept => return Ok(accepted),
                Checked::Replaced => {
                    self.telemetry.replaced(id);
                    return Ok(accepted);
                }
                Checked::Changed => accepted = self.store.accept(duplicate.clone()).await?,
            }
        }
        Err(StoreError::Unavailable(BUSY.into()))
    }

    /// Verifies the stored request of an event, and replaces it if it does not verify.
    async fn check(
        &self,
        id: EventId,
        state: EventState,
        duplicate: &NewEvent,
        replaceable: Replaceable,
    ) -> Result<Checked, StoreError> {
        // The semaphore is never closed.
        let _permit = self.checks.acquire().await;
        let Some(stored) = self.store.stored_request(id).await? else { return Ok(Checked::Kept) };
        let StoredEvent { head, body, received_at, .. } = &stored;
        let verified = self.receiver.verify_stored(
            &head.method,
            &head.target,
            &head.headers,
            body.clone(),
            *received_at,
        );
        let Err(rejection) = verified.await else { return Ok(Checked::Kept) };
        if rejection.kind().status().is_server_error() {
            let problem =
                format!("the stored request of a duplicate cannot be verified ({})", rejection.kind());
            return Err(StoreError::Unavailable(problem.into()));
        }
        if !replaceable.admits(&stored, duplicate) {
            self.telemetry.not_replaced(id, rejection.kind());
            return Ok(Checked::Kept);
        }
        if state == EventState::Running {
            // Its attempt ends as unverified, unless it has begun with the old key. The provider's next attempt finds out which.
            return Err(StoreError::Unavailable(BUSY.into()));
        }
        let is_replaced = self.store.replace_request(&stored, duplicate).await?;
        Ok(if is_replaced { Checked::Replaced } else { Checked::Changed })
    }
}

/// The largest number of checks of one delivery, each of which another process may precede.
const MOST_CHECKS: usize = 3;
/// The stored requests that one acceptor verifies at once.
pub(super) const CHECKS_AT_ONCE: usize = 4;
const BUSY: &str = "the event of a duplicate is being handled, and its stored request does not verify with the present keys: the \
                    provider has to send it again";
