//! The proof that a delivery was verified.

use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::content::{self, Unwrapped};
use crate::event::{DecodeError, decode};
use crate::form;
use crate::inline::Inline;
use crate::pick::{Scalar, pick, pick_all};
use crate::provider::Provider;
use crate::signed::Surroundings;
use crate::time::UnixTime;
use crate::verifier::{Core, Source};

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
    pub(crate) around: Option<Surroundings>,
}

/// What was found in the body.
#[derive(Clone)]
pub(crate) struct Picked {
    pub(crate) id: Option<Scalar>,
    pub(crate) event_type: Option<Scalar>,
    /// The content of the body, where it is inside of a token, gzip or a form.
    pub(crate) payload: Option<Bytes>,
    /// The reason why there is no payload.
    pub(crate) problem: Option<&'static str>,
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
        let plan = &*self.core.plan;
        let in_body = || self.picked().id.as_ref().map(|id| id.as_str(&self.body));
        let value = first(self.id.as_ref(), in_body, plan.id.as_ref())?;
        Some(Field { value, signed: self.core.plan.signs.id })
    }

    /// Returns the type of the event. An empty one is none.
    #[must_use]
    pub fn event_type(&self) -> Option<Field<&str>> {
        let plan = &*self.core.plan;
        let in_body = || self.picked().event_type.as_ref().map(|event_type| event_type.as_str(&self.body));
        let value = first(self.event_type.as_ref(), in_body, plan.event_type.as_ref())?;
        Some(Field { value, signed: self.core.plan.signs.event_type })
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

    /// Returns the id of the tenant whose secret matched, where
    /// [`SecretSet::with_tenant`](crate::SecretSet::with_tenant) named it.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.core.tenant.as_deref()
    }

    /// Returns whether the fallback of [`Receiver::with_fallback`](crate::receiver::Receiver::with_fallback) verified
    /// it. [`provider`](Self::provider) is then the declaration of the fallback.
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

    /// The content of the body: the payload of the token, where the body is one or has one in it; decompressed, where the body is gzip;
    /// the JSON of the form field that the declaration names as `event.payload`. It is the body itself everywhere else.
    #[must_use]
    pub fn payload(&self) -> &Bytes {
        let picked =
            if self.is_wrapped() { Some(self.picked()) } else { self.picked.get().map(|picked| &**picked) };
        picked.and_then(|picked| picked.payload.as_ref()).unwrap_or(&self.body)
    }

    /// Whether the content may be inside of something else: gzip, or a form.
    pub(crate) fn is_wrapped(&self) -> bool {
        self.core.plan.payload.is_some() || content::is_gzip(&self.body)
    }

    /// Returns the error for a missing [payload](Self::payload) where there should be one.
    pub(crate) fn check_payload(&self) -> Result<(), DecodeError> {
        if !self.is_wrapped() {
            return Ok(());
        }
        self.picked().problem.map_or(Ok(()), |problem| Err(DecodeError::no_payload(problem)))
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
        self.check_payload()?;
        decode(self.payload(), &[], PhantomData)
    }

    /// The data of the event, decoded from where the provider's declaration says that it is.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] with the JSON path.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        self.check_payload()?;
        decode(self.payload(), &self.core.plan.data, PhantomData)
    }

    fn picked(&self) -> &Picked {
        self.picked.get_or_init(|| Box::new(Picked::with(&self.core, &self.body, None).0))
    }
}

/// The value of the head, or that of the body where the declaration names that first.
fn first<'a>(
    in_head: Option<&'a Inline>,
    in_body: impl Fn() -> Option<&'a str>,
    source: Option<&Source>,
) -> Option<&'a str> {
    let in_head = in_head.map(Inline::as_str);
    if source.is_some_and(Source::prefers_body) { in_body().or(in_head) } else { in_head.or_else(in_body) }
}

impl Picked {
    /// Looks up id and type, as far as they are in the body, and one value more.
    pub(crate) fn with(core: &Core, body: &[u8], more: Option<&Source>) -> (Self, Option<Scalar>) {
        let plan = &*core.plan;
        let sources = [plan.id.as_ref(), plan.event_type.as_ref(), more];
        if plan.payload.is_some() || content::is_gzip(body) {
            return Self::unwrapped(core, body, sources);
        }
        let [id, event_type, more] = lookup(sources, body, body);
        (Self { id, event_type, payload: None, problem: None }, more)
    }

    #[cold]
    fn unwrapped(core: &Core, body: &[u8], sources: [Option<&Source>; 3]) -> (Self, Option<Scalar>) {
        let Unwrapped { form, json, problem } = content::unwrap(core, body);
        let form = form.as_deref().unwrap_or(body);
        let text = json.as_deref().unwrap_or(form);
        // By themselves: their places are not those of the body.
        let own = |scalar: Scalar| match scalar {
            Scalar::Slice(_) => Scalar::Text(scalar.as_str(text).to_owned()),
            own => own,
        };
        let found = if problem.is_some() { [const { None }; 3] } else { lookup(sources, text, form) };
        let [id, event_type, more] = found.map(|found| found.map(own));
        let payload = (text.as_ptr() != body.as_ptr()).then(|| Bytes::copy_from_slice(text));
        (Self { id, event_type, payload, problem }, more)
    }
}

/// The values of the sources, in one pass over the JSON. An empty one is none.
fn lookup(sources: [Option<&Source>; 3], json: &[u8], form: &[u8]) -> [Option<Scalar>; 3] {
    let mut found = [const { None }; 3];
    if sources.iter().flatten().all(|source| matches!(source.in_body(), [] | [_])) {
        let paths = sources.map(|source| match source?.in_body() {
            [Source::Json(path)] => Some(path.as_slice()),
            _ => None,
        });
        if paths.iter().any(Option::is_some) {
            found = pick(json, paths);
        }
        for (found, source) in found.iter_mut().zip(sources) {
            if let Some([Source::Form(name)]) = source.map(Source::in_body) {
                *found = form::field(form, name).map(Scalar::Text);
            }
        }
        return found.map(|found| found.filter(|found| !found.is_empty()));
    }
    lookup_alternatives(sources, json, form)
}

/// Looks up the values of sources that have several places.
#[cold]
fn lookup_alternatives(sources: [Option<&Source>; 3], json: &[u8], form: &[u8]) -> [Option<Scalar>; 3] {
    let places = sources.map(|source| source.map(Source::in_body).unwrap_or_default());
    let all = places.iter().flat_map(|places| places.iter());
    let paths: Vec<_> =
        all.filter_map(|place| if let Source::Json(path) = place { Some(&**path) } else { None }).collect();
    let mut in_json = pick_all(json, &paths).into_iter();
    places.map(|places| {
        let mut values = places.iter().map(|place| match place {
            Source::Json(_) => in_json.next().flatten(),
            Source::Form(name) => form::field(form, name).map(Scalar::Text),
            _ => None,
        });
        let found = values.by_ref().find(|found| found.as_ref().is_some_and(|found| !found.is_empty()));
        // Each value belongs to its place: those behind the first are passed over.
        values.for_each(drop);
        found.flatten()
    })
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
