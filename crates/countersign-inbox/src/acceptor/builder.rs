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
use crate::inbox::Inbox;
use crate::inline::MissingId;
use crate::retention::Retention;
use crate::store::Durability;
use crate::telemetry::short_retention;

/// Makes an [`Acceptor`].
#[must_use]
pub struct AcceptorBuilder {
    inbox: Arc<dyn Inbox>,
    endpoint: Endpoint,
    retention: Retention,
    durability: Durability,
    success: StatusCode,
    deadline: Duration,
    missing_id: Option<MissingId>,
    /// Whether deliveries can be distinguished.
    identity: Result<(), ConfigError>,
    dead_duplicates: DeadDuplicates,
    tenant: Option<Box<FromHead>>,
    traceparent: Option<Box<FromHead>>,
    budget: u32,
}

impl AcceptorBuilder {
    pub(super) fn new(inbox: Arc<dyn Inbox>, endpoint: Endpoint, provider: &Provider) -> Self {
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
            tenant: None,
            traceparent: None,
            budget: DEFAULT_BUDGET,
        }
    }

    /// Another answer to what is stored: 202 or 204, for providers that insist. The default is 200.
    pub fn with_success_status(mut self, status: StatusCode) -> Self {
        self.success = status;
        self
    }

    /// Another time until a provider is told to come back when the store has not answered. The default is four fifths
    /// of the time that the provider waits, and 5 s at most: whoever waits longer only holds a connection.
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets how deliveries without an id are handled. By default each is new; for providers whose declarations have no
    /// id this must be set explicitly. A request that lost an id which it could do without is stored once.
    pub fn with_missing_id(mut self, policy: MissingId) -> Self {
        self.missing_id = Some(policy);
        self
    }

    /// What is done when a dead letter is sent again; it is handled again by default.
    pub fn with_dead_duplicates(mut self, policy: DeadDuplicates) -> Self {
        self.dead_duplicates = policy;
        self
    }

    /// Whose a delivery is, where the endpoint serves several: a part of what it is remembered by. What it says must be
    /// what the secrets were looked up for.
    ///
    /// ```
    /// # use countersign_inbox::{AcceptorBuilder, StoredHead};
    /// # fn with(builder: AcceptorBuilder) -> AcceptorBuilder {
    /// // POST /webhooks/acme
    /// builder.with_tenant(|head: &StoredHead| {
    ///     let path = head.target.split('?').next()?;
    ///     path.strip_prefix("/webhooks/").map(str::to_owned)
    /// })
    /// # }
    /// ```
    pub fn with_tenant(
        mut self,
        tenant: impl Fn(&StoredHead) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.tenant = Some(Box::new(tenant));
        self
    }

    /// Which trace the handler goes on with, asked inside of the span that surrounds the receiver. The default is
    /// [`telemetry::traceparent`](crate::telemetry::traceparent): that span with the feature `opentelemetry`, and
    /// otherwise the `traceparent` that came with the request.
    pub fn with_traceparent(
        mut self,
        current: impl Fn(&StoredHead) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.traceparent = Some(Box::new(current));
        self
    }

    /// Another bound on the bytes that wait for the store; beyond it providers are told to come back: 503. The default
    /// is 64 MiB, as much as the default of all bodies that are being read.
    pub fn with_budget(mut self, bytes: u32) -> Self {
        self.budget = bytes;
        self
    }

    /// Acknowledges events although a loss of power may take them. Without it the store has to survive that:
    /// [`Durability::Fsync`].
    pub fn insecure_allow_durability(mut self, least: Durability) -> Self {
        self.durability = least;
        self
    }

    /// Checks that the store is one for this.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the declaration has no id and no policy for that was set, when the store survives too
    /// little, when it forgets ids while the provider may still send them, or when an option cannot work.
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
            let problem = format!("{} is no success: the provider would send all events again", self.success);
            return Err(ConfigError::new("success_status", problem));
        }
        if self.deadline.is_zero() {
            return Err(ConfigError::new("deadline", "no store answers in no time: 5 s is the default"));
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
            tenant: self.tenant,
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
        Durability::Memory => "ends with the process",
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
