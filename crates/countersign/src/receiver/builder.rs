use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::StatusCode;

use super::handshake_answerer::HandshakeAnswerer;
use super::options::{Observers, Options};
use super::{
    Budget, Explainer, HandshakePolicy, KeySource, Problem, PublicUrl, Received, Receiver, Rejection,
    RejectionBody, RequestHead, Tenants,
};
use crate::error::ConfigError;
use crate::time::{Clock, SystemClock};
use crate::verifier::Verifier;

/// Configures a [`Receiver`].
///
/// ```
/// use countersign::receiver::Receiver;
/// use countersign::{Secret, Verifier, providers};
///
/// let verifier = Verifier::new(&providers::TWILIO, Secret::new("the auth token")?)?;
/// // Twilio signs the URL.
/// assert_eq!(Receiver::builder(verifier.clone()).build().unwrap_err().field(), "public_url");
/// let receiver = Receiver::builder(verifier).with_public_url("https://hooks.example.com").build()?;
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use = "it does nothing until it is built"]
pub struct ReceiverBuilder {
    options: Options,
}

impl Receiver {
    /// Creates a receiver with the defaults: a deadline of 10 s for the body, because providers time out after 5 to
    /// 30 s, and its own budget of 64 MiB. [`builder`](Self::builder) has the options.
    pub fn new(verifier: Verifier) -> Self {
        Self::builder(verifier).into_receiver()
    }

    /// Creates a builder with the defaults.
    pub fn builder(verifier: Verifier) -> ReceiverBuilder {
        let answerer = verifier.handshakes().map(|steps| Arc::new(HandshakeAnswerer::new(steps)));
        let options = Options {
            answerer,
            verifier,
            body_deadline: Duration::from_secs(10),
            budget: Budget::default(),
            public_url: None,
            fallback: None,
            tenants: None,
            decoys: OnceLock::new(),
            unknown_tenant: None,
            keys: None,
            explainer: None,
            clock: Arc::new(SystemClock),
            rejection_body: None,
            observers: Observers::default(),
            #[cfg(feature = "metrics")]
            is_measured: true,
            observes_only: false,
            policy: None,
        };
        ReceiverBuilder { options }
    }

    /// Creates a builder with the options of this receiver. Receivers built from it share the budget, the counts and the
    /// memory of issued secrets with this one.
    pub fn to_builder(&self) -> ReceiverBuilder {
        ReceiverBuilder { options: Options { decoys: OnceLock::new(), ..self.options().clone() } }
    }
}

impl ReceiverBuilder {
    /// Sets the limit on the body, in bytes. The default is the provider's: 1 MiB for most.
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.options.verifier = self.options.verifier.clone().with_body_limit(bytes);
        self.options.fallback = self.options.fallback.take().map(|fallback| fallback.with_body_limit(bytes));
        self
    }

    /// Sets a second verifier for requests that the first one rejects: two schemes at one endpoint during a
    /// migration. [`Delivery::provider`](crate::Delivery::provider) is the declaration that verified the delivery,
    /// and [`Delivery::is_from_fallback`](crate::Delivery::is_from_fallback) tells which of the two it was. Remove
    /// the fallback once the primary declaration verifies everything.
    ///
    /// Both verifiers check the same head and the same body, so that a request costs at most the sum of both. They
    /// share one limit on the body, the larger one. Only the handshakes of the primary declaration are answered. A
    /// tenant's secrets apply to both; published keys are looked up for the primary declaration only.
    ///
    /// A sender with the secret of the weaker scheme is accepted, so use a fallback for a limited time only.
    pub fn with_fallback(mut self, fallback: Verifier) -> Self {
        let limit = self.options.verifier.body_limit().max(fallback.body_limit());
        let slug = self.options.verifier.provider().slug.clone();
        self.options.verifier = self.options.verifier.clone().with_body_limit(limit);
        self.options.fallback = Some(fallback.with_body_limit(limit).into_fallback_of(slug));
        self
    }

    /// Sets the deadline for the whole body, from the first poll on. A slower sender receives a 408.
    pub fn with_body_deadline(mut self, deadline: Duration) -> Self {
        self.options.body_deadline = deadline;
        self
    }

    /// Shares a budget with other receivers. When it is used up, senders receive a 503 and retry later.
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.options.budget = budget;
        self
    }

    /// Sets the public URL, for providers that sign it: an origin such as `https://hooks.example.com`, to which path
    /// and query of the request are appended, or another [`PublicUrl`].
    pub fn with_public_url(mut self, url: impl Into<PublicUrl>) -> Self {
        self.options.public_url = Some(url.into());
        self
    }

    /// Sets a resolver of [tenants](super::Tenant), whose secrets are used instead of the verifier's own. It runs only for requests
    /// whose head passes the checks that need no key, so that a sender without a well-formed, fresh signature cannot
    /// cause database queries.
    ///
    /// A sender cannot tell an unknown tenant from a wrong signature, neither by status, headers or body, nor by the
    /// time at which the body is read, nor by the computation, which runs under a decoy key. The log names the kind
    /// `unknown_tenant`. What remains observable is the duration of a look-up without a result, and the cost of more
    /// than one secret. A failing look-up is answered with 503.
    ///
    /// Handshakes that issue a secret (Asana, Notion) are not signed: the resolver is called for at most 60 of them
    /// a minute. Further ones are answered with 503.
    pub fn with_tenants(mut self, tenants: impl Tenants) -> Self {
        self.options.tenants = Some(Arc::new(tenants));
        self
    }

    /// Reveals to senders that a tenant is unknown: they receive this status and the kind `unknown_tenant` before
    /// the body is read. Any sender of a well-formed signature can then find out which tenants exist.
    pub fn with_unknown_tenant_status(mut self, status: StatusCode) -> Self {
        self.options.unknown_tenant = Some(status);
        self
    }

    /// Sets the policy for handshakes that are neither signed nor answered with a proof of the secret. Options that
    /// no handshake of the provider reads are an error.
    pub fn with_handshakes(mut self, policy: HandshakePolicy) -> Self {
        if let Some(answerer) = &mut self.options.answerer {
            Arc::make_mut(answerer).set_policy(policy.clone());
        }
        self.options.policy = Some(policy);
        self
    }

    /// Sets the source of published keys, queried for every request instead of the verifier's own keys; the verifier
    /// may be [`keyless`](Verifier::keyless). An unknown key is answered with 401, a failure with 503.
    pub fn with_key_source(mut self, keys: impl KeySource) -> Self {
        self.options.keys = Some(Arc::new(keys));
        self
    }

    /// For development: the adapters log at debug level what this explainer says about wrong signatures, for requests
    /// whose body has at most 64 KiB. The sender sees nothing of it but causes the work, so do not set one for endpoints
    /// that are open to the internet.
    ///
    /// The crate `countersign-diagnose` has an explainer of known mistakes.
    pub fn with_explainer(mut self, explainer: impl Explainer + 'static) -> Self {
        self.options.explainer = Some(Arc::new(explainer));
        self
    }

    /// Sets the clock, for tests.
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.options.clock = Arc::new(clock);
        self
    }

    /// Sets the body and the content type of responses to rejections. Status, `Retry-After`, `Connection` and
    /// `WWW-Authenticate` stay as they are: providers act upon them. The default is that of [`Problem::response`]. The function
    /// is not given the cause, which is for the operator.
    ///
    /// ```
    /// use countersign::receiver::{Problem, Receiver, RejectionBody};
    /// # use countersign::{Secret, Verifier, providers};
    ///
    /// fn body(problem: &Problem) -> RejectionBody {
    ///     RejectionBody::json(format!(r#"{{"error":"{}"}}"#, problem.title()))
    /// }
    ///
    /// # let verifier = Verifier::new(&providers::STRIPE, Secret::new("whsec_abc")?)?;
    /// let receiver = Receiver::builder(verifier).with_rejection_body(body).build()?;
    /// # Ok::<(), countersign::ConfigError>(())
    /// ```
    pub fn with_rejection_body(
        mut self,
        body: impl Fn(&Problem) -> RejectionBody + Send + Sync + 'static,
    ) -> Self {
        self.options.rejection_body = Some(Arc::new(body));
        self
    }

    /// Adds an observer, which is called with the result of each request before the response is sent: for metrics, or an
    /// audit of rejections. It must not block. The adapters log the same results.
    pub fn with_observer(mut self, observer: impl Fn(&Received) + Send + Sync + 'static) -> Self {
        self.options.observers.add(observer);
        self
    }

    /// Adds an observer of rejections, or of what would be rejected if the receiver only observes. It is called before the
    /// response is sent, with a function that copies the head of the request: call that only for samples, because an attacker can
    /// send any number of such requests. The head may contain credentials. The observer must not block.
    pub fn with_rejection_observer(
        mut self,
        observer: impl Fn(&Rejection, &dyn Fn() -> RequestHead) + Send + Sync + 'static,
    ) -> Self {
        self.options.observers.add_of_rejections(observer);
        self
    }

    /// **Accepts everything**, for the migration from a hand-written check: requests that would be rejected reach the
    /// handler without a delivery, and are logged at `warn` with the reason, and [counted](Receiver::rejections). Handlers
    /// take an `Option<Event<T>>` and go on with their own check. The limits on bodies hold.
    ///
    /// Remove it when the log shows that genuine deliveries verify.
    pub fn insecure_observe_only(mut self) -> Self {
        self.options.observes_only = true;
        self
    }

    /// Builds the receiver.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the first invalid option and its cure: see [`Receiver::check`].
    pub fn build(self) -> Result<Receiver, ConfigError> {
        let receiver = self.into_receiver();
        receiver.check()?;
        Ok(receiver)
    }

    /// Builds the receiver for requests that were observed on arrival.
    pub(super) fn into_unobserved(mut self) -> Receiver {
        self.options.observers = Observers::default();
        #[cfg(feature = "metrics")]
        {
            self.options.is_measured = false;
        }
        self.options.observes_only = false;
        self.into_receiver()
    }

    fn into_receiver(self) -> Receiver {
        Receiver { shared: Arc::new(self.options) }
    }
}

impl From<Verifier> for Receiver {
    fn from(verifier: Verifier) -> Self {
        Self::new(verifier)
    }
}

impl fmt::Debug for ReceiverBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiverBuilder")
            .field("verifier", &self.options.verifier)
            .field("public_url", &self.options.public_url)
            .finish_non_exhaustive()
    }
}
