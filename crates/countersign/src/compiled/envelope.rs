//! Decodes the usual shape of a body, `{"id": …, "type": …, "data": …}`, in one pass.

use std::fmt;

use serde::de::value::UnitDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, IntoDeserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::body_fields::BodyFields;
use super::source::Source;
use crate::event::{EventCatalog, Variant};
use crate::json::{Scalar, scalar};

/// The keys of an envelope whose type, data and id (if it is in the body) are members of the outermost object.
#[derive(Debug)]
pub(crate) struct Envelope {
    id: Option<String>,
    event_type: String,
    data: String,
}

impl Envelope {
    /// Returns `None` for bodies of another shape.
    pub(crate) fn new(id: Option<&Source>, event_type: Option<&Source>, data: &[String]) -> Option<Self> {
        let member = |source: &Source| match source {
            Source::Json(path) => <&[String; 1]>::try_from(path.as_slice()).ok().map(|[key]| key.clone()),
            _ => None,
        };
        let id = match id {
            Some(source) if !source.in_body().is_empty() => Some(member(source)?),
            _ => None,
        };
        let [data] = data else { return None };
        Some(Self { id, event_type: member(event_type?)?, data: data.clone() })
    }

    /// Decodes in one pass. Data in front of the type is skipped and decoded once the type is known.
    ///
    /// Returns `None` if anything does not fit; the caller then takes the slower path that produces the error.
    pub(crate) fn decode<T: EventCatalog>(&self, body: &[u8]) -> Option<(T, BodyFields)> {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let mut found = EnvelopeParts { body, id: None, event_type: None, data: None, held: None };
        Pass { envelope: self, found: &mut found }.deserialize(&mut deserializer).ok()?;
        deserializer.end().ok()?;
        let EnvelopeParts { id, event_type, data, held, .. } = found;
        let (id, event_type) = (id.filter(|id| !id.is_empty()), event_type.filter(|tag| !tag.is_empty()));
        let tag = event_type.as_ref()?.as_str(body);
        let data = match (data, held) {
            (Some(data), _) => data,
            (None, Some(raw)) => T::decode(tag, raw).ok()?,
            (None, None) => {
                let nothing: UnitDeserializer<serde_json::Error> = ().into_deserializer();
                T::decode(tag, nothing).ok()?
            }
        };
        Some((data, BodyFields { id, event_type, payload: None, problem: None, counted: None }))
    }
}

struct EnvelopeParts<'de, T> {
    body: &'de [u8],
    id: Option<Scalar>,
    event_type: Option<Scalar>,
    data: Option<T>,
    held: Option<&'de RawValue>,
}

struct Pass<'a, 'de, T> {
    envelope: &'a Envelope,
    found: &'a mut EnvelopeParts<'de, T>,
}

impl<'de, T: EventCatalog> DeserializeSeed<'de> for Pass<'_, 'de, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: EventCatalog> Visitor<'de> for Pass<'_, 'de, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let EnvelopeParts { body, id, event_type, data, held } = self.found;
        // Of members with the same key the first counts, as everywhere in this crate.
        while let Some(key) = map.next_key_seed(WhichKey(self.envelope))? {
            match key {
                Key::Id if id.is_none() => *id = scalar(body, map.next_value()?),
                Key::Type if event_type.is_none() => *event_type = scalar(body, map.next_value()?),
                Key::Data if data.is_none() && held.is_none() => match event_type {
                    Some(tag) => *data = Some(map.next_value_seed(Variant::<T>::new(tag.as_str(body)))?),
                    None => *held = Some(map.next_value()?),
                },
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if event_type.is_some() { Ok(()) } else { Err(A::Error::custom("no type")) }
    }
}

enum Key {
    Id,
    Type,
    Data,
    Other,
}

struct WhichKey<'e>(&'e Envelope);

impl<'de> DeserializeSeed<'de> for WhichKey<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for WhichKey<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Key, E> {
        let Self(envelope) = self;
        Ok(if key == envelope.event_type {
            Key::Type
        } else if key == envelope.data {
            Key::Data
        } else if envelope.id.as_deref() == Some(key) {
            Key::Id
        } else {
            Key::Other
        })
    }
}
