use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign::{Delivery, Field};
use countersign_inbox::inline::ClaimContext;

use crate::effects::{Effect, Effects};

/// The handler of events, called by both servers.
pub(crate) struct Handler {
    effects: Effects,
    behaviour: Behaviour,
    /// The attempts at events that were not handled yet. The provider retries them, and no store counts the retries:
    /// the numbers restart with the process.
    attempts: Mutex<HashMap<String, u64>>,
}

#[derive(Clone, Copy)]
pub(crate) struct Behaviour {
    pub(crate) fail_first: u64,
    pub(crate) takes: Duration,
}

/// The event was not handled: the response is 500, and the provider retries.
pub(crate) struct Failed;

impl Handler {
    pub(crate) fn new(effects: Effects, behaviour: Behaviour) -> Self {
        Self { effects, behaviour, attempts: Mutex::default() }
    }

    pub(crate) async fn handle(&self, delivery: &Delivery, claim: &ClaimContext) -> Result<(), Failed> {
        let attempt = self.attempt(claim);
        tokio::select! {
            () = tokio::time::sleep(self.behaviour.takes) => {}
            () = claim.cancelled().cancelled() => {
                tracing::warn!(attempt, "the lease is lost: nothing was done");
                return Err(Failed);
            }
        }
        if attempt <= self.behaviour.fail_first {
            tracing::warn!(attempt, "fails, as FAIL_FIRST wants it");
            return Err(Failed);
        }
        // Checked right before the effect, in case the process was suspended.
        if !claim.has_lease() {
            return Err(Failed);
        }
        let effect = Effect {
            id: delivery.id().map(Field::as_str).map(str::to_owned),
            event_type: delivery.event_type().map(Field::as_str).map(str::to_owned),
            attempt,
            replayed: false,
        };
        self.effects.append(&effect).await.map_err(|error| {
            tracing::error!(%error, "the effect could not be written");
            Failed
        })?;
        self.forget(claim);
        Ok(())
    }

    fn attempt(&self, claim: &ClaimContext) -> u64 {
        let mut attempts = self.attempts();
        let count = attempts.entry(claim.idempotency_key()).or_default();
        *count += 1;
        *count
    }

    fn forget(&self, claim: &ClaimContext) {
        self.attempts().remove(&claim.idempotency_key());
    }

    fn attempts(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
