//! The verified delivery and its fields.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use smallvec::SmallVec;

use crate::budget::Budget;
use crate::compiled::{BodyFields, Source, VerifierInner};
use crate::content;
use crate::event::{DecodeError, decode};
use crate::json::lookup;
use crate::provider::Provider;
use crate::short_string::ShortString;
use crate::time::UnixTime;

/// A delivery whose signature was verified. Only a [`Verifier`](crate::Verifier) creates one. An extractor of axum and
/// actix-web, and in the extensions of verified requests.
///
/// Id, type and timestamp each state whether the signature covers them. An unsigned id can be changed by a sender who
/// can see and repeat a request, so it does not protect against replays.
///
/// Fields in the body are looked up on first access, in one pass that builds no document.
#[derive(Clone)]
pub struct Delivery {
    pub(crate) inner: Arc<VerifierInner>,
    pub(crate) key: usize,
    pub(crate) id: Option<ShortString>,
    pub(crate) event_type: Option<ShortString>,
    pub(crate) timestamp: Option<UnixTime>,
    pub(crate) received_at: UnixTime,
    pub(crate) body: Bytes,
    pub(crate) body_fields: OnceLock<Box<BodyFields>>,
    /// Kept if it is needed to tell deliveries apart: see `CompiledScheme::keeps_around`.
    pub(crate) surroundings: Option<Surroundings>,
    /// The request as the fallback declaration reads it, if the request has a signature for that, too, and that leaves
    /// the id or the type open. Not verified: it serves for comparisons alone.
    pub(crate) in_fallback: Option<Box<Self>>,
}

/// A value of a delivery, and whether the signature covers it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Field<T> {
    value: T,
    signed: bool,
}

impl<T: Copy> Field<T> {
    /// Returns the value.
    #[must_use]
    pub const fn value(self) -> T {
        self.value
    }

    /// Returns whether the signature covers the value.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        self.signed
    }
}

impl<'a> Field<&'a str> {
    /// Returns the value.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.value
    }
}

impl Delivery {
    /// Returns the declaration of the provider.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.inner.compiled.provider
    }

    /// Returns the id of the delivery, which stays the same when the delivery is repeated. An empty id counts as
    /// absent.
    #[must_use]
    pub fn id(&self) -> Option<Field<&str>> {
        let compiled = &*self.inner.compiled;
        let in_body = || self.body_fields().id.as_ref().map(|id| id.as_str(&self.body));
        let value = first(self.id.as_ref(), in_body, compiled.id.as_ref())?;
        Some(Field { value, signed: self.inner.compiled.signs.id })
    }

    /// Returns the type of the event. An empty type counts as absent.
    #[must_use]
    pub fn event_type(&self) -> Option<Field<&str>> {
        let compiled = &*self.inner.compiled;
        let in_body =
            || self.body_fields().event_type.as_ref().map(|event_type| event_type.as_str(&self.body));
        let value = first(self.event_type.as_ref(), in_body, compiled.event_type.as_ref())?;
        Some(Field { value, signed: self.inner.compiled.signs.event_type })
    }

    /// Returns the version of the data, if the declaration names its place and the payload has a text or a number there.
    /// The signature covers it if it [covers the body](Self::is_body_signed).
    #[must_use]
    pub fn event_version(&self) -> Option<String> {
        let payload = self.payload();
        let [version] = lookup(payload, [self.inner.compiled.version.as_deref()]);
        version.filter(|version| !version.is_empty()).map(|version| version.as_str(payload).to_owned())
    }

    /// Returns the time at which, by the provider, the delivery was sent or the event happened.
    #[must_use]
    pub fn timestamp(&self) -> Option<Field<UnixTime>> {
        Some(Field { value: self.timestamp?, signed: self.inner.compiled.signs.timestamp })
    }

    /// Returns the time of verification, by the receiver's clock.
    #[must_use]
    pub const fn received_at(&self) -> UnixTime {
        self.received_at
    }

    /// Returns the id of the [tenant](crate::receiver::Tenant) whose secret matched, if the receiver looks tenants up.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.inner.tenant.as_deref()
    }

    /// Returns whether the fallback of [`ReceiverBuilder::with_fallback`](crate::receiver::ReceiverBuilder::with_fallback)
    /// verified the delivery. [`provider`](Self::provider) is then the declaration of the fallback.
    #[must_use]
    pub fn is_from_fallback(&self) -> bool {
        self.inner.fallback_of.is_some()
    }

    /// Returns the slug under which deliveries of this endpoint are deduplicated. It is the slug of the primary
    /// declaration even if the fallback verified the delivery, so that a delivery repeated under the other scheme is
    /// a duplicate.
    #[must_use]
    pub fn endpoint_slug(&self) -> &str {
        self.inner.fallback_of.as_deref().unwrap_or(&self.provider().slug)
    }

    /// Returns the name of the key that matched.
    #[must_use]
    pub fn key(&self) -> &str {
        self.inner.keys.name(self.key).unwrap_or_default()
    }

    /// Returns the body as it was received.
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the content of the body: the payload if the body is or contains a JWT; the decompressed body if it
    /// is gzip; the JSON in the form field that the declaration names as `event.payload`. Otherwise the body itself.
    #[must_use]
    pub fn payload(&self) -> &Bytes {
        let body_fields = if self.is_wrapped() {
            Some(self.body_fields())
        } else {
            self.body_fields.get().map(|body_fields| &**body_fields)
        };
        body_fields.and_then(|body_fields| body_fields.payload.as_ref()).unwrap_or(&self.body)
    }

    /// Returns whether the content may be wrapped in gzip or a form.
    pub(crate) fn is_wrapped(&self) -> bool {
        self.inner.compiled.payload.is_some() || content::is_gzip(&self.body)
    }

    /// Returns the error for a [payload](Self::payload) that is missing although it is expected.
    pub(crate) fn check_payload(&self) -> Result<(), DecodeError> {
        if !self.is_wrapped() {
            return Ok(());
        }
        self.body_fields().problem.map_or(Ok(()), |problem| Err(DecodeError::no_payload(problem)))
    }

    /// Returns whether the signature covers the body. Tokens and HTTP Basic cover nothing.
    #[must_use]
    pub fn is_body_signed(&self) -> bool {
        self.inner.compiled.signs.body
    }

    /// Decodes the whole [payload](Self::payload) from JSON.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] with the JSON path.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        self.check_payload()?;
        decode(self.payload(), &[], PhantomData)
    }

    /// Decodes the data of the event from the place that the declaration names.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] with the JSON path.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        self.check_payload()?;
        decode(self.payload(), &self.inner.compiled.data, PhantomData)
    }

    /// Decompresses a body in gzip, and counts its content in the budget until the delivery is dropped. Returns `None` if
    /// the budget is spent.
    #[inline]
    pub(crate) fn count_content(self, budget: &Budget) -> Option<Self> {
        if content::is_gzip(&self.body) { self.decompress_within(budget) } else { Some(self) }
    }

    #[cold]
    fn decompress_within(mut self, budget: &Budget) -> Option<Self> {
        let bytes = self.body_fields().payload.as_ref().map_or(0, Bytes::len);
        let counted = budget.count(bytes)?;
        if let Some(body_fields) = self.body_fields.get_mut() {
            body_fields.counted = Some(Arc::new(counted));
        }
        Some(self)
    }

    fn body_fields(&self) -> &BodyFields {
        self.body_fields.get_or_init(|| Box::new(self.inner.look_up(&self.body, None).0))
    }
}

/// Returns the value from the head, or from the body if the declaration names the body first.
fn first<'a>(
    in_head: Option<&'a ShortString>,
    in_body: impl Fn() -> Option<&'a str>,
    source: Option<&Source>,
) -> Option<&'a str> {
    let in_head = in_head.map(ShortString::as_str);
    if source.is_some_and(Source::prefers_body) { in_body().or(in_head) } else { in_head.or_else(in_body) }
}

impl fmt::Debug for Delivery {
    /// Omits the body, which may contain personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("provider", &self.provider().slug)
            .field("id", &self.id().map(Field::as_str))
            .field("event_type", &self.event_type().map(Field::as_str))
            .field("timestamp", &self.timestamp)
            .field("received_at", &self.received_at)
            .field("key", &self.key())
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// The signed bytes around the body that a delivery keeps. Stored inline if only a timestamp or an id is signed.
#[derive(Clone)]
pub(crate) struct Surroundings {
    /// Of a content with two readings, the shorter one.
    pub(crate) before: SmallVec<[u8; INLINE]>,
    /// Few schemes sign anything after the body.
    pub(crate) after: Option<Box<[u8]>>,
}

/// The inline capacity in bytes: enough for an id or a timestamp.
const INLINE: usize = 40;
