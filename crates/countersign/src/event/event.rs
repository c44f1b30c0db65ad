use std::fmt;

use super::catalog::{EventCatalog, Variant};
use super::decode::{DecodeError, decode};
use super::requirement::Requirement;
use super::versions::UnknownVersion;
use crate::delivery::{Delivery, Field};

/// A verified delivery with its typed data: an extractor of axum and actix-web, and the argument of handlers of the
/// durable inbox.
///
/// ```
/// use countersign::Event;
/// use countersign::providers::preflix;
///
/// async fn handle(event: Event<preflix::Event>) {
///     match event.data {
///         preflix::Event::AuditCompleted(audit) => println!("fetch report {}", audit.report_id),
///         // A type without a variant is not an error: a status other than 2xx would cause a retry.
///         _ => println!("{:?} can wait", event.delivery.event_type()),
///     }
/// }
/// ```
///
/// The extractors answer data that does not fit the type with 422, and log its path. So they do a delivery without a
/// type, whatever `T` is; a handler that takes a [`Delivery`] or a [`RawBody`](crate::RawBody) gets it. Take a
/// `Result<Event<T>, ExtractError>` to respond otherwise. They require the layer or middleware that verifies
/// requests: without it, they respond with 500.
#[derive(Clone)]
pub struct Event<T> {
    /// The data, decoded into the variant for its type.
    pub data: T,
    /// The verified delivery: id, type, timestamp, key, raw body.
    pub delivery: Delivery,
}

impl<T> fmt::Debug for Event<T> {
    /// Omits the data, which is part of the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}

impl<T: EventCatalog> Event<T> {
    /// Decodes the data of a delivery.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] with the JSON path if the delivery has no type or the data of a known type has another shape.
    pub fn decode(delivery: Delivery) -> Result<Self, DecodeError> {
        delivery.check_payload()?;
        let required = &*delivery.inner.compiled.provider.event.require;
        if !required.is_empty()
            && let Some(tag) = delivery.event_type().map(Field::as_str).filter(|tag| T::TAGS.contains(tag))
        {
            let check = |one: &Requirement| one.check(delivery.payload(), tag);
            required.iter().try_for_each(check).map_err(|error| error.of_type(tag))?;
        }
        if !delivery.is_wrapped()
            && T::VERSIONS.is_empty()
            && let Some(envelope) = &delivery.inner.compiled.envelope
            && let Some((data, body_fields)) = envelope.decode(&delivery.body)
        {
            // `set` fails if the fields were looked up before; the result is the same.
            let _ = delivery.body_fields.set(Box::new(body_fields));
            return Ok(Self { data, delivery });
        }
        let declared = delivery.inner.compiled.provider.event.event_type.as_ref();
        let tag = delivery.event_type().ok_or_else(|| DecodeError::no_type(declared))?.as_str();
        let version = version_of::<T>(&delivery, tag).map_err(|error| error.of_type(tag))?;
        let seed = Variant::new(tag).with_version(version);
        let data = decode(delivery.payload(), &delivery.inner.compiled.data, seed)
            .map_err(|error| error.of_type(tag))?;
        Ok(Self { data, delivery })
    }
}

/// Returns the version of the data, if its type has versions.
fn version_of<T: EventCatalog>(delivery: &Delivery, tag: &str) -> Result<Option<&'static str>, DecodeError> {
    let Some(versions) = T::VERSIONS.iter().find(|versions| versions.tag == tag) else { return Ok(None) };
    if delivery.provider().event.version.is_none() {
        return Err(DecodeError::no_payload(
            "the type has versions, and the declaration names no place for them: use `Provider::with_event_version`",
        ));
    }
    let Some(version) = delivery.event_version() else { return Ok(versions.known.first().copied()) };
    match versions.known.iter().find(|known| **known == version) {
        Some(known) => Ok(Some(known)),
        None => Err(DecodeError::unknown_version(UnknownVersion { version, known: versions.known })),
    }
}
