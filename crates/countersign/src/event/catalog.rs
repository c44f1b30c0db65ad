use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer};
use serde_json::value::RawValue;

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
#[non_exhaustive]
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

/// Decodes the variant of a tag.
pub(crate) struct Variant<'t, T> {
    tag: &'t str,
    catalog: PhantomData<T>,
}

impl<'t, T> Variant<'t, T> {
    pub(crate) const fn new(tag: &'t str) -> Self {
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
