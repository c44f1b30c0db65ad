use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use serde::de::value::UnitDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, IntoDeserializer, MapAccess, Visitor};

use super::versions::UnknownVersion;
use crate::scheme::Location;

/// A genuine delivery whose data does not fit the type it is decoded into.
///
/// Neither `Debug` nor `Display` shows a value of the body. The text of its [source](Error::source) may quote one.
pub struct DecodeError {
    event_type: Option<String>,
    path: String,
    source: Option<serde_json::Error>,
    problem: Cow<'static, str>,
    version: Option<Box<UnknownVersion>>,
}

impl DecodeError {
    /// Returns the error for a delivery without a type at the place that is declared.
    pub(super) fn no_type(at: Option<&Location>) -> Self {
        let problem = match at {
            Some(at) => format!("no event type at `{at}`: declare where it is, or take a `Delivery`"),
            None => {
                "the declaration has no place of an event type: declare it, or take a `Delivery`".to_owned()
            }
        };
        Self { problem: problem.into(), ..Self::no_payload("") }
    }

    /// Returns the error for a delivery without a payload to decode.
    pub(crate) fn no_payload(problem: &'static str) -> Self {
        Self { event_type: None, path: ".".to_owned(), source: None, problem: problem.into(), version: None }
    }

    pub(super) fn unknown_version(version: UnknownVersion) -> Self {
        Self { version: Some(Box::new(version)), ..Self::no_payload("its version is unknown") }
    }

    pub(super) fn of_type(self, event_type: &str) -> Self {
        Self { event_type: Some(event_type.to_owned()), ..self }
    }

    /// Returns the type of the event, if it has one.
    #[must_use]
    pub fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }

    /// Returns the version of the data if the catalogue has other versions of its type: data of a newer version than this
    /// program knows.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_ref().map(|unknown| unknown.version.as_str())
    }

    /// Returns the problem of a delivery without a type, a payload or a known version, or `None` if there is data, which does
    /// not fit.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.source.is_none().then_some(&*self.problem)
    }

    /// Returns the path of the value that does not fit, for example `data.job.status`; `.` is the whole body.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the deserializer's message without the values of the body: ``missing field `amount_paid` ``, or `invalid
    /// type: string, expected u64`. Returns `None` for messages that cannot be told apart from a value; the
    /// [source](Error::source) has all of them, with values.
    ///
    /// Names of fields and types in it are those of the type that was decoded into.
    #[must_use]
    pub fn cause(&self) -> Option<String> {
        without_values(&self.source.as_ref()?.to_string())
    }
}

/// Returns a message of serde without the values that it quotes, if its form is known.
///
/// The forms are those of [`serde::de::Error`] and [`serde::de::Unexpected`].
fn without_values(message: &str) -> Option<String> {
    // serde_json appends the position.
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    if ["missing field `", "duplicate field `", "EOF while parsing"]
        .iter()
        .any(|form| message.starts_with(form))
    {
        return Some(message.to_owned());
    }
    let (form, rest) = message.split_once(": ").or_else(|| message.split_once(' '))?;
    let (found, expected) = rest.rsplit_once(", expected ")?;
    match form {
        "invalid type" | "invalid value" | "invalid length" => {
            let kind = UNEXPECTED.iter().find(|kind| found.starts_with(**kind)).copied().unwrap_or("value");
            Some(format!("{form}: {kind}, expected {expected}"))
        }
        "unknown" => {
            let (kind, _) = rest.split_once(" `")?;
            Some(format!("unknown {kind}, expected {expected}"))
        }
        _ => None,
    }
}

/// The kinds of values in messages of serde.
const UNEXPECTED: [&str; 11] = [
    "boolean",
    "integer",
    "floating point",
    "character",
    "string",
    "byte array",
    "null",
    "Option value",
    "sequence",
    "map",
    "newtype",
];

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
        if let (Some(unknown), Some(event_type)) = (&self.version, &self.event_type) {
            return unknown.describe(event_type, f);
        }
        match (&self.event_type, &self.source) {
            (_, None) => f.write_str(&self.problem),
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
        DecodeError { path, source, ..DecodeError::no_payload("") }
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

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::*;

    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "decoding fails")]
    struct Order {
        amount_paid: u64,
        state: Option<State>,
    }

    #[derive(Deserialize, Debug)]
    #[serde(rename_all = "snake_case")]
    enum State {
        Paid,
        Open,
    }

    fn cause<T: DeserializeOwned + fmt::Debug>(body: &str) -> Option<String> {
        without_values(&serde_json::from_str::<T>(body).unwrap_err().to_string())
    }

    #[test]
    fn causes_name_our_fields_and_no_values() {
        for (body, expected) in [
            (r#"{}"#, "missing field `amount_paid`"),
            (r#"{"amount_paid":1,"amount_paid":2}"#, "duplicate field `amount_paid`"),
            (r#"{"amount_paid":"SECRET"}"#, "invalid type: string, expected u64"),
            (r#"{"amount_paid":"a, expected SECRET"}"#, "invalid type: string, expected u64"),
            (r#"{"amount_paid":-7}"#, "invalid value: integer, expected u64"),
            (r#"{"amount_paid":1.5}"#, "invalid type: floating point, expected u64"),
            (r#"{"amount_paid":null}"#, "invalid type: null, expected u64"),
            (r#"{"amount_paid":true}"#, "invalid type: boolean, expected u64"),
            (r#"{"amount_paid":{"SECRET":1}}"#, "invalid type: map, expected u64"),
            (r#"{"amount_paid":["SECRET"]}"#, "invalid type: sequence, expected u64"),
            (r#"{"SECRET":1}"#, "unknown field, expected `amount_paid` or `state`"),
            (r#"{"amount_paid":1,"state":"SECRET"}"#, "unknown variant, expected `paid` or `open`"),
            (r#"{"amount_paid":1"#, "EOF while parsing an object"),
            (r#"[1,2,3,4]"#, "trailing"),
        ] {
            match cause::<Order>(body) {
                Some(found) => assert_eq!(found, expected, "{body}"),
                None => assert_eq!(expected, "trailing", "{body}"),
            }
        }
        let custom: serde_json::Error = serde::de::Error::custom("SECRET is wrong");
        assert_eq!(without_values(&custom.to_string()), None);
    }
}
