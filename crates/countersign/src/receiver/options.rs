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

/// How an adapter receives: a [`Verifier`] and what surrounds it. Cheap to clone.
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
    // One pointer to share: middleware is cloned for every request.
    shared: Arc<Options>,
}

/// Makes the response to a rejection.
type Answer = dyn Fn(&Rejection) -> Response<Bytes> + Send + Sync;

#[derive(Clone)]
pub(super) struct Options {
    pub(super) verifier: Verifier,
    pub(super) body_deadline: Duration,
    pub(super) budget: Budget,
    pub(super) public_url: Option<PublicUrl>,
    /// The verifier that is tried if the first one does not accept.
    pub(super) fallback: Option<Verifier>,
    pub(super) tenants: Option<Arc<dyn Tenants>>,
    /// The verifiers that compute what a request for an unknown tenant has to cost.
    pub(super) decoys: OnceLock<Decoys>,
    /// The status for an unknown tenant. `None`: the same as for a wrong signature.
    pub(super) unknown_tenant: Option<StatusCode>,
    pub(super) keys: Option<Arc<dyn KeySource>>,
    #[cfg(feature = "diagnose")]
    pub(super) diagnosing: Option<Arc<super::evidence::Diagnosing>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) answer: Option<Arc<Answer>>,
    /// The policy that was set, even if the provider does not use it.
    pub(super) policy: Option<HandshakePolicy>,
    /// None: the provider has no handshakes that are answered here.
    pub(super) desk: Option<Arc<Desk>>,
}

/// The verifiers under keys that nothing was signed with.
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
    /// A receiver with the defaults: a deadline of 10 s for the body, because providers give up after 5 to 30 s, and a
    /// budget of 64 MiB of its own.
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

    /// Another limit on the body, in bytes. The default is the provider's: 1 MiB for most.
    pub fn with_body_limit(self, bytes: usize) -> Self {
        self.with(|options| {
            options.verifier = options.verifier.clone().with_body_limit(bytes);
            options.fallback = options.fallback.take().map(|fallback| fallback.with_body_limit(bytes));
        })
    }

    /// Sets a second verifier for requests that the first one does not accept: two schemes at one endpoint during a
    /// migration. [`Delivery::provider`](crate::Delivery::provider) is the declaration that verified the delivery, and
    /// [`Delivery::is_from_fallback`](crate::Delivery::is_from_fallback) says which of the two it was. Remove the
    /// fallback once the primary declaration verifies everything.
    ///
    /// Both check the same head and the same body, so that a request costs at most the sum of both. Both have one limit
    /// on the body, the larger one. Handshakes are those of the primary declaration. A tenant's secrets count for both;
    /// published keys are looked up for the primary one only.
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

    /// Another deadline for the whole body, from the first look at it on. A sender who drips is answered with 408.
    pub fn with_body_deadline(self, deadline: Duration) -> Self {
        self.with(|options| options.body_deadline = deadline)
    }

    /// A budget that is shared with other receivers. Beyond it senders are told to come back: 503.
    pub fn with_budget(self, budget: Budget) -> Self {
        self.with(|options| options.budget = budget)
    }

    /// Where the public URL comes from, for providers that sign it: an origin, `https://hooks.example.com`, which path and
    /// query of the request are appended to, or another [`PublicUrl`]. [`check`](Self::check) refuses a malformed one.
    pub fn with_public_url(self, url: impl Into<PublicUrl>) -> Self {
        self.with(|options| options.public_url = Some(url.into()))
    }

    /// Sets a resolver of secrets per tenant, used instead of the verifier's own. It runs only for requests whose head
    /// is in order, so that a database query needs a signature that is at least well-formed and fresh.
    ///
    /// A sender cannot tell an unknown tenant from a wrong signature by status, headers or body, nor by when its body is
    /// read, nor by the computation, which is made under a key that nothing was signed with: the log says
    /// `unknown_tenant`. What remains is the time of a look-up that finds nothing, and of more than one secret. A failing
    /// look-up is answered with 503.
    ///
    /// Handshakes that bring a secret (Asana, Notion) are not signed: the resolver is asked for at most 60 of them a
    /// minute. Further ones are answered with 503.
    pub fn with_tenants(self, tenants: impl Tenants) -> Self {
        self.with(|options| options.tenants = Some(Arc::new(tenants)))
    }

    /// Reveals to senders that a tenant is unknown: this status, and the kind `unknown_tenant`, before the body is
    /// read. Any sender of a well-formed signature can then find out which tenants exist.
    pub fn with_unknown_tenant_status(self, status: StatusCode) -> Self {
        self.with(|options| options.unknown_tenant = Some(status))
    }

    /// Answers more handshakes of the provider than those that are signed, or prove the secret. Options that none of them
    /// reads are a mistake, see [`check`](Self::check).
    pub fn with_handshakes(self, policy: HandshakePolicy) -> Self {
        self.with(|options| {
            if let Some(desk) = &mut options.desk {
                Arc::make_mut(desk).set_policy(policy.clone());
            }
            options.policy = Some(policy);
        })
    }

    /// Keys that the provider publishes, looked up for every request instead of the verifier's own, which may be
    /// [`keyless`](Verifier::keyless). An unknown key is answered with 401, a failure with 503.
    pub fn with_key_source(self, keys: impl KeySource) -> Self {
        self.with(|options| options.keys = Some(Arc::new(keys)))
    }

    /// For development: the adapters say at the level debug which known mistake explains a wrong signature. At most one
    /// request a second is looked at, with [`Effort::SHORT`](crate::diagnose::Effort::SHORT), and only if its body has
    /// 64 KiB at most. The sender sees nothing of it, but makes the work; so this is not for the open internet.
    ///
    /// The secrets are those of the diagnoser, or the tenant's.
    #[cfg(feature = "diagnose")]
    pub fn with_diagnosis(self, diagnoser: crate::diagnose::Diagnoser) -> Self {
        self.with(|options| options.diagnosing = Some(Arc::new(super::evidence::Diagnosing::new(diagnoser))))
    }

    /// Another clock, for tests.
    pub fn with_clock(self, clock: impl Clock + 'static) -> Self {
        self.with(|options| options.clock = Arc::new(clock))
    }

    /// Another response to what is rejected. The default is [`Rejection::response`]. What it says to the sender should
    /// be made from [`Rejection::public_kind`], which does not tell which tenants there are.
    pub fn with_rejection_response(
        self,
        answer: impl Fn(&Rejection) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        self.with(|options| options.answer = Some(Arc::new(answer)))
    }

    /// The limit on the body, in bytes.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        self.shared.verifier.body_limit()
    }

    /// The deadline for the whole body.
    #[must_use]
    pub fn body_deadline(&self) -> Duration {
        self.shared.body_deadline
    }

    /// The response to a rejection.
    #[must_use]
    pub fn answer(&self, rejection: &Rejection) -> Response<Bytes> {
        match &self.shared.answer {
            Some(answer) => answer(rejection),
            None => rejection.response_that_is(self.shared.verifier.provider().responses.empty),
        }
    }

    /// How often each of the provider's handshakes was answered and refused, in the order of its declaration. Those
    /// that the handler answers are not counted.
    #[must_use]
    pub fn handshakes(&self) -> Vec<HandshakeCount> {
        self.shared.desk.as_deref().map(Desk::counts).unwrap_or_default()
    }

    /// Accepts another secret from a handshake that issues one (Asana, Notion), although one was stored: the endpoint is
    /// set up anew. Concerns all clones of this receiver, and only receivers without [`Tenants`]: a resolver that finds a
    /// secret says by itself that none is wanted.
    pub fn reset_issued_secret(&self) {
        if let Some(desk) = &self.shared.desk {
            desk.reset_issued();
        }
    }

    /// Whether [`with_rejection_response`](Self::with_rejection_response) was used.
    #[must_use]
    pub fn has_own_responses(&self) -> bool {
        self.shared.answer.is_some()
    }

    /// Returns the declaration that requests are verified by.
    #[must_use]
    pub fn declaration(&self) -> &Provider {
        self.shared.verifier.provider()
    }

    /// The slug of the provider, for logs.
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
