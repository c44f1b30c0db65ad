use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use countersign::{ConfigError, Provider, RejectionStyle};
use http::{Response, StatusCode};

use super::deduplicator::Deduplicator;
use super::shared::{MissingId, Options};
use crate::handling::{RECORDED_SUCCESSES, process_name};
use crate::identity::IdentityPolicy;
use crate::inbox_store::InboxStore;
use crate::recorder::Recorder;
use crate::retention::Retention;
use crate::runtime::check_lease;
use crate::store::DedupeStore;
use crate::telemetry;

/// Builds a [`Deduplicator`].
#[must_use = "it does nothing until it is built"]
pub struct DeduplicatorBuilder {
    store: Arc<dyn DedupeStore>,
    identity: IdentityPolicy,
    retention: Retention,
    style: RejectionStyle,
    options: Options,
    recorder: Option<Arc<Recorder>>,
    /// Whether deliveries can be told apart.
    is_told_apart: Result<(), ConfigError>,
}

impl Deduplicator {
    /// Creates a builder for the deliveries of this provider to this endpoint. If the verifier has its own
    /// tolerance, pass [its provider](countersign::Verifier::provider).
    ///
    /// `endpoint` is the name of the endpoint, or an [`IdentityPolicy`] with options.
    pub fn builder(
        store: Arc<dyn DedupeStore>,
        endpoint: impl Into<IdentityPolicy>,
        provider: &Provider,
    ) -> DeduplicatorBuilder {
        DeduplicatorBuilder::new(store, endpoint.into(), provider)
    }
}

impl DeduplicatorBuilder {
    fn new(store: Arc<dyn DedupeStore>, identity: IdentityPolicy, provider: &Provider) -> Self {
        let options = Options {
            lease: LEASE,
            coalesce_wait: Duration::ZERO,
            store_timeout: STORE_TIMEOUT,
            retry_after: RETRY_AFTER,
            missing_id: None,
            permanent: Vec::new(),
            duplicate_response: Response::default(),
            name: process_name(),
            recorded_successes: RECORDED_SUCCESSES,
        };
        let (retention, style) = (Retention::of(provider), provider.responses.clone());
        let is_told_apart = identity.check(provider);
        Self { store, identity, retention, style, options, recorder: None, is_told_apart }
    }

    /// Sets the lifetime of a lease without a renewal; it is renewed every third of this. After a crash, the
    /// delivery can be handled again once the lease expires. The default is 60 s: several renewals may fail before
    /// the lease is lost, and the retries of most providers come later. The range is 50 ms (for tests) to 1 day.
    pub fn with_lease(mut self, ttl: Duration) -> Self {
        self.options.lease = ttl;
        self
    }

    /// Sets how long a duplicate waits for the outcome of the first delivery, if both arrived at this process. The
    /// default is zero: it is answered at once. Keep it well below the provider's timeout.
    pub fn with_coalesce_wait(mut self, wait: Duration) -> Self {
        self.options.coalesce_wait = wait;
        self
    }

    /// Sets the timeout for the store. The default is 5 s: half the timeout of the more patient providers.
    pub fn with_store_timeout(mut self, timeout: Duration) -> Self {
        self.options.store_timeout = timeout;
        self
    }

    /// Sets `Retry-After`, in whole seconds, unless the lease expires earlier. The default is 5 s.
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.options.retry_after = wait;
        self
    }

    /// Sets how deliveries without an id are handled. The default is [`MissingId::NewEveryTime`]; for providers
    /// whose declarations have no id this must be set explicitly. A request whose id was removed without breaking
    /// the signature is handled once.
    pub fn with_missing_id(mut self, policy: MissingId) -> Self {
        self.options.missing_id = Some(policy);
        self
    }

    /// Sets the 4xx statuses of the handler for which a retry does not help: they are passed on, and the delivery
    /// counts as handled. None by default. The event extractors respond with 422 to data that does not fit; unless
    /// listed here it is passed on, too, but the delivery does not count as handled.
    pub fn with_permanent_statuses(mut self, statuses: impl IntoIterator<Item = StatusCode>) -> Self {
        self.options.permanent = statuses.into_iter().collect();
        self
    }

    /// Sets the response to duplicates of handled deliveries, for providers that read the body. The default is an
    /// empty 200.
    pub fn with_duplicate_response(mut self, response: Response<Bytes>) -> Self {
        self.options.duplicate_response = response;
        self
    }

    /// Sets the name of the process in the rows of attempts, which operators see. The default is the process id and a random number.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.options.name = name.into();
        self
    }

    /// Sets the number of successes per second that leave a row, if there are [statistics](Self::with_statistics). Successes above it
    /// are counted and leave none; failures always leave one, unless the store [cannot keep up](Self::with_statistics). The default is 100, as that of an
    /// [inbox](crate::InboxBuilder::with_recorded_successes).
    pub fn with_recorded_successes(mut self, per_second: u32) -> Self {
        self.options.recorded_successes = per_second;
        self
    }

    /// Adds what is counted here to the [statistics](crate::OpsStore::statistics) of a store: deliveries, duplicates, attempts,
    /// the time that handlers take, the statuses of their responses, and the use of each key. Each attempt leaves a
    /// [row](crate::OpsStore::inline_attempts), and failures are among the [kinds of errors](crate::OpsStore::errors). All of it is
    /// written together every few seconds, and once there are 2,500 rows, in a separate task, so that no request waits for it: a process that ends without
    /// [`Deduplicator::idle`] loses what it has not written, and an attempt that ends with its process leaves no row. While the
    /// store does not answer or is slower than the attempts, the numbers and the latest 5,000 rows are kept. Requests that are rejected before are among them if the receiver
    /// [counts them](Deduplicator::count_rejections). None by default.
    pub fn with_statistics(mut self, store: impl InboxStore) -> Self {
        self.recorder = Some(Recorder::sweeping(Arc::new(store)));
        self
    }

    /// Builds the deduplicator after checking the settings.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the declaration has no id and no policy for that was set, if the store forgets ids while
    /// their deliveries may still arrive, or if a setting is invalid.
    pub fn build(self) -> Result<Deduplicator, ConfigError> {
        if self.options.missing_id != Some(MissingId::NewEveryTime) {
            self.is_told_apart?;
        }
        let (kept, recommended) = (self.store.retention(), self.retention.recommended());
        self.retention.check(kept)?;
        self.options.check()?;
        if kept < recommended {
            telemetry::short_retention(self.identity.name(), kept, recommended);
        }
        Ok(Deduplicator::new(self.store, self.identity, self.style, self.options, self.recorder))
    }
}

impl Options {
    fn check(&self) -> Result<(), ConfigError> {
        check_lease(self.lease)?;
        if self.store_timeout.is_zero() {
            return Err(ConfigError::new("store_timeout", "is zero: the store would never answer in time"));
        }
        if let Some(status) = self.permanent.iter().find(|status| !status.is_client_error()) {
            let problem =
                format!("{status} is not a 4xx status: 2xx are successes, and all others are retried");
            return Err(ConfigError::new("permanent_statuses", problem));
        }
        if !self.duplicate_response.status().is_success() {
            return Err(ConfigError::new(
                "duplicate_response",
                "is not a 2xx status: the provider would send the delivery again",
            ));
        }
        Ok(())
    }
}

const LEASE: Duration = Duration::from_secs(60);
const STORE_TIMEOUT: Duration = Duration::from_secs(5);
const RETRY_AFTER: Duration = Duration::from_secs(5);
