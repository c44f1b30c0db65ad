use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign::{ConfigError, Provider};
use http::StatusCode;
use tokio::sync::Semaphore;

use super::Acceptor;
use super::accept::{FromHead, Options};
use super::telemetry::Telemetry;
use crate::endpoint::Endpoint;
use crate::event::{DeadDuplicates, StoredHead};
use crate::inbox_store::InboxStore;
use crate::inline::MissingId;
use crate::retention::Retention;
use crate::store::Durability;
use crate::telemetry::short_retention;

/// Builds an [`Acceptor`].
#[must_use]
pub struct AcceptorBuilder {
    inbox: Arc<dyn InboxStore>,
    endpoint: Endpoint,
    retention: Retention,
    durability: Durability,
    success: StatusCode,
    deadline: Duration,
    missing_id: Option<MissingId>,
    /// Whether deliveries can be told apart.
    identity: Result<(), ConfigError>,
    dead_duplicates: DeadDuplicates,
    traceparent: Option<Box<FromHead>>,
    budget: u32,
}

impl AcceptorBuilder {
    pub(super) fn new(inbox: Arc<dyn InboxStore>, endpoint: Endpoint, provider: &Provider) -> Self {
        Self {
            inbox,
            identity: endpoint.check(provider),
            endpoint,
            retention: Retention::of(provider),
            durability: Durability::Fsync,
            success: StatusCode::OK,
            deadline: deadline(provider),
            missing_id: None,
            dead_duplicates: DeadDuplicates::default(),
            traceparent: None,
            budget: DEFAULT_BUDGET,
        }
    }

    /// Sets the status for stored deliveries: 202 or 204, for providers that require it. The default is 200.
    pub fn with_success_status(mut self, status: StatusCode) -> Self {
        self.success = status;
        self
    }

    /// Sets the time after which a provider is asked to retry if the store has not answered. The default is four
    /// fifths of the time that the provider waits, and at most 5 s: a longer wait would only hold the connection.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets how deliveries without an id are handled. By default each is new; for providers whose declarations have
    /// no id this must be set explicitly. A request whose id was removed without breaking the signature is stored
    /// once.
    pub fn with_missing_id(mut self, policy: MissingId) -> Self {
        self.missing_id = Some(policy);
        self
    }

    /// Sets the policy for dead letters that are sent again. By default they are handled again.
    pub fn with_dead_duplicates(mut self, policy: DeadDuplicates) -> Self {
        self.dead_duplicates = policy;
        self
    }

    /// Sets the trace that the handler continues. The function is called inside the span around the receiver. The
    /// default is [`telemetry::traceparent`](crate::telemetry::traceparent): that span with the feature
    /// `opentelemetry`, otherwise the `traceparent` header of the request.
    pub fn with_traceparent(
        mut self,
        current: impl Fn(&StoredHead) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.traceparent = Some(Box::new(current));
        self
    }

    /// Sets the limit on the bytes that wait for the store, heads and bodies; beyond it providers receive a 503. The
    /// default is 64 MiB, which equals the default budget for requests being read. A single request above the limit is
    /// stored while no other one waits.
    pub fn with_budget(mut self, bytes: u32) -> Self {
        self.budget = bytes;
        self
    }

    /// Accepts a store whose acknowledged events a power loss may destroy. By default the store must survive that:
    /// [`Durability::Fsync`].
    pub fn insecure_allow_durability(mut self, least: Durability) -> Self {
        self.durability = least;
        self
    }

    /// Builds the acceptor after checking that the store is suitable.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the declaration has no id and no policy for that was set, if the durability of the store
    /// is too low, if it forgets ids while the provider may still send them, or if an option is invalid.
    pub fn build(self) -> Result<Acceptor, ConfigError> {
        if self.missing_id != Some(MissingId::NewEveryTime) {
            self.identity?;
        }
        let found = self.inbox.durability();
        if found < self.durability {
            return Err(ConfigError::new("inbox", too_weak(found, self.durability)));
        }
        let (kept, recommended) = (self.inbox.retention(), self.retention.recommended());
        self.retention.check(kept)?;
        if !self.success.is_success() {
            let problem =
                format!("{} is not a 2xx status: the provider would send every event again", self.success);
            return Err(ConfigError::new("success_status", problem));
        }
        if self.deadline.is_zero() {
            return Err(ConfigError::new(
                "deadline",
                "is zero: the store would never answer in time; 5 s is the default",
            ));
        }
        let telemetry = Telemetry::new(self.endpoint.name());
        if kept < recommended {
            short_retention(self.endpoint.name(), kept, recommended);
        }
        let budget = usize::try_from(self.budget).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Ok(Acceptor::new(Options {
            inbox: self.inbox,
            endpoint: self.endpoint,
            telemetry,
            success: self.success,
            deadline: self.deadline,
            missing_id: self.missing_id,
            dead_duplicates: self.dead_duplicates,
            traceparent: self.traceparent,
            budget: Arc::new(Semaphore::new(budget)),
            budget_bytes: self.budget,
        }))
    }
}

impl fmt::Debug for AcceptorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptorBuilder").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

fn too_weak(found: Durability, least: Durability) -> String {
    let lost = match found {
        Durability::Memory => "loses its events when the process ends",
        Durability::Relaxed => "may lose its last answers when the power fails",
        _ => "survives a loss of power, but not that of a machine",
    };
    format!(
        "the store {lost} ({found:?}), and {least:?} is asked for: events are acknowledged when they are stored, so they \
         would be lost; use countersign-sqlite or countersign-postgres with synchronous commits, or \
         `insecure_allow_durability(Durability::{found:?})` where that may be"
    )
}

fn deadline(provider: &Provider) -> Duration {
    let waits = provider.retries.and_then(|retries| retries.ack_secs).map(Duration::from_secs);
    waits.map_or(LONGEST, |waits| (waits / 5).saturating_mul(4).min(LONGEST))
}

const LONGEST: Duration = Duration::from_secs(5);
const DEFAULT_BUDGET: u32 = 64 << 20;
