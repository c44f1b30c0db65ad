use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::receiver::Receiver;
use countersign::{ConfigError, Provider};
use http::StatusCode;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::Acceptor;
use super::accept::{FromHead, Shared};
use super::fan_out::FanOut;
use super::replacement::CHECKS_AT_ONCE;
use super::telemetry::Telemetry;
use super::verified::Verified;
use crate::event::DeadDuplicates;
use crate::inbox_store::InboxStore;
use crate::inline::MissingId;
use crate::recorder::{Recorder, counting};
use crate::retention::Retention;
use crate::store::Durability;
use crate::telemetry::short_retention;

/// The options of storing and acknowledging the deliveries to an endpoint.
pub(crate) struct AcceptOptions {
    pub(crate) success: StatusCode,
    /// `None` means four fifths of the provider's patience.
    pub(crate) deadline: Option<Duration>,
    pub(crate) missing_id: Option<MissingId>,
    pub(crate) dead_duplicates: DeadDuplicates,
    pub(crate) traceparent: Option<Arc<FromHead>>,
    pub(crate) budget: u32,
}

impl Default for AcceptOptions {
    fn default() -> Self {
        Self {
            success: StatusCode::OK,
            deadline: None,
            missing_id: None,
            dead_duplicates: DeadDuplicates::default(),
            traceparent: None,
            budget: DEFAULT_BUDGET,
        }
    }
}

impl AcceptOptions {
    /// Creates the acceptor of an endpoint after checking that the store is suitable.
    pub(crate) fn acceptor(
        &self,
        store: &Arc<dyn InboxStore>,
        receiver: &Receiver,
        fan_out: FanOut,
        durability: Durability,
        recorder: &Arc<Recorder>,
    ) -> Result<Acceptor, ConfigError> {
        let (identity, provider) = (fan_out.endpoint(), receiver.declaration());
        if self.missing_id != Some(MissingId::NewEveryTime) {
            identity.check(provider)?;
        }
        check_durability(store.durability(), durability)?;
        let retention = Retention::of(provider);
        let (kept, recommended) = (store.retention(), retention.recommended());
        retention.check(kept)?;
        let deadline = self.deadline.unwrap_or_else(|| deadline(provider));
        self.check(deadline)?;
        if kept < recommended {
            short_retention(identity.name(), kept, recommended);
        }
        let budget = usize::try_from(self.budget).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        let tasks = TaskTracker::new();
        tasks.close();
        let telemetry = Telemetry::new(identity.name());
        let receiver = counting(receiver, identity.name(), Some(recorder))?;
        Ok(Acceptor::new(Shared {
            store: store.clone(),
            fan_out,
            verified: Verified::new(&receiver),
            receiver,
            telemetry,
            recorder: Arc::clone(recorder),
            success: self.success,
            deadline,
            missing_id: self.missing_id,
            dead_duplicates: self.dead_duplicates,
            traceparent: self.traceparent.clone(),
            budget: Arc::new(Semaphore::new(budget)),
            budget_bytes: self.budget,
            checks: Semaphore::new(CHECKS_AT_ONCE),
            tasks,
        }))
    }

    fn check(&self, deadline: Duration) -> Result<(), ConfigError> {
        if !self.success.is_success() {
            let problem =
                format!("{} is not a 2xx status: the provider would send every event again", self.success);
            return Err(ConfigError::new("success_status", problem));
        }
        if deadline.is_zero() {
            return Err(ConfigError::new(
                "accept_deadline",
                "is zero: the store would never answer in time; 5 s is the default",
            ));
        }
        Ok(())
    }
}

impl fmt::Debug for AcceptOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptOptions")
            .field("success", &self.success)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// Checks that acknowledged events survive what they must survive.
fn check_durability(found: Durability, least: Durability) -> Result<(), ConfigError> {
    if found >= least {
        return Ok(());
    }
    let lost = match found {
        Durability::Memory => "loses its events when the process ends",
        Durability::Relaxed => "may lose its last answers when the power fails",
        _ => "survives a loss of power, but not that of a machine",
    };
    let problem = format!(
        "the store {lost} ({found:?}), and {least:?} is required: events are acknowledged when they are stored, so they \
         would be lost; use countersign-sqlite or countersign-postgres with synchronous commits, or \
         `InboxBuilder::insecure_allow_durability(Durability::{found:?})` where that is acceptable"
    );
    Err(ConfigError::new("store", problem))
}

fn deadline(provider: &Provider) -> Duration {
    let waits = provider.retries.and_then(|retries| retries.ack_secs).map(Duration::from_secs);
    waits.map_or(LONGEST, |waits| (waits / 5).saturating_mul(4).min(LONGEST))
}

const LONGEST: Duration = Duration::from_secs(5);
const DEFAULT_BUDGET: u32 = 64 << 20;
