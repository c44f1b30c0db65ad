//! The proof that a delivery was verified.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::event::{DecodeError, decode};
use crate::form;
use crate::inline::Inline;
use crate::pick::{Scalar, pick};
use crate::provider::Provider;
use crate::time::UnixTime;
use crate::verifier::{Around, Core, Plan, Source};

/// A delivery whose signature held. Only a [`Verifier`](crate::Verifier) makes one.
///
/// Each of id, type and timestamp says whether the signature covers it: an id that is not signed can be changed by
/// whoever can see and repeat a request, so it is no protection against replays.
///
/// Fields that live in the body are looked up when they are first asked for, in one pass that builds nothing.
#[derive(Clone)]
pub struct Delivery {
    pub(crate) core: Arc<Core>,
    pub(crate) key: usize,
    pub(crate) id: Option<Inline>,
    pub(crate) event_type: Option<Inline>,
    pub(crate) timestamp: Option<UnixTime>,
    pub(crate) received_at: UnixTime,
    pub(crate) body: Bytes,
    pub(crate) picked: OnceLock<Box<Picked>>,
    /// Kept where it takes part in telling deliveries apart: see `Plan::keeps_around`.
    pub(crate) around: Option<Arc<Around>>,
}

/// What was found in the body.
#[derive(Clone)]
pub(crate) struct Picked {
    pub(crate) id: Option<Scalar>,
    pub(crate) event_type: Option<Scalar>,
    /// What the body says, where it is a token.
    pub(crate) payload: Option<Bytes>,
}

/// A value of a delivery, and whether the signature covers it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Field<T> {
    value: T,
    signed: bool,
}

impl<T: Copy> Field<T> {
    /// The value.
    #[must_use]
    pub const fn value(self) -> T {
        self.value
    }

    /// Whether the signature covers it.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        self.signed
    }
}

impl<'a> Field<&'a str> {
    /// The value.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.value
    }
}

impl Delivery {
    /// The declaration of the provider.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.core.plan.provider
    }

    /// Returns the id of the delivery, the same when it is repeated. An empty one is none.
    #[must_use]
    pub fn id(&self) -> Option<Field<&str>> {
        let value = match &self.id {
            Some(id) => id.as_str(),
            None => self.picked().id.as_ref()?.as_str(&self.body),
        };
        (!value.is_empty()).then_some(Field { value, signed: self.core.plan.signs.id })
    }

    /// Returns the type of the event. An empty one is none.
    #[must_use]
    pub fn event_type(&self) -> Option<Field<&str>> {
        let value = match &self.event_type {
            Some(event_type) => event_type.as_str(),
            None => self.picked().event_type.as_ref()?.as_str(&self.body),
        };
        (!value.is_empty()).then_some(Field { value, signed: self.core.plan.signs.event_type })
    }

    /// When the provider says that it sent the delivery, or that the event happened.
    #[must_use]
    pub fn timestamp(&self) -> Option<Field<UnixTime>> {
        Some(Field { value: self.timestamp?, signed: self.core.plan.signs.timestamp })
    }

    /// When the delivery was verified, by the clock of the receiver.
    #[must_use]
    pub const fn received_at(&self) -> UnixTime {
        self.received_at
    }

    /// The id of the tenant whose secret matched, where [`SecretSet::with_tenant`](crate::SecretSet::with_tenant) named
    /// it.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.core.tenant.as_deref()
    }

    /// Whether the fallback of [`Receiver::with_fallback`](crate::receiver::Receiver::with_fallback) verified it.
    /// [`provider`](Self::provider) is then the declaration of the fallback.
    #[must_use]
    pub fn is_from_fallback(&self) -> bool {
        self.core.fallback_of.is_some()
    }

    /// The slug that deliveries of this endpoint are remembered under: that of the primary declaration, whichever of the
    /// two verified it, so that a delivery that is repeated under the other scheme is a duplicate.
    #[must_use]
    pub fn endpoint_slug(&self) -> &str {
        self.core.fallback_of.as_deref().unwrap_or(&self.provider().slug)
    }

    /// The name of the key that matched.
    #[must_use]
    pub fn key(&self) -> &str {
        self.core.keys.name(self.key).unwrap_or_default()
    }

    /// The body, as it was received.
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// What the body says: the payload of the token, where the body is one or has one in it, and the body itself everywhere
    /// else.
    #[must_use]
    pub fn payload(&self) -> &Bytes {
        self.picked.get().and_then(|picked| picked.payload.as_ref()).unwrap_or(&self.body)
    }

    /// Whether the signature covers the body. Tokens and HTTP Basic cover nothing.
    #[must_use]
    pub fn is_body_signed(&self) -> bool {
        self.core.plan.signs.body
    }

    /// The whole [payload](Self::payload), decoded from JSON.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] with the JSON path.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        decode(self.payload(), &[], PhantomData)
    }

    /// The data of the event, decoded from where the provider's declaration says that it is.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] with the JSON path.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        decode(self.payload(), &self.core.plan.data, PhantomData)
    }

    fn picked(&self) -> &Picked {
        self.picked.get_or_init(|| Box::new(Picked::with(&self.core.plan, &self.body, None).0))
    }
}

impl Picked {
    /// Looks up id and type, as far as they are in the body, and one value more.
    pub(crate) fn with(plan: &Plan, body: &[u8], more: Option<&Source>) -> (Self, Option<Scalar>) {
        let sources = [plan.id.as_ref(), plan.event_type.as_ref(), more];
        let paths = sources.map(|source| match source {
            Some(Source::Json(path)) => Some(path.as_slice()),
            _ => None,
        });
        let mut found =
            if paths.iter().any(Option::is_some) { pick(body, paths) } else { [const { None }; 3] };
        for (found, source) in found.iter_mut().zip(sources) {
            if let Some(Source::Form(name)) = source {
                *found = form::field(body, name).map(Scalar::Text);
            }
        }
        let [id, event_type, more] = found;
        (Self { id, event_type, payload: None }, more)
    }
}

impl fmt::Debug for Delivery {
    /// Without the body: it may hold anything.
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
