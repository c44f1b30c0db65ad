use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::check_head::{HeadFields, RequestLine, announced_length, check_head};
use super::decide::decide;
use super::decision::CheckedHead;
use super::intake::Intake;
use super::rendered::Rendered;
use super::resolve::Resolved;
use super::signed_parts::SignedParts;
use crate::compiled::{CompiledScheme, HeaderValues, Memory, Slot, VerifierInner, render_body};
use crate::delivery::Delivery;
use crate::error::{ConfigError, ConfigWarning, VerifyError};
use crate::handshake::Steps;
use crate::head::{Head, Headers};
use crate::mac::{Key, KeyRing, Role};
use crate::provider::Provider;
use crate::scheme::{Algorithm, Limits, Text};
use crate::secret::SecretSet;
use crate::short_string::ShortString;
use crate::time::{Tolerance, UnixTime};

/// Verifies the deliveries of one provider under one set of secrets. Cheap to clone.
///
/// ```
/// use countersign::{Head, Secret, Signer, SigningRequest, UnixTime, Verifier, providers};
///
/// let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let now = UnixTime::from_secs(1_700_000_000);
/// let body = r#"{"type":"invoice.paid"}"#;
/// let signer = Signer::new(&providers::SVIX, secret.clone())?;
/// let headers = signer.sign(&SigningRequest::new(body, now).with_id("msg_1"))?;
///
/// let verifier = Verifier::new(&providers::SVIX, secret)?;
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
    pub(crate) inner: Arc<VerifierInner>,
}

impl Verifier {
    /// Creates a verifier with the defaults of the declaration.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the declaration is malformed, or a secret does not fit this provider.
    pub fn new(
        provider: impl Into<Cow<'static, Provider>>,
        secrets: impl Into<SecretSet>,
    ) -> Result<Self, ConfigError> {
        Self::builder(provider, secrets).build()
    }

    /// Creates a verifier without keys, which accepts nothing by itself. For providers whose keys are looked up per
    /// request: see [`ReceiverBuilder::with_key_source`](crate::receiver::ReceiverBuilder::with_key_source).
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the declaration is malformed, or the feature for its algorithm is not enabled.
    pub fn keyless(provider: impl Into<Cow<'static, Provider>>) -> Result<Self, ConfigError> {
        let compiled = CompiledScheme::new(provider.into())?;
        compiled.check_complete()?;
        Ok(Self { inner: Arc::new(VerifierInner::new(compiled, Arc::default())) })
    }

    /// Creates a builder, to change the tolerance or the limits of the declaration.
    pub fn builder(
        provider: impl Into<Cow<'static, Provider>>,
        secrets: impl Into<SecretSet>,
    ) -> VerifierBuilder {
        VerifierBuilder { provider: provider.into(), secrets: secrets.into(), idle_tolerance: false }
    }

    /// Returns this verifier with other secrets, for example those of a tenant.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if a secret does not fit this provider.
    pub fn with_secrets(&self, secrets: &SecretSet) -> Result<Self, ConfigError> {
        Ok(Self { inner: Arc::new(self.inner.with_secrets(secrets)?) })
    }

    /// Sets the limit on the body, in bytes.
    #[must_use]
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        Arc::make_mut(&mut self.inner).limits.body_bytes = bytes;
        self
    }

    /// Returns the limit on the body, in bytes.
    #[must_use]
    pub fn body_limit(&self) -> usize {
        self.inner.limits.body_bytes
    }

    /// Returns the declaration, with the changes of the builder.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.inner.compiled.provider
    }

    /// Returns whether the provider signs the URL, so that [`Head::with_url`] is required.
    #[must_use]
    pub fn needs_url(&self) -> bool {
        self.inner.compiled.signs_url()
    }

    /// Returns the memory that a request takes besides its bytes.
    pub(crate) fn memory(&self) -> Memory {
        self.inner.compiled.memory
    }

    /// Returns what weakens the protection of the declaration.
    pub(crate) fn warnings(&self) -> &[ConfigWarning] {
        &self.inner.compiled.warnings
    }

    /// Returns this verifier without keys. It accepts nothing.
    pub(crate) fn without_keys(&self) -> Self {
        Self { inner: Arc::new(VerifierInner { keys: Arc::default(), ..VerifierInner::clone(&self.inner) }) }
    }

    /// Returns this verifier with a decoy key, under which no request was signed. Its acceptance is not proof of
    /// anything.
    pub(crate) fn with_decoy_key(&self) -> Self {
        let keys = Arc::new(KeyRing::decoy(&self.inner.compiled.provider.scheme));
        Self { inner: Arc::new(VerifierInner { keys, ..VerifierInner::clone(&self.inner) }) }
    }

    /// Marks this verifier as the fallback of the declaration with this slug.
    pub(crate) fn into_fallback_of(mut self, slug: Text) -> Self {
        Arc::make_mut(&mut self.inner).fallback_of = Some(slug);
        self
    }

    /// Returns the handshakes of the provider that are answered without the handler.
    pub(crate) fn handshakes(&self) -> Option<Arc<Steps>> {
        self.inner.compiled.handshakes.clone()
    }

    /// Returns whether there is any key, whether or not it is in its period of use.
    pub(crate) fn has_keys(&self) -> bool {
        self.inner.keys.iter().next().is_some()
    }

    /// Returns whether the text contains a key that signs content, or is a secret that one is derived from.
    pub(crate) fn shares_key(&self, text: &str) -> bool {
        let scheme = &self.inner.compiled.provider.scheme;
        let signs = !matches!(scheme.algorithm, Algorithm::Token | Algorithm::Basic);
        signs && self.inner.keys.is_shared_with(scheme, text)
    }

    /// Returns the first key that is in use at `now`.
    pub(crate) fn signing_key(&self, now: UnixTime) -> Option<&Key> {
        self.inner.keys.active(now).next().map(|(_, key)| key)
    }

    /// Verifies a request with a complete body. Performs no heap allocation for schemes that sign headers and body.
    ///
    /// # Errors
    ///
    /// [`VerifyError`], in the order of cost: the form of the headers, the timestamp, the size, the signature, and
    /// last the fields in the body.
    pub fn verify<H: Headers>(
        &self,
        head: &Head<'_, H>,
        body: impl Into<Bytes>,
        now: UnixTime,
    ) -> Result<Delivery, VerifyError> {
        let body = body.into();
        let (resolved, mut signed_parts) = (self.resolve(head), SignedParts::new());
        let header_values = self.header_values(head, resolved.as_ref());
        let fields = check_head(&self.inner, &header_values, RequestLine::of(head), now, &mut signed_parts)?;
        self.inner.check_size(body.len(), 0)?;
        let HeadFields { signatures, id, event_type, timestamp } = &fields;
        let checked_head =
            CheckedHead { signatures, signed_parts: &signed_parts, timestamp: *timestamp, began: now };
        let decision = decide(&self.inner, &checked_head, &body, &[], now)?;
        let (id, event_type) = (id.map(ShortString::ascii), event_type.map(ShortString::ascii));
        Ok(decision.deliver(Arc::clone(&self.inner), id, event_type, body, now).keeping(&signed_parts))
    }

    /// Returns the bytes that the signature covers, whether or not it is right. If the content contains the secret,
    /// the part before or after the body that contains it is left out.
    pub(crate) fn signed_bytes<H: Headers>(
        &self,
        head: &Head<'_, H>,
        body: &[u8],
        now: UnixTime,
    ) -> Result<Vec<u8>, VerifyError> {
        let (compiled, resolved, mut signed_parts) =
            (&*self.inner.compiled, self.resolve(head), SignedParts::new());
        check_head(
            &self.inner,
            &self.header_values(head, resolved.as_ref()),
            RequestLine::of(head),
            now,
            &mut signed_parts,
        )?;
        let before = signed_parts.prefix.without_secret().unwrap_or_default();
        let after = signed_parts.suffix().and_then(Rendered::without_secret).unwrap_or_default();
        let body = render_body(compiled.body_rules(), &compiled.body, before, body)?;
        Ok([before, &body, after].concat())
    }

    /// Checks the head of a request before its body is read.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] for every defect that is visible without the body. No hash or signature is computed for such
    /// a request.
    pub fn begin<H: Headers>(&self, head: &Head<'_, H>, now: UnixTime) -> Result<Intake, VerifyError> {
        let (inner, resolved) = (&self.inner, self.resolve(head));
        let header_values = self.header_values(head, resolved.as_ref());
        let mut signed_parts = SignedParts::new();
        let fields = check_head(inner, &header_values, RequestLine::of(head), now, &mut signed_parts)?;
        let announced = announced_length(header_values.get(Slot::ContentLength), inner.limits.body_bytes)?;
        Ok(Intake::new(Arc::clone(inner), &fields, signed_parts, announced, now))
    }

    /// Collects the header values in one pass. All later code is the same for every framework.
    #[inline]
    fn header_values<'r, 'h: 'r, H: Headers>(
        &self,
        head: &Head<'h, H>,
        resolved: Option<&'r Resolved<'h>>,
    ) -> HeaderValues<'r> {
        let mut header_values = self.inner.compiled.header_index.collect(head.headers());
        if let Some(resolved) = resolved {
            resolved.put(&mut header_values);
        }
        header_values
    }

    /// Resolves the values of the head that are in the query, or in one of several places.
    #[inline]
    fn resolve<'h, H: Headers>(&self, head: &Head<'h, H>) -> Option<Resolved<'h>> {
        let compiled = &*self.inner.compiled;
        let make =
            || Resolved::new(compiled, &compiled.header_index.collect(head.headers()), RequestLine::of(head));
        compiled.resolves.then(make)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("provider", &self.inner.compiled.provider.slug)
            .field("keys", &self.inner.keys)
            .finish()
    }
}

/// Builds a [`Verifier`] that differs from its declaration.
#[derive(Clone, Debug)]
#[must_use]
pub struct VerifierBuilder {
    provider: Cow<'static, Provider>,
    secrets: SecretSet,
    /// A tolerance was set although the provider sends no timestamp.
    idle_tolerance: bool,
}

impl VerifierBuilder {
    /// Sets the tolerance for the timestamp. [`build`](Self::build) refuses a bound for a provider that sends no
    /// timestamp, because it could not be enforced.
    pub fn with_tolerance(mut self, tolerance: Tolerance) -> Self {
        match &mut self.provider.to_mut().scheme.timestamp {
            Some(timestamp) => timestamp.tolerance = tolerance,
            None => self.idle_tolerance = tolerance.past().is_some() || tolerance.future().is_some(),
        }
        self
    }

    /// Sets the limits on sizes.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.provider.to_mut().scheme.limits = limits;
        self
    }

    /// Checks the declaration and prepares the keys.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the declaration is malformed, a secret does not fit this provider, or a tolerance was set
    /// for a provider that sends no timestamp.
    pub fn build(self) -> Result<Verifier, ConfigError> {
        if self.idle_tolerance {
            let slug = &self.provider.slug;
            let problem = format!(
                "`{slug}` declares no timestamp, so nothing bounds the age of a request: remove `with_tolerance`, or declare \
                 `scheme.timestamp`"
            );
            return Err(ConfigError::new("tolerance", problem));
        }
        let compiled = CompiledScheme::new(self.provider)?;
        compiled.check_complete()?;
        let keys = KeyRing::new(&compiled.provider.scheme, &self.secrets, Role::Verifier)?;
        let tenant = self.secrets.tenant().map(Arc::from);
        Ok(Verifier {
            inner: Arc::new(VerifierInner { tenant, ..VerifierInner::new(compiled, Arc::new(keys)) }),
        })
    }
}
