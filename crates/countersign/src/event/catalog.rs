use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer};
use serde_json::value::RawValue;

use super::versions::Versions;

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
///
/// # Versions
///
/// A type whose data has had several shapes names its present version and the types of the earlier ones, oldest first.
/// Data of an earlier version is decoded into its own type, and converted from each version into the next with
/// [`TryFrom`], which [`From`] implements as well; an error of it is a [`DecodeError`](crate::DecodeError). The
/// declaration names the place of the version ([`Provider::with_event_version`](crate::Provider::with_event_version)):
/// a delivery without one has the oldest version. A version that the catalogue does not name is a `DecodeError`, too,
/// also if the catalogue has a variant for unknown types.
///
#[cfg_attr(feature = "derive", doc = "```")]
#[cfg_attr(not(feature = "derive"), doc = "```ignore")]
/// use countersign::EventCatalog;
/// use serde::Deserialize;
///
/// #[derive(Debug, Deserialize, EventCatalog)]
/// #[event("pricing.completed", version = 2, earlier(1 = PricingV1))]
/// struct PricingCompleted {
///     amount: u64,
///     currency: String,
/// }
///
/// /// Prices were in euros.
/// #[derive(Debug, Deserialize)]
/// struct PricingV1 {
///     euros: u64,
/// }
///
/// impl From<PricingV1> for PricingCompleted {
///     fn from(earlier: PricingV1) -> Self {
///         Self { amount: earlier.euros * 100, currency: "EUR".to_owned() }
///     }
/// }
///
/// assert_eq!(PricingCompleted::VERSIONS[0].known, ["1", "2"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a catalogue of events",
    note = "derive it: `#[derive(serde::Deserialize, countersign::EventCatalog)]` with `#[event(\"its.type\")]` on a struct, or on each variant of an enum",
    note = "take a `Delivery` and call `json()` for data of any type"
)]
pub trait EventCatalog: Sized {
    /// The types that have a variant.
    const TAGS: &'static [&'static str];

    /// The types that have versions. The derive macro lists those whose attribute has a `version`.
    const VERSIONS: &'static [Versions] = &[];

    /// Decodes the data of an event of type `tag`, straight into its variant. Data of a type with versions has the
    /// newest one.
    ///
    /// # Errors
    ///
    /// The deserializer's error if the tag is known and the data has another shape. An unknown tag is an error for a
    /// struct, but not for an enum with an `unknown` variant.
    fn decode<'de, D: Deserializer<'de>>(tag: &str, data: D) -> Result<Self, D::Error>;

    /// Decodes data of one of the known versions of the type.
    ///
    /// # Errors
    ///
    /// Those of [`decode`](Self::decode), and of a conversion into the next version.
    fn decode_version<'de, D: Deserializer<'de>>(
        tag: &str,
        version: &str,
        data: D,
    ) -> Result<Self, D::Error> {
        let _ = version;
        Self::decode(tag, data)
    }

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
    version: Option<&'t str>,
    catalog: PhantomData<T>,
}

impl<'t, T> Variant<'t, T> {
    pub(crate) const fn new(tag: &'t str) -> Self {
        Self { tag, version: None, catalog: PhantomData }
    }

    pub(super) const fn with_version(self, version: Option<&'t str>) -> Self {
        Self { version, ..self }
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
        match self.version {
            Some(version) => T::decode_version(self.tag, version, deserializer),
            None => T::decode(self.tag, deserializer),
        }
    }
}
