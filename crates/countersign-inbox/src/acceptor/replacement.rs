//! Replaces the stored request of an event that waits, if its key has been removed since.

use std::time::Duration;

use countersign::Delivery;
use countersign::receiver::Receiver;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::answer::NotStored;
use super::telemetry::Telemetry;
use super::verified::Verified;
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
enum ReplacementOutcome {
    /// It verifies, or the duplicate may not replace it.
    Kept,
    Replaced,
    /// The event was claimed, has ended or was replaced since.
    Changed,
    /// The event is being handled, and nothing replaces its request meanwhile.
    Running,
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
    pub(super) verified: &'s Verified,
    /// Limits the stored requests in memory.
    pub(super) checks: &'s Semaphore,
    /// The bytes that are left for deliveries.
    pub(super) budget: &'s Semaphore,
    pub(super) telemetry: &'s Telemetry,
    /// The longest time that a check takes: the tenants' secrets and published keys are looked up by the application.
    pub(super) deadline: Duration,
}

impl Replacing<'_> {
    /// Stores an event. If it is a duplicate of one that waits, and the stored request does not verify with the present keys, the
    /// duplicate replaces it: its provider would not send it again. A stored request that verifies stays, whatever the duplicate is.
    ///
    /// Only a duplicate of an event that waits or runs costs a read and a verification, and none for a while after one has verified here
    /// with keys that do not change.
    pub(super) async fn accept(
        &self,
        event: NewEvent,
        replaceable: Replaceable,
    ) -> Result<Accepted, NotStored> {
        let duplicate = event.clone();
        let mut accepted = self.store.accept(event).await?;
        if let Accepted::New { id, .. } = accepted {
            self.verified.add(id);
        }
        for _ in 0..MOST_CHECKS {
            let Accepted::Duplicate { id, state: state @ (EventState::Ready | EventState::Running), .. } =
                accepted
            else {
                return Ok(accepted);
            };
            if self.verified.has(id) {
                return Ok(accepted);
            }
            match self.check_in_time(id, state, &duplicate, replaceable).await? {
                ReplacementOutcome::Kept => return Ok(accepted),
                ReplacementOutcome::Replaced => {
                    self.telemetry.replaced(id);
                    return Ok(accepted);
                }
                ReplacementOutcome::Running => return Err(NotStored::InFlight(id)),
                ReplacementOutcome::Changed => accepted = self.store.accept(duplicate.clone()).await?,
            }
        }
        if let Accepted::Duplicate { id, state, .. } = accepted {
            match state {
                EventState::Running => return Err(NotStored::InFlight(id)),
                // Other processes were faster each time, or the store replaces nothing: a refusal would have no end.
                EventState::Ready => self.telemetry.never_replaced(id),
                _ => {}
            }
        }
        Ok(accepted)
    }

    /// Checks a stored request, and gives up after the deadline: the provider has been answered by then, and others wait for the
    /// permit.
    async fn check_in_time(
        &self,
        id: EventId,
        state: EventState,
        duplicate: &NewEvent,
        replaceable: Replaceable,
    ) -> Result<ReplacementOutcome, StoreError> {
        let checked = timeout(self.deadline, self.check(id, state, duplicate, replaceable)).await;
        checked.unwrap_or_else(|_| {
            let problem = format!(
                "the stored request of a duplicate was not verified within {:?}: do the store, the resolver of tenants and the key source \
                 answer in time?",
                self.deadline
            );
            Err(StoreError::Unavailable(problem.into()))
        })
    }

    /// Verifies the stored request of an event, and replaces it if it does not verify.
    async fn check(
        &self,
        id: EventId,
        state: EventState,
        duplicate: &NewEvent,
        replaceable: Replaceable,
    ) -> Result<ReplacementOutcome, StoreError> {
        // The semaphore is never closed.
        let _permit = self.checks.acquire().await;
        let Some(stored) = self.store.stored_request(id).await? else { return Ok(ReplacementOutcome::Kept) };
        let _room = self.room(&stored);
        let StoredEvent { head, body, received_at, .. } = &stored;
        let verified = self.receiver.verify_stored(
            &head.method,
            &head.target,
            &head.headers,
            body.clone(),
            *received_at,
        );
        let Err(rejection) = verified.await else {
            self.verified.add(id);
            return Ok(ReplacementOutcome::Kept);
        };
        if rejection.kind().status().is_server_error() {
            let problem =
                format!("the stored request of a duplicate cannot be verified ({})", rejection.kind());
            return Err(StoreError::Unavailable(problem.into()));
        }
        if !replaceable.admits(&stored, duplicate) {
            self.telemetry.not_replaced(id, rejection.kind());
            return Ok(ReplacementOutcome::Kept);
        }
        if state == EventState::Running {
            return Ok(ReplacementOutcome::Running);
        }
        if !self.store.replace_request(&stored, duplicate).await? {
            return Ok(ReplacementOutcome::Changed);
        }
        self.verified.add(id);
        Ok(ReplacementOutcome::Replaced)
    }

    /// Takes the memory of a stored request from the budget, as far as there is any: new deliveries have less room meanwhile. The check
    /// goes on without it, because its delivery would be refused each time if it is large, and the checks at once are few.
    fn room(&self, stored: &StoredEvent) -> Option<SemaphorePermit<'_>> {
        let bytes = stored.held_bytes().min(self.budget.available_permits());
        self.budget.try_acquire_many(u32::try_from(bytes).unwrap_or(u32::MAX)).ok()
    }
}

/// The largest number of checks of one delivery, each of which another process may precede.
const MOST_CHECKS: usize = 3;
/// The stored requests that one acceptor verifies at once. Each takes up to 17 times the limit on bodies, if its content is compressed.
pub(super) const CHECKS_AT_ONCE: usize = 4;
