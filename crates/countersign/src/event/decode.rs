use std::error::Error;
use std::fmt;

use serde::de::value::UnitDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, IntoDeserializer, MapAccess, Visitor};

/// A genuine delivery whose data does not fit the type it is decoded into.
///
/// Neither `Debug` nor `Display` shows a value of the body. The text of its [source](Error::source) may quote one.
pub struct DecodeError {
    event_type: Option<String>,
    path: String,
    source: Option<serde_json::Error>,
    problem: &'static str,
}

impl DecodeError {
    pub(super) fn no_type() -> Self {
        Self::no_payload("the delivery has no event type where the provider's declaration says")
    }

    /// Returns the error for a delivery without a payload to decode.
    pub(crate) fn no_payload(problem: &'static str) -> Self {
        Self { event_type: None, path: ".".to_owned(), source: None, problem }
    }

    pub(super) fn of_type(self, event_type: &str) -> Self {
        Self { event_type: Some(event_type.to_owned()), ..self }
    }

    /// Returns the type of the event, if it has one.
    #[must_use]
    pub fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }

    /// Returns the path of the value that does not fit, for example `data.job.status`; `.` is the whole body.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.source.as_ref().map(|error| (error.line(), error.column()));
        f.debug_struct("DecodeError")
            .field("event_type", &self.event_type)
            .field("path", &self.path)
            .field("line_and_column", &at)
            .field("problem", &self.problem)
            .finish()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.event_type, &self.source) {
            (_, None) => f.write_str(self.problem),
            (Some(event_type), _) => write!(f, "data of `{event_type}` does not fit at `{}`", self.path),
            (None, _) => write!(f, "the body does not fit at `{}`", self.path),
        }
    }
}

impl Error for DecodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// Decodes the value at `path`. On failure the body is decoded again with path tracking, so that success does not
/// pay for it.
pub(crate) fn decode<'de, S>(body: &'de [u8], path: &[String], seed: S) -> Result<S::Value, DecodeError>
where
    S: DeserializeSeed<'de> + Copy,
{
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let at = At { path, seed };
    at.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value)).map_err(|error| {
        let mut track = serde_path_to_error::Track::new();
        let mut slow = serde_json::Deserializer::from_slice(body);
        let found = at.deserialize(serde_path_to_error::Deserializer::new(&mut slow, &mut track)).err();
        let (path, source) = (track.path().to_string(), Some(found.unwrap_or(error)));
        DecodeError { event_type: None, path, source, problem: "" }
    })
}

/// Follows the path, skips its siblings and decodes the value at its end. A missing value decodes as unit.
struct At<'p, S> {
    path: &'p [String],
    seed: S,
}

impl<S: Copy> Clone for At<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Copy> Copy for At<'_, S> {}

impl<'de, S: DeserializeSeed<'de> + Copy> DeserializeSeed<'de> for At<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        if self.path.is_empty() {
            self.seed.deserialize(deserializer)
        } else {
            deserializer.deserialize_map(self)
        }
    }
}

impl<'de, S: DeserializeSeed<'de> + Copy> Visitor<'de> for At<'_, S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.path.first().map_or("", String::as_str))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<S::Value, A::Error> {
        let Some((step, path)) = self.path.split_first() else {
            return self.seed.deserialize(serde::de::value::MapAccessDeserializer::new(map));
        };
        let mut found = None;
        while let Some(wanted) = map.next_key_seed(IsKey(step))? {
            if wanted && found.is_none() {
                found = Some(map.next_value_seed(At { path, seed: self.seed })?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        match found {
            Some(value) => Ok(value),
            None => {
                let nothing: UnitDeserializer<A::Error> = ().into_deserializer();
                self.seed.deserialize(nothing)
            }
        }
    }
}

/// Compares a key with the expected one without allocating.
struct IsKey<'k>(&'k str);

impl<'de> DeserializeSeed<'de> for IsKey<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsKey<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}
