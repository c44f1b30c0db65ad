//! Typed events: decodes the data of a verified delivery once, directly into the variant for its type.

mod decode;
mod envelope;
mod requirement;

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer};
use serde_json::value::RawValue;

use crate::delivery::{Delivery, Field};

pub use decode::DecodeError;
pub(crate) use decode::decode;
pub(crate) use envelope::Envelope;
pub use requirement::{Requirement, ValueKind};

/// The events that a receiver handles, one variant per type. Implemented by the derive macro:
///
#[cfg_attr(feature = "derive", doc = "```")]
#[cfg_attr(not(feature = "derive"), doc = "```ignore")]
/// use countersign::{EventCatalog, UnknownEvent};
/// use serde::Deserialize;
///
/// #[derive(Debug, EventCatalog)]
/// enum Billing {
///     #[event("invoice.paid")]
///     Paid(Invoice),
///     // Several types with the same data.
///     #[event("invoice.voided", "invoice.uncollectible")]
///     Lost(Invoice),
///     // A type whose data is not needed.
///     #[event("ping")]
///     Ping,
///     // All other types: a type that the provider adds later must not be an error.
///     #[event(unknown)]
///     Other(UnknownEvent),
/// }
///
/// #[derive(Debug, Deserialize)]
/// struct Invoice {
///     number: String,
/// }
///
/// assert_eq!(Billing::TAGS, ["invoice.paid", "invoice.voided", "invoice.uncollectible", "ping"]);
/// ```
///
/// It can also be derived for a struct, if each type has its own handler:
///
#[cfg_attr(feature = "derive", doc = "```")]
#[cfg_attr(not(feature = "derive"), doc = "```ignore")]
/// use countersign::EventCatalog;
/// use serde::Deserialize;
///
/// #[derive(Debug, Deserialize, EventCatalog)]
/// #[event("invoice.paid")]
/// struct InvoicePaid {
///     number: String,
/// }
///
/// assert_eq!(InvoicePaid::TAGS, ["invoice.paid"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a catalogue of events",
    note = "derive it: `#[derive(serde::Deserialize, countersign::EventCatalog)]` with `#[event(\"its.type\")]` on a struct, or on each variant of an enum",
    note = "take a `Delivery` and call `json()` for data of any type"
)]
pub trait EventCatalog: Sized {
    /// The types that have a variant.
    const TAGS: &'static [&'static str];

    /// Decodes the data of an event of type `tag`, straight into its variant.
    ///
    /// # Errors
    ///
    /// The deserializer's error if the tag is known and the data has another shape. An unknown tag is an error for a
    /// struct, but not for an enum with an `unknown` variant.
    fn decode<'de, D: Deserializer<'de>>(tag: &str, data: D) -> Result<Self, D::Error>;

    /// Returns the name of the variant, or of the struct.
    fn variant(&self) -> &'static str;
}

/// An event whose type has no variant in the catalogue, with its data unparsed.
#[derive(Clone, Serialize)]
pub struct UnknownEvent {
    /// The type of the event.
    pub event_type: String,
    /// The data of the event, byte for byte.
    pub data: Box<RawValue>,
}

impl UnknownEvent {
    /// Captures the data. Called by the derive macro.
    ///
    /// # Errors
    ///
    /// The deserializer's error, when the data is not JSON.
    pub fn decode<'de, D: Deserializer<'de>>(event_type: &str, data: D) -> Result<Self, D::Error> {
        // Missing data becomes `null`: an unknown type is not an error, whatever its data is.
        let data: Option<Box<RawValue>> = serde::Deserialize::deserialize(data)?;
        let data = data.unwrap_or_else(|| RawValue::NULL.to_owned());
        Ok(Self { event_type: event_type.to_owned(), data })
    }
}

impl PartialEq for UnknownEvent {
    fn eq(&self, other: &Self) -> bool {
        self.event_type == other.event_type && self.data.get() == other.data.get()
    }
}

impl fmt::Debug for UnknownEvent {
    /// Omits the data, which may contain anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnknownEvent")
            .field("event_type", &self.event_type)
            .field("data_bytes", &self.data.get().len())
            .finish()
    }
}

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
/// The extractors answer data that does not fit the type with 422, and log its path. Take a
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
        let required = &*delivery.core.plan.provider.event.require;
        if !required.is_empty()
            && let Some(tag) = delivery.event_type().map(Field::as_str).filter(|tag| T::TAGS.contains(tag))
        {
            let check = |one: &Requirement| one.check(delivery.payload(), tag);
            required.iter().try_for_each(check).map_err(|error| error.of_type(tag))?;
        }
        if !delivery.is_wrapped()
            && let Some(envelope) = &delivery.core.plan.envelope
            && let Some((data, picked)) = envelope.decode(&delivery.body)
        {
            // `set` fails if the fields were looked up before; the result is the same.
            let _ = delivery.picked.set(Box::new(picked));
            return Ok(Self { data, delivery });
        }
        let tag = delivery.event_type().ok_or_else(DecodeError::no_type)?.as_str();
        let seed = Variant::new(tag);
        let data =
            decode(delivery.payload(), &delivery.core.plan.data, seed).map_err(|error| error.of_type(tag))?;
        Ok(Self { data, delivery })
    }
}

/// Decodes the variant of a tag.
struct Variant<'t, T> {
    tag: &'t str,
    catalog: PhantomData<T>,
}

impl<'t, T> Variant<'t, T> {
    const fn new(tag: &'t str) -> Self {
        Self { tag, catalog: PhantomData }
    }
}

impl<T> Clone for Variant<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Variant<'_, T> {}

impl<'de, T: EventCatalog> DeserializeSeed<'de> for Variant<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::decode(self.tag, deserializer)
    }
}
