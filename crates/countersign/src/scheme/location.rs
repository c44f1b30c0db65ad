use std::borrow::Cow;
use std::fmt;

use http::HeaderName;
use serde::{Deserialize, Serialize};

use super::{Text, alternatives, text};
use crate::error::ConfigError;

/// The place of a value in a request. In TOML and JSON it is text:
///
/// | text | the value is |
/// |---|---|
/// | `header:svix-id` | that header |
/// | `header:svix-id,webhook-id` | the first of these headers: one value under several names |
/// | `json:/data/id` | at that JSON pointer (RFC 6901) of the body |
/// | `form:token` | that field of a form-encoded body |
/// | `query:data.id` | that parameter of the query of the URL, decoded |
/// | `claim:jti` | that claim of the JSON Web Token that is the signature |
/// | `body` | the whole body, for JWTs that are all that is sent |
/// | `sig:t` | the item with that tag in the signature field |
/// | `sig[0]` | the item at that position in the signature field |
/// | `json:/event/type\|/type` | the first of these places that has a value; a place without a kind has the kind of the one before it |
/// | `json:/id\|header:x-id` | the same, of several kinds |
///
/// An empty value counts as absent. A value with several places counts as signed only if each of them is signed:
/// otherwise an attacker could add it in the unsigned place.
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("pattern" = r"^(header:.+|json:(/.*)?|(form|query|claim|sig):.+|(body|sig\[[0-9]+\])(\|.+)?)$", "examples" = ["header:acme-signature", "json:/data/id", "json:/event/type|/type", "form:token", "sig:t", "sig[0]"]))
)]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum Location {
    /// A header, by one or more names in order of preference, separated by commas.
    Header(Text),
    /// A place in a JSON body.
    Json(Pointer),
    /// A field of a form-encoded body.
    Form(Text),
    /// A parameter of the query of the URL.
    Query(Text),
    /// A claim of the JSON Web Token that is the signature.
    Claim(Text),
    /// The whole body: a JSON Web Token that is all that is sent.
    Body,
    /// The item with this tag in the signature field.
    SignatureItem(Text),
    /// The item at this position in the signature field.
    SignatureIndex(usize),
    /// Alternatives, of which the first with a non-empty value counts.
    FirstOf(Cow<'static, [Self]>),
    /// A text that is no location, converted from `&str`. A declaration with it is refused when it is compiled.
    #[doc(hidden)]
    Malformed(Text),
}

impl Location {
    /// Creates a location with alternatives, of which the first with a non-empty value counts.
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

    /// Creates the location of a header from its names: lower case, separated by commas.
    #[must_use]
    pub const fn header(names: &'static str) -> Self {
        Self::Header(text(names))
    }

    /// Creates the location of a value in a JSON body from a JSON pointer.
    #[must_use]
    pub const fn json(pointer: &'static str) -> Self {
        Self::Json(Pointer(text(pointer)))
    }

    /// Creates the location of a field of a form-encoded body.
    #[must_use]
    pub const fn form(name: &'static str) -> Self {
        Self::Form(text(name))
    }

    /// Creates the location of a query parameter of the URL.
    #[must_use]
    pub const fn query(name: &'static str) -> Self {
        Self::Query(text(name))
    }

    /// Creates the location of a claim of the JSON Web Token that is the signature.
    #[must_use]
    pub const fn claim(name: &'static str) -> Self {
        Self::Claim(text(name))
    }

    /// Creates the location of the item with this tag in the signature field.
    #[must_use]
    pub const fn signature_item(tag: &'static str) -> Self {
        Self::SignatureItem(text(tag))
    }

    /// Returns whether the value is known only once the body is complete.
    #[must_use]
    pub fn is_in_body(&self) -> bool {
        self.alternatives().iter().any(|place| matches!(place, Self::Json(_) | Self::Form(_) | Self::Body))
    }

    /// Returns the error about a text that is no location.
    pub(crate) fn problem_of(text: &str, field: &str) -> ConfigError {
        let problem = Self::try_from(text.to_owned()).err();
        ConfigError::new(field, problem.unwrap_or_else(|| format!("{text:?} is not a location")))
    }

    /// Parses one place without alternatives.
    fn one(text: &str) -> Result<Self, String> {
        let owned = |text: &str| Text::Owned(text.to_owned());
        if let Some(index) = text.strip_prefix("sig[").and_then(|rest| rest.strip_suffix(']')) {
            let index = index.parse().map_err(|_| format!("{index:?} is not a position"))?;
            return Ok(Self::SignatureIndex(index));
        }
        if text == "body" {
            return Ok(Self::Body);
        }
        match text.split_once(':') {
            Some((_, "")) => Err(format!("nothing stands after the colon of {text:?}")),
            Some(("header", names)) => Ok(Self::Header(owned(names))),
            Some(("json", pointer)) => Pointer::try_from(pointer.to_owned()).map(Self::Json),
            Some(("form", name)) => Ok(Self::Form(owned(name))),
            Some(("query", name)) => Ok(Self::Query(owned(name))),
            Some(("claim", name)) => Ok(Self::Claim(owned(name))),
            Some(("sig", tag)) => Ok(Self::SignatureItem(owned(tag))),
            _ => Err(format!(
                "{text:?} is neither `body` nor starts with header:, json:, form:, query:, claim: or sig:"
            )),
        }
    }
}

/// The prefixes that name the kind of a location, up to the colon.
const KINDS: [&str; 6] = ["header:", "json:", "form:", "query:", "claim:", "sig:"];

/// Returns the prefix of a location that names its kind: an empty one if it needs none, and `None` if it lacks one.
fn kind(part: &str) -> Option<&'static str> {
    KINDS
        .into_iter()
        .find(|kind| part.starts_with(kind))
        .or((part == "body" || part.starts_with("sig[")).then_some(""))
}

/// Parses header names separated by commas.
pub(crate) fn header_names(names: &str, field: &str) -> Result<Vec<HeaderName>, ConfigError> {
    names
        .split(',')
        .map(|name| {
            HeaderName::try_from(name.trim())
                .map_err(|_| ConfigError::new(field, format!("{name:?} is not a header name")))
        })
        .collect()
}

/// Parses the text of the table above. A text that is no location is refused by the builder of the verifier, when the
/// program starts; `Location::try_from(String)` returns the error at once.
///
/// ```
/// use countersign::scheme::{Encoding, Scheme, SignatureField};
/// use countersign::{Provider, Secret, Verifier};
///
/// fn verifier(id: &str) -> Result<Verifier, countersign::ConfigError> {
///     let scheme = Scheme::hmac_sha256(SignatureField::header("acme-signature", Encoding::Hex), "{body}");
///     Verifier::new(Provider::new("acme", "Acme", scheme).with_id(id.into()), Secret::new("acme_sk_1")?)
/// }
///
/// assert!(verifier("json:/data/id").is_ok());
/// assert!(verifier("/data/id").unwrap_err().to_string().starts_with("`event.id`: "));
/// ```
impl From<&str> for Location {
    fn from(text: &str) -> Self {
        Self::try_from(text.to_owned()).unwrap_or_else(|_| Self::Malformed(Text::Owned(text.to_owned())))
    }
}

impl TryFrom<String> for Location {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut places = alternatives::parse(&text, kind, Self::one)?;
        if places.len() > 1 {
            return Ok(Self::FirstOf(Cow::Owned(places)));
        }
        places.pop().map_or_else(|| Self::one(&text), Ok)
    }
}

impl From<Location> for String {
    fn from(location: Location) -> Self {
        location.to_string()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(names) => write!(f, "header:{names}"),
            Self::Json(Pointer(pointer)) => write!(f, "json:{pointer}"),
            Self::Form(name) => write!(f, "form:{name}"),
            Self::Query(name) => write!(f, "query:{name}"),
            Self::Claim(name) => write!(f, "claim:{name}"),
            Self::Body => f.write_str("body"),
            Self::SignatureItem(tag) => write!(f, "sig:{tag}"),
            Self::SignatureIndex(index) => write!(f, "sig[{index}]"),
            Self::FirstOf(places) => alternatives::write(f, places, kind),
            Self::Malformed(text) => f.write_str(text),
        }
    }
}

/// A JSON pointer (RFC 6901) into the body; the empty pointer is the whole body.
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("pattern" = "^(/.*)?$", "examples" = ["/data", "/events/0", ""]))
)]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pointer(Text);

impl Pointer {
    /// The whole body.
    pub const ROOT: Self = Self(text(""));

    /// Creates a pointer from a literal.
    #[must_use]
    pub const fn new(pointer: &'static str) -> Self {
        Self(text(pointer))
    }

    /// Creates a pointer from its steps.
    pub(crate) fn of(steps: &[String]) -> Self {
        let steps = steps.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1")));
        Self(Text::Owned(steps.collect()))
    }

    /// Returns the text of the pointer.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the unescaped steps from the root.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.0.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect()
    }

    pub(crate) fn check(&self, field: &str) -> Result<(), ConfigError> {
        check_pointer(&self.0).map_err(|problem| ConfigError::new(field, problem))
    }
}

fn check_pointer(pointer: &str) -> Result<(), String> {
    if pointer.is_empty() || pointer.starts_with('/') {
        Ok(())
    } else {
        Err(format!("{pointer:?} is not a JSON pointer: it has to start with `/`"))
    }
}

/// Takes the text as it is. A text that is no JSON pointer is refused by the builder of the verifier, when the program starts.
impl From<&str> for Pointer {
    fn from(pointer: &str) -> Self {
        Self(Text::Owned(pointer.to_owned()))
    }
}

impl TryFrom<String> for Pointer {
    type Error = String;

    fn try_from(pointer: String) -> Result<Self, String> {
        check_pointer(&pointer).map(|()| Self(Text::Owned(pointer)))
    }
}

impl From<Pointer> for String {
    fn from(pointer: Pointer) -> Self {
        pointer.0.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiled::Source;

    #[test]
    fn text_and_location_round_trip() {
        for text in [
            "header:a,b",
            "json:/data/id",
            "form:token",
            "query:a.b",
            "claim:jti",
            "body",
            "sig:t",
            "sig[0]",
            "json:/event/type|/type",
            "json:/id|header:x-id|y-id|json:/b",
        ] {
            let location = Location::try_from(text.to_owned()).unwrap();
            assert_eq!(location, Location::from(text));
            assert_eq!(location.to_string(), text);
        }
    }

    #[test]
    fn bad_locations_say_what_is_wrong() {
        let location = Location::try_from("form:a|form:b".to_owned()).unwrap();
        assert_eq!(location.to_string(), "form:a|b");
        assert_eq!(location.alternatives(), [Location::form("a"), Location::form("b")]);
        for text in [
            "json:/a|",
            "json:/a|b",
            "|json:/a",
            "body|x",
            "",
            "svix-id",
            "body:",
            "head:x",
            "header:",
            "json:data",
            "sig[x]",
        ] {
            let problem = Location::try_from(text.to_owned()).unwrap_err();
            let converted = Location::from(text);
            assert_eq!(converted.to_string(), text);
            let refused = Source::new(&converted, "event.id").unwrap_err();
            assert_eq!(refused.to_string(), format!("`event.id`: {problem}"));
        }
    }

    #[test]
    fn pointers_are_unescaped() {
        assert_eq!(Pointer::new("/a~1b/~0/0").tokens(), ["a/b", "~", "0"]);
        assert!(Pointer::ROOT.tokens().is_empty());
        assert_eq!(Pointer::from("/a~1b"), Pointer::new("/a~1b"));
        assert!(Pointer::from("").check("event.data").is_ok());
        assert!(Pointer::from("data").check("event.data").is_err());
    }
}
