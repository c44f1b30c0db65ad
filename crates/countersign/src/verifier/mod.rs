//! From a request to a [`Delivery`]: one path, in one call or chunk by chunk.

mod begin;
mod body;
mod buffer;
mod grammar;
mod intake;
mod plan;
mod ports;
mod render;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::delivery::Delivery;
use crate::error::{ConfigError, VerifyError};
use crate::head::{Head, Headers};
use crate::mac::KeyRing;
use crate::provider::Provider;
use crate::scheme::Limits;
use crate::secret::SecretSet;
use crate::time::{Tolerance, UnixTime};

pub(crate) use body::render_body;
pub(crate) use grammar::Grammar;
pub use intake::Intake;
pub(crate) use plan::{Plan, Source};
pub(crate) use render::{Rendered, Values, render};

/// Verifies the deliveries of one provider under one set of secrets. Cheap to clone.
///
/// ```
/// use countersign::{Head, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
///
/// let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let now = UnixTime::from_secs(1_700_000_000);
/// let body = r#"{"type":"invoice.paid"}"#;
/// let signer = Signer::new(&providers::svix::PROVIDER, secret.clone())?;
/// let headers = signer.sign(&SigningRequest::new(body, now).with_id("msg_1"))?;
///
/// let verifier = Verifier::new(&providers::svix::PROVIDER, secret)?;
/// let delivery = verifier.verify(&Head::new(&headers), body, now)?;
/// assert_eq!(delivery.id().unwrap().as_str(), "msg_1");
/// assert!(delivery.id().unwrap().is_signed());
///
/// let tampered = verifier.verify(&Head::new(&headers), r#"{"type":"invoice.void"}"#, now);
/// assert_eq!(tampered.unwrap_err().kind().as_str(), "signature_mismatch");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Verifier {
    pub(crate) plan: Arc<Plan>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) limits: Limits,
}

impl Verifier {
    /// A verifier with the defaults of the declaration.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the declaration is malformed, or a secret is not one of this provider's.
    pub fn new(
        provider: impl Into<Cow<'static, Provider>>,
        secrets: impl Into<SecretSet>,
    ) -> Result<Self, ConfigError> {
        Self::builder(provider, secrets).build()
    }

    /// A verifier with something changed.
    #[must_use]
    pub fn builder(
        provider: impl Into<Cow<'static, Provider>>,
        secrets: impl Into<SecretSet>,
    ) -> VerifierBuilder {
        VerifierBuilder { provider: provider.into(), secrets: secrets.into() }
    }

    /// The same verifier under other secrets: one per tenant.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when a secret is not one of this provider's.
    pub fn with_secrets(&self, secrets: &SecretSet) -> Result<Self, ConfigError> {
        let keys = KeyRing::new(&self.plan.provider.scheme, secrets)?;
        Ok(Self { plan: Arc::clone(&self.plan), keys: Arc::new(keys), limits: self.limits })
    }

    /// The declaration, with what the builder changed.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.plan.provider
    }

    /// Whether the provider signs the URL, so that [`Head::with_url`] has to be used.
    #[must_use]
    pub fn needs_url(&self) -> bool {
        self.plan.signs_url()
    }

    /// Verifies a request whose body is at hand. No heap allocation for schemes that sign headers and body.
    ///
    /// # Errors
    ///
    /// [`VerifyError`], the cheapest one first: shape of the headers, then the timestamp, then the size, then the
    /// signature, then what is read from the body.
    pub fn verify<H: Headers>(
        &self,
        head: &Head<'_, H>,
        body: impl Into<Bytes>,
        now: UnixTime,
    ) -> Result<Delivery, VerifyError> {
        let mut intake = self.begin(head, now)?;
        intake.push(body.into())?;
        intake.finish(now)
    }

    /// Judges the head of a request, before its body is read.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] for everything that needs no body: no computation was spent on such a request.
    pub fn begin<H: Headers>(&self, head: &Head<'_, H>, now: UnixTime) -> Result<Intake, VerifyError> {
        Intake::begin(self, head, now)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("provider", &self.plan.provider.slug)
            .field("keys", &self.keys)
            .finish()
    }
}

/// Makes a [`Verifier`] that differs from its declaration.
#[derive(Clone, Debug)]
#[must_use]
pub struct VerifierBuilder {
    provider: Cow<'static, Provider>,
    secrets: SecretSet,
}

impl VerifierBuilder {
    /// Another tolerance for the timestamp. Without effect on providers that send none.
    pub fn with_tolerance(mut self, tolerance: Tolerance) -> Self {
        if let Some(timestamp) = &mut self.provider.to_mut().scheme.timestamp {
            timestamp.tolerance = tolerance;
        }
        self
    }

    /// Other limits.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.provider.to_mut().scheme.limits = limits;
        self
    }

    /// Checks the declaration and prepares the keys.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the declaration is malformed, or a secret is not one of this provider's.
    pub fn build(self) -> Result<Verifier, ConfigError> {
        let plan = Plan::new(self.provider)?;
        let keys = KeyRing::new(&plan.provider.scheme, &self.secrets)?;
        let limits = plan.provider.scheme.limits;
        Ok(Verifier { plan: Arc::new(plan), keys: Arc::new(keys), limits })
    }
}
