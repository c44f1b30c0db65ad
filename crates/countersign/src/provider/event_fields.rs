use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, IntoDeserializer, MapAccess, Visitor, value};
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::ConfigError;
use crate::event::Requirement;
use crate::scheme::{Location, Pointer, Text};

/// The places of id, type and data of an event.
///
/// A provider may send no id, or no type. A declaration states that with the source of the fact, which
/// distinguishes it from a declaration in which the place is unknown:
///
#[cfg_attr(feature = "toml", doc = "```")]
#[cfg_attr(not(feature = "toml"), doc = "```ignore")]
/// use countersign::{Placement, Provider};
///
/// let provider = Provider::from_toml(r#"
///     slug = "acme"
///     name = "Acme"
///     doc = "https://acme.example/docs/webhooks"
///
///     [scheme]
///     algorithm = "hmac-sha256"
///     content = "{body}"
///     signature = { at = "header:acme-signature", encoding = "hex" }
///
///     [event]
///     id = { none = true, source = "https://acme.example/docs/webhooks#payload" }
/// "#)?;
/// assert_eq!(provider.event.id, None);
/// assert_eq!(
///     provider.event.id_placement(),
///     Placement::None { source: "https://acme.example/docs/webhooks#payload" }
/// );
/// assert_eq!(provider.event.type_placement(), Placement::Unknown);
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(from = "Declared", into = "Declared")]
#[non_exhaustive]
pub struct EventFields {
    /// The id, which stays the same when a delivery is repeated.
    pub id: Option<Location>,
    /// The source that shows that deliveries have no id.
    pub no_id: Option<Text>,
    /// Whether the id is unique only among events of one type, because it is that of the object that events are about.
    /// Deliveries are then told apart by id and type.
    pub id_is_per_type: bool,
    /// The type of the event.
    pub event_type: Option<Location>,
    /// The source that shows that deliveries have no type.
    pub no_type: Option<Text>,
    /// The version of the data, for a catalogue whose types have versions. `None` if the provider sends none.
    pub version: Option<Pointer>,
    /// The data of the event. `None` means the whole body.
    pub data: Option<Pointer>,
    /// The values that the body of an event must contain, if the program handles its type.
    pub require: Cow<'static, [Requirement]>,
    /// The form field that contains the JSON of the event, `form:NAME`: the pointers of id, type and data start in
    /// it. A body that is JSON itself is read directly.
    pub payload: Option<Location>,
}

/// The place of an id or a type, as stated by a declaration.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Placement<'p> {
    /// The value is at this place.
    At(&'p Location),
    /// The provider sends no such value.
    None {
        /// The source that shows it.
        source: &'p str,
    },
    /// Unknown: the source of the declaration does not state the place.
    Unknown,
}

impl EventFields {
    /// Returns the place of the id, or whether there is none.
    #[must_use]
    pub fn id_placement(&self) -> Placement<'_> {
        placement(self.id.as_ref(), self.no_id.as_deref())
    }

    /// Returns the place of the type, or whether there is none.
    #[must_use]
    pub fn type_placement(&self) -> Placement<'_> {
        placement(self.event_type.as_ref(), self.no_type.as_deref())
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let fields = [("event.id", &self.id, &self.no_id), ("event.type", &self.event_type, &self.no_type)];
        for (field, at, none) in fields {
            let problem = match (at, none) {
                (_, None) => continue,
                (Some(_), Some(_)) => "is declared at a place and as none: remove one of them",
                (None, Some(source)) if source.trim().is_empty() => {
                    "is declared as none without a `source`: name the page or the code that shows it"
                }
                (None, Some(_)) => continue,
            };
            return Err(ConfigError::new(field, problem));
        }
        if self.id_is_per_type && (self.id.is_none() || self.event_type.is_none()) {
            let problem = "needs the places of both, `event.id` and `event.type`";
            return Err(ConfigError::new("event.id_is_per_type", problem));
        }
        self.require.iter().try_for_each(|requirement| requirement.at.check("event.require"))
    }
}

fn placement<'p>(at: Option<&'p Location>, none: Option<&'p str>) -> Placement<'p> {
    match (at, none) {
        (Some(at), _) => Placement::At(at),
        (None, Some(source)) => Placement::None { source },
        (None, None) => Placement::Unknown,
    }
}

/// The form of [`EventFields`] in files: one entry for a place or for its absence.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "EventFields"))]
#[derive(Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Declared {
    /// The id, which stays the same when a delivery is repeated: its place, or `{ none = true, source = "…" }` if
    /// the provider sends none.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Entry>,
    /// Whether the id is unique only among events of one type, because it is that of the object that events are about.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    id_is_per_type: bool,
    /// The type of the event: its place, or `{ none = true, source = "…" }` if the provider sends none.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    event_type: Option<Entry>,
    /// The version of the data, for a catalogue whose types have versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<Pointer>,
    /// The data of the event; the whole body if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Pointer>,
    /// The values that the body of an event must contain, if the program handles its type.
    #[serde(skip_serializing_if = "<[Requirement]>::is_empty")]
    require: Cow<'static, [Requirement]>,
    /// The form field that contains the JSON of the event, `form:NAME`: the pointers of id, type and data start in
    /// it. A body that is JSON itself is read directly.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Location>,
}

/// A place, or the statement that the provider sends none.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Serialize)]
#[serde(untagged)]
enum Entry {
    /// The place.
    At(Location),
    /// The provider sends none.
    None(Absent),
}

/// The statement that a provider sends none.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Absent {
    /// Always `true`.
    none: bool,
    /// The page or the code that shows it.
    source: Text,
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a place such as `json:/id`, or `{ none = true, source = \"…\" }`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Entry, E> {
        Location::deserialize(text.into_deserializer()).map(Entry::At)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
        let absent = Absent::deserialize(value::MapAccessDeserializer::new(map))?;
        if absent.none {
            Ok(Entry::None(absent))
        } else {
            Err(A::Error::custom("`none` is `true`, or the entry is a place such as `json:/id`"))
        }
    }
}

impl Entry {
    fn of(at: Option<Location>, none: Option<Text>) -> Option<Self> {
        at.map(Self::At).or_else(|| Some(Self::None(Absent { none: true, source: none? })))
    }

    fn split(entry: Option<Self>) -> (Option<Location>, Option<Text>) {
        match entry {
            Some(Self::At(at)) => (Some(at), None),
            Some(Self::None(Absent { source, .. })) => (None, Some(source)),
            None => (None, None),
        }
    }
}

impl From<Declared> for EventFields {
    fn from(declared: Declared) -> Self {
        let Declared { id, id_is_per_type, event_type, version, data, require, payload } = declared;
        let ((id, no_id), (event_type, no_type)) = (Entry::split(id), Entry::split(event_type));
        Self { id, no_id, id_is_per_type, event_type, no_type, version, data, require, payload }
    }
}

impl From<EventFields> for Declared {
    fn from(fields: EventFields) -> Self {
        let EventFields { id, no_id, id_is_per_type, event_type, no_type, version, data, require, payload } =
            fields;
        let (id, event_type) = (Entry::of(id, no_id), Entry::of(event_type, no_type));
        Self { id, id_is_per_type, event_type, version, data, require, payload }
    }
}
