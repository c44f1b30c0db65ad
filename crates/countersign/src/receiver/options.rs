use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};

use super::handshake_answerer::HandshakeAnswerer;
use super::{
    Budget, EarlyResponse, Explainer, HandshakeCount, HandshakePolicy, KeySource, Problem, PublicUrl,
    Received, Rejection, RejectionBody, RequestHead, Tenants,
};
use crate::error::ErrorKind;
use crate::provider::Provider;
#[cfg(feature = "metrics")]
use crate::telemetry::{Outcome, Stopwatch};
use crate::time::Clock;
use crate::verifier::Verifier;

/// The configuration of an endpoint: a [`Verifier`] and the options around it. Cheap to clone.
///
/// ```
/// use std::time::Duration;
/// use countersign::receiver::{Budget, Receiver};
/// use countersign::{Secret, Verifier, providers};
///
/// let verifier = Verifier::new(&providers::STRIPE, Secret::new("whsec_abc")?)?;
/// let receiver = Receiver::builder(verifier)
///     .with_body_limit(256 << 10)
///     .with_body_deadline(Duration::from_secs(5))
///     .with_budget(Budget::new(16 << 20))
///     .build()?;
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Receiver {
    // A single shared pointer: middleware is cloned for every request.
    pub(super) shared: Arc<Options>,
}

/// Makes the body of a response to a rejection.
pub(super) type MakeBody = dyn Fn(&Problem) -> RejectionBody + Send + Sync;

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
    pub(super) explainer: Option<Arc<dyn Explainer>>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) rejection_body: Option<Arc<MakeBody>>,
    pub(super) observers: Observers,
    /// Whether requests are counted in metrics. Off for stored requests that are verified again, which were counted on arrival.
    #[cfg(feature = "metrics")]
    pub(super) is_measured: bool,
    /// Whether requests that would be rejected reach the handler.
    pub(super) observes_only: bool,
    /// The policy that was set, even if the provider does not use it.
    pub(super) policy: Option<HandshakePolicy>,
    /// `None` if the provider has no handshakes that are answered here.
    pub(super) answerer: Option<Arc<HandshakeAnswerer>>,
}

/// The verifiers with decoy keys.
#[derive(Clone)]
pub(super) struct Decoys {
    pub(super) primary: Verifier,
    pub(super) fallback: Option<Verifier>,
}

impl Options {
    #[inline]
    pub(super) fn observed(&self, received: &Received, head: &dyn Fn() -> RequestHead) {
        self.observers.observe(received, head);
    }

    pub(super) fn decoys(&self) -> &Decoys {
        self.decoys.get_or_init(|| Decoys {
            primary: self.verifier.with_decoy_key(),
            fallback: self.fallback.as_ref().map(Verifier::with_decoy_key),
        })
    }
}

impl Receiver {
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

    /// Returns whether the keys are those of its verifiers: no tenant's secrets are resolved, and no key source is asked. A stored request
    /// that [verifies](Self::verify_stored) once verifies for as long as this receiver exists.
    #[must_use]
    pub fn has_fixed_keys(&self) -> bool {
        self.shared.tenants.is_none() && self.shared.keys.is_none()
    }

    /// Returns the response to a rejection, or to a problem of a layer above the receiver.
    #[must_use]
    pub fn answer(&self, problem: impl Into<Problem>) -> Response<Bytes> {
        let empty = self.shared.verifier.provider().responses.empty;
        let problem = Problem { empty, ..problem.into() };
        let response = problem.response();
        match &self.shared.rejection_body {
            Some(body) => body(&problem).instead_of_that_in(response),
            None => response,
        }
    }

    /// Returns how often requests were rejected, or would have been, by kind. Clones share the counts.
    #[must_use]
    pub fn rejections(&self) -> Vec<(ErrorKind, u64)> {
        self.shared.observers.rejections()
    }

    /// Returns whether [`insecure_observe_only`](super::ReceiverBuilder::insecure_observe_only) was used.
    #[must_use]
    pub fn observes_only(&self) -> bool {
        self.shared.observes_only
    }

    /// Returns how often each of the provider's handshakes was answered and refused, in the order of its
    /// declaration. Handshakes that the handler answers are not counted.
    #[must_use]
    pub fn handshakes(&self) -> Vec<HandshakeCount> {
        self.shared.answerer.as_deref().map(HandshakeAnswerer::counts).unwrap_or_default()
    }

    /// Allows a further secret from a handshake that issues one (Asana, Notion), although one was stored: the
    /// endpoint is set up again. Applies to all clones of this receiver, and only to receivers without [`Tenants`]:
    /// for those the result of the resolver decides whether a secret is expected.
    pub fn reset_issued_secret(&self) {
        if let Some(answerer) = &self.shared.answerer {
            answerer.reset_issued();
        }
    }

    /// Returns whether responses to rejections differ from those of [`Rejection::response`].
    #[doc(hidden)]
    #[must_use]
    pub fn has_own_responses(&self) -> bool {
        self.shared.rejection_body.is_some()
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

    /// Counts the result of a request in metrics.
    #[cfg(feature = "metrics")]
    pub(super) fn measure(&self, received: &Received, stopwatch: &Stopwatch) {
        if !self.shared.is_measured {
            return;
        }
        let outcome = match received {
            Received::Delivery(delivery) => Outcome::Verified(delivery),
            Received::Handshake(response) => Outcome::Handshake(response.name()),
            Received::Rejected(rejection) => Outcome::Rejected(rejection.kind()),
            Received::Observed { rejection, .. } => Outcome::Observed(rejection.kind()),
        };
        outcome.count(&self.declaration().slug, stopwatch);
    }

    pub(super) fn options(&self) -> &Options {
        &self.shared
    }

    /// Builds the rejection with the response that the provider requires.
    #[cold]
    pub(super) fn refuse(&self, error: impl Into<Rejection>) -> Rejection {
        error.into().in_style(&self.options().verifier.provider().responses)
    }

    #[cold]
    pub(super) fn unknown_tenant(&self) -> Rejection {
        self.refuse(Rejection::unknown_tenant(self.options().unknown_tenant))
    }

    #[cold]
    pub(super) fn styled(&self, response: EarlyResponse) -> EarlyResponse {
        match response {
            EarlyResponse::Rejected(rejection) => EarlyResponse::Rejected(self.refuse(rejection)),
            other => other,
        }
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

/// Called with the result of each request.
type Observer = dyn Fn(&Received) + Send + Sync;

/// Called with each rejection. The closure copies the head of the request.
type RejectionObserver = dyn Fn(&Rejection, &dyn Fn() -> RequestHead) + Send + Sync;

/// The observers of a receiver, and its counts of rejections. Clones share the counts.
#[derive(Clone)]
pub(super) struct Observers {
    all: Vec<Arc<Observer>>,
    of_rejections: Vec<Arc<RejectionObserver>>,
    /// One for each of [`ErrorKind::ALL`].
    rejections: Arc<[AtomicU64]>,
}

impl Observers {
    pub(super) fn add(&mut self, observer: impl Fn(&Received) + Send + Sync + 'static) {
        self.all.push(Arc::new(observer));
    }

    pub(super) fn add_of_rejections(
        &mut self,
        observer: impl Fn(&Rejection, &dyn Fn() -> RequestHead) + Send + Sync + 'static,
    ) {
        self.of_rejections.push(Arc::new(observer));
    }

    #[inline]
    pub(super) fn observe(&self, received: &Received, head: &dyn Fn() -> RequestHead) {
        if let Received::Rejected(rejection) | Received::Observed { rejection, .. } = received {
            self.reject(rejection, head);
        }
        self.all.iter().for_each(|observer| observer(received));
    }

    /// Returns the kinds that occurred, and how often.
    pub(super) fn rejections(&self) -> Vec<(ErrorKind, u64)> {
        let counts = self.rejections.iter().map(|count| count.load(Ordering::Relaxed));
        ErrorKind::ALL.iter().copied().zip(counts).filter(|(_, count)| *count > 0).collect()
    }

    #[cold]
    fn reject(&self, rejection: &Rejection, head: &dyn Fn() -> RequestHead) {
        let kind = rejection.kind();
        let at = ErrorKind::ALL.iter().position(|known| *known == kind);
        if let Some(count) = at.and_then(|at| self.rejections.get(at)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.of_rejections.iter().for_each(|observer| observer(rejection, head));
    }
}

impl Default for Observers {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            of_rejections: Vec::new(),
            rejections: ErrorKind::ALL.iter().map(|_| AtomicU64::default()).collect(),
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observers").field("rejections", &self.rejections()).finish_non_exhaustive()
    }
}
