use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};

use super::desk::Desk;
use super::{Budget, HandshakeCount, HandshakePolicy, KeySource, PublicUrl, Rejection, Tenants};
use crate::provider::Provider;
use crate::time::{Clock, SystemClock};
use crate::verifier::Verifier;

/// The configuration of an endpoint: a [`Verifier`] and the options around it. Cheap to clone.
///
/// ```
/// use std::time::Duration;
/// use countersign::receiver::{Budget, Receiver};
/// use countersign::{Secret, Verifier, providers};
///
/// let verifier = Verifier::new(&providers::STRIPE, Secret::new("whsec_abc")?)?;
/// let receiver = Receiver::new(verifier)
///     .with_body_limit(256 << 10)
///     .with_body_deadline(Duration::from_secs(5))
///     .with_budget(Budget::new(16 << 20));
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Receiver {
    // A single shared pointer: middleware is cloned for every request.
    shared: Arc<Options>,
}

/// Builds the response to a rejection.
type Answer = dyn Fn(&Rejection) -> Response<Bytes> + Send + Sync;

#[derive(Clone)]
pub(super) struct Options {
    pub(super) verifier: Verifier,
    pub(super) body_deadline: Duration,
    pub(super) budget: Budget,
    pub(super) public_url: Option<PublicUrl>,
    /// The verifier that is tried if the first one rejects the request.
    pub(super) fallback: Option<Verifier>,
    pub(super) tenants: Option<Arc<dyn Tenants>>,
    /// The verifiers that spend the same work on requests for unknown tenants as on others.
    pub(super) decoys: OnceLock<Decoys>,
    /// The status for an unknown tenant. `None` means the same as for a wrong signature.
    pub(super) unknown_tenant: Option<StatusCode>,
    pub(super) keys: Option<Arc<dyn KeySource>>,
    #[cfg(feature = "diagnose")]
    pub(super) diagnosing: Option<Arc<super::evidence::Diagnosing>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) answer: Option<Arc<Answer>>,
    /// The policy that was set, even if the provider does not use it.
    pub(super) policy: Option<HandshakePolicy>,
    /// `None` if the provider has no handshakes that are answered here.
    pub(super) desk: Option<Arc<Desk>>,
}

/// The verifiers with decoy keys.
#[derive(Clone)]
pub(super) struct Decoys {
    pub(super) primary: Verifier,
    pub(super) fallback: Option<Verifier>,
}

impl Options {
    pub(super) fn decoys(&self) -> &Decoys {
        self.decoys.get_or_init(|| Decoys {
            primary: self.verifier.with_decoy_key(),
            fallback: self.fallback.as_ref().map(Verifier::with_decoy_key),
        })
    }
}

impl Receiver {
    /// Creates a receiver with the defaults: a deadline of 10 s for the body, because providers time out after 5 to
    /// 30 s, and its own budget of 64 MiB.
    pub fn new(verifier: Verifier) -> Self {
        let desk = verifier.handshakes().map(|steps| Arc::new(Desk::new(steps)));
        let options = Options {
            desk,
            verifier,
            body_deadline: Duration::from_secs(10),
            budget: Budget::default(),
            public_url: None,
            fallback: None,
            tenants: None,
            decoys: OnceLock::new(),
            unknown_tenant: None,
            keys: None,
            #[cfg(feature = "diagnose")]
            diagnosing: None,
            clock: Arc::new(SystemClock),
            answer: None,
            policy: None,
        };
        Self { shared: Arc::new(options) }
    }

    /// Sets the limit on the body, in bytes. The default is the provider's: 1 MiB for most.
    pub fn with_body_limit(self, bytes: usize) -> Self {
        self.with(|options| {
            options.verifier = options.verifier.clone().with_body_limit(bytes);
            options.fallback = options.fallback.take().map(|fallback| fallback.with_body_limit(bytes));
        })
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
    pub fn with_fallback(self, fallback: Verifier) -> Self {
        self.with(|options| {
            let limit = options.verifier.body_limit().max(fallback.body_limit());
            let slug = options.verifier.provider().slug.clone();
            options.verifier = options.verifier.clone().with_body_limit(limit);
            options.fallback = Some(fallback.with_body_limit(limit).into_fallback_of(slug));
        })
    }

    /// Sets the deadline for the whole body, from the first poll on. A slower sender receives a 408.
    pub fn with_body_deadline(self, deadline: Duration) -> Self {
        self.with(|options| options.body_deadline = deadline)
    }

    /// Shares a budget with other receivers. When it is used up, senders receive a 503 and retry later.
    pub fn with_budget(self, budget: Budget) -> Self {
        self.with(|options| options.budget = budget)
    }

    /// Sets the public URL, for providers that sign it: an origin such as `https://hooks.example.com`, to which path
    /// and query of the request are appended, or another [`PublicUrl`]. [`check`](Self::check) refuses a malformed
    /// one.
    pub fn with_public_url(self, url: impl Into<PublicUrl>) -> Self {
        self.with(|options| options.public_url = Some(url.into()))
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
    pub fn with_tenants(self, tenants: impl Tenants) -> Self {
        self.with(|options| options.tenants = Some(Arc::new(tenants)))
    }

    /// Reveals to senders that a tenant is unknown: they receive this status and the kind `unknown_tenant` before
    /// the body is read. Any sender of a well-formed signature can then find out which tenants exist.
    pub fn with_unknown_tenant_status(self, status: StatusCode) -> Self {
        self.with(|options| options.unknown_tenant = Some(status))
    }

    /// Sets the policy for handshakes that are neither signed nor answered with a proof of the secret. Options that
    /// no handshake of the provider reads are an error, see [`check`](Self::check).
    pub fn with_handshakes(self, policy: HandshakePolicy) -> Self {
        self.with(|options| {
            if let Some(desk) = &mut options.desk {
                Arc::make_mut(desk).set_policy(policy.clone());
            }
            options.policy = Some(policy);
        })
    }

    /// Sets the source of published keys, queried for every request instead of the verifier's own keys; the verifier
    /// may be [`keyless`](Verifier::keyless). An unknown key is answered with 401, a failure with 503.
    pub fn with_key_source(self, keys: impl KeySource) -> Self {
        self.with(|options| options.keys = Some(Arc::new(keys)))
    }

    /// For development: the adapters log at debug level which known mistake explains a wrong signature. At most one
    /// request per second is diagnosed, with [`Effort::SHORT`](crate::diagnose::Effort::SHORT), and only if its body
    /// has at most 64 KiB. The sender sees nothing of it but causes the work, so do not enable this for endpoints
    /// that are open to the internet.
    ///
    /// The diagnosis uses the secrets of the diagnoser, or those of the tenant.
    #[cfg(feature = "diagnose")]
    pub fn with_diagnosis(self, diagnoser: crate::diagnose::Diagnoser) -> Self {
        self.with(|options| options.diagnosing = Some(Arc::new(super::evidence::Diagnosing::new(diagnoser))))
    }

    /// Sets the clock, for tests.
    pub fn with_clock(self, clock: impl Clock + 'static) -> Self {
        self.with(|options| options.clock = Arc::new(clock))
    }

    /// Sets the response to rejections. The default is [`Rejection::response`]. Derive its content from
    /// [`Rejection::public_kind`], which does not reveal which tenants exist.
    pub fn with_rejection_response(
        self,
        answer: impl Fn(&Rejection) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        self.with(|options| options.answer = Some(Arc::new(answer)))
    }

    /// Returns the limit on the body, in bytes.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        self.shared.verifier.body_limit()
    }

    /// Returns the deadline for the whole body.
    #[must_use]
    pub fn body_deadline(&self) -> Duration {
        self.shared.body_deadline
    }

    /// Returns the response to a rejection.
    #[must_use]
    pub fn answer(&self, rejection: &Rejection) -> Response<Bytes> {
        match &self.shared.answer {
            Some(answer) => answer(rejection),
            None => rejection.response_that_is(self.shared.verifier.provider().responses.empty),
        }
    }

    /// Returns how often each of the provider's handshakes was answered and refused, in the order of its
    /// declaration. Handshakes that the handler answers are not counted.
    #[must_use]
    pub fn handshakes(&self) -> Vec<HandshakeCount> {
        self.shared.desk.as_deref().map(Desk::counts).unwrap_or_default()
    }

    /// Allows a further secret from a handshake that issues one (Asana, Notion), although one was stored: the
    /// endpoint is set up again. Applies to all clones of this receiver, and only to receivers without [`Tenants`]:
    /// for those the result of the resolver decides whether a secret is expected.
    pub fn reset_issued_secret(&self) {
        if let Some(desk) = &self.shared.desk {
            desk.reset_issued();
        }
    }

    /// Returns whether [`with_rejection_response`](Self::with_rejection_response) was used.
    #[must_use]
    pub fn has_own_responses(&self) -> bool {
        self.shared.answer.is_some()
    }

    /// Returns the declaration that requests are verified by.
    #[must_use]
    pub fn declaration(&self) -> &Provider {
        self.shared.verifier.provider()
    }

    /// Returns the slug of the provider, for logs.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.shared.verifier.provider().slug
    }

    pub(super) fn options(&self) -> &Options {
        &self.shared
    }

    fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        let options = Arc::make_mut(&mut self.shared);
        change(options);
        options.decoys = OnceLock::new();
        self
    }
}

impl From<Verifier> for Receiver {
    fn from(verifier: Verifier) -> Self {
        Self::new(verifier)
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("verifier", &self.shared.verifier)
            .field("body_deadline", &self.shared.body_deadline)
            .field("budget", &self.shared.budget)
            .field("public_url", &self.shared.public_url)
            .finish_non_exhaustive()
    }
}
