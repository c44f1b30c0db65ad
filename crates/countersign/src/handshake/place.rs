use std::borrow::Cow;
use std::fmt;

use http::HeaderName;
use serde::{Deserialize, Serialize};

use crate::error::ConfigError;
use crate::scheme::{Pointer, Text, alternatives, text};

/// The place of a value in a handshake. In TOML and JSON it is text:
///
/// | text | the value is |
/// |---|---|
/// | `query:hub.challenge` | that parameter of the query, decoded |
/// | `header:x-hook-secret` | that header |
/// | `path` | the path of the URL, as the middleware sees it |
/// | `json:/challenge` | the scalar at that JSON pointer of the body |
/// | `form:ssl_check` | that field of a form-encoded body |
/// | `json:/event/type\|/type` | the first of these places that has a value; a place without a kind has the kind of the one before it |
///
/// If a name occurs several times, its first value counts.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum Place {
    /// A parameter of the query, percent-decoded; `+` is a space.
    Query(Text),
    /// A header, lower case.
    Header(Text),
    /// The path of the URL.
    Path,
    /// A place in a JSON body.
    Json(Pointer),
    /// A field of a form-encoded body. Present only if the `Content-Type` is that of a form; values in JSON are
    /// present only if it is not.
    Form(Text),
    /// Alternatives, of which the first with a non-empty value counts.
    FirstOf(Cow<'static, [Self]>),
}

impl Place {
    /// Creates the place of a query parameter.
    #[must_use]
    pub const fn query(name: &'static str) -> Self {
        Self::Query(text(name))
    }

    /// Creates the place of a header by its lower-case name.
    #[must_use]
    pub const fn header(name: &'static str) -> Self {
        Self::Header(text(name))
    }

    /// Creates the place of a value in a JSON body, from a JSON pointer.
    #[must_use]
    pub const fn json(pointer: &'static str) -> Self {
        Self::Json(Pointer::new(pointer))
    }

    /// Creates the place of a field of a form-encoded body.
    #[must_use]
    pub const fn form(name: &'static str) -> Self {
        Self::Form(text(name))
    }

    /// Creates a place with alternatives, of which the first with a non-empty value counts.
    #[must_use]
    pub const fn first_of(places: &'static [Self]) -> Self {
        Self::FirstOf(Cow::Borrowed(places))
    }

    /// Returns the alternatives in order, or the place itself if it has none.
    #[must_use]
    pub fn alternatives(&self) -> &[Self] {
        match self {
            Self::FirstOf(places) => places,
            place => std::slice::from_ref(place),
        }
    }

    /// Returns whether the value is known only once the body is complete.
    #[must_use]
    pub fn is_in_body(&self) -> bool {
        self.alternatives().iter().any(|place| matches!(place, Self::Json(_) | Self::Form(_)))
    }

    pub(super) fn check(&self, field: &str) -> Result<(), ConfigError> {
        match self {
            Self::Header(name)
                if HeaderName::from_bytes(name.as_bytes()).is_ok_and(|parsed| parsed.as_str() == name) =>
            {
                Ok(())
            }
            Self::Header(name) => {
                Err(ConfigError::new(field, format!("{name:?} is not a header name in lower case")))
            }
            Self::Json(pointer) if pointer.as_str().is_empty() => Err(ConfigError::new(
                field,
                "an empty pointer inputs the whole body: expected a value in it, such as `/challenge`",
            )),
            Self::Json(pointer) => pointer.check(field),
            Self::FirstOf(places) if places.iter().any(|place| matches!(place, Self::FirstOf(_))) => {
                Err(ConfigError::new(field, "has alternatives within alternatives"))
            }
            Self::FirstOf(places) => places.iter().try_for_each(|place| place.check(field)),
            Self::Query(_) | Self::Path | Self::Form(_) => Ok(()),
        }
    }

    /// Parses one place without alternatives.
    fn one(text: &str) -> Result<Self, String> {
        let owned = |text: &str| Text::Owned(text.to_owned());
        match text.split_once(':') {
            None if text == "path" => Ok(Self::Path),
            Some((_, "")) => Err(format!("nothing stands after the colon of {text:?}")),
            Some(("query", name)) => Ok(Self::Query(owned(name))),
            Some(("header", name)) => Ok(Self::Header(owned(name))),
            Some(("json", pointer)) => Pointer::try_from(pointer.to_owned()).map(Self::Json),
            Some(("form", name)) => Ok(Self::Form(owned(name))),
            _ => Err(format!(
                "{text:?} is not `path`, and does not start with query:, header:, json: or form:"
            )),
        }
    }
}

/// The prefixes that name the kind of a place, up to the colon.
const KINDS: [&str; 4] = ["query:", "header:", "json:", "form:"];

/// Returns the prefix of a place that names its kind: an empty one if it needs none, and `None` if it lacks one.
fn kind(part: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|kind| part.starts_with(kind)).or((part == "path").then_some(""))
}

impl TryFrom<String> for Place {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut places = alternatives::parse(&text, kind, Self::one)?;
        if places.len() > 1 {
            return Ok(Self::FirstOf(Cow::Owned(places)));
        }
        places.pop().map_or_else(|| Self::one(&text), Ok)
    }
}

impl From<Place> for String {
    fn from(place: Place) -> Self {
        place.to_string()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query(name) => write!(f, "query:{name}"),
            Self::Header(name) => write!(f, "header:{name}"),
            Self::Path => f.write_str("path"),
            Self::Json(pointer) => write!(f, "json:{}", pointer.as_str()),
            Self::Form(name) => write!(f, "form:{name}"),
            Self::FirstOf(places) => alternatives::write(f, places, kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_place_round_trip() {
        for text in [
            "query:hub.mode",
            "header:x-hook-secret",
            "path",
            "json:/data/id",
            "form:token",
            "json:/event/type|/type",
            "query:a|header:b|c|path",
        ] {
            assert_eq!(Place::try_from(text.to_owned()).unwrap().to_string(), text);
        }
        let place = Place::try_from("query:a|header:b|c|path".to_owned()).unwrap();
        let places = [Place::query("a"), Place::header("b"), Place::header("c"), Place::Path];
        assert_eq!(place.alternatives(), places);
    }

    #[test]
    fn bad_places_say_what_is_wrong() {
        for text in ["", "challenge", "query:", "sig:t", "json:data", "json:/a|", "json:/a|b", "|json:/a"] {
            assert!(Place::try_from(text.to_owned()).is_err(), "{text}");
        }
        assert!(Place::header("X-Hook").check("when").is_err(), "headers are compared in lower case");
        assert!(Place::json("").check("when").is_err());
    }
}
