use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Place;
use crate::scheme::{Text, text};

/// A condition that a request must meet to be recognised as this handshake. In TOML and JSON it is text:
///
/// | text | the value |
/// |---|---|
/// | `query:hub.mode = subscribe` | is present, and equals this text |
/// | `query:hub.challenge` | is present, and not empty |
/// | `!json:/events/0/type` | is absent, or empty |
///
/// A condition on a form field can hold only in a body whose `Content-Type` is that of a form, one on a JSON value
/// only in others. Without a `Content-Type`, a body that begins like JSON counts as JSON.
///
/// Numbers and booleans of a JSON body are compared in their written form.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum Condition {
    /// The value is present, and equals this text.
    Equals(Place, Text),
    /// The value is present, and not empty.
    Present(Place),
    /// The value is absent, or empty.
    Absent(Place),
}

impl Condition {
    /// Requires the value to equal this text.
    #[must_use]
    pub const fn equals(at: Place, value: &'static str) -> Self {
        Self::Equals(at, text(value))
    }

    /// Requires the value to be present.
    #[must_use]
    pub const fn present(at: Place) -> Self {
        Self::Present(at)
    }

    /// Requires the value to be absent.
    #[must_use]
    pub const fn absent(at: Place) -> Self {
        Self::Absent(at)
    }

    /// Creates a list of conditions from literals: `Condition::all(const { &[…] })`.
    #[must_use]
    pub const fn all(conditions: &'static [Self]) -> Cow<'static, [Self]> {
        Cow::Borrowed(conditions)
    }

    /// Returns the place of the value.
    #[must_use]
    pub const fn place(&self) -> &Place {
        match self {
            Self::Equals(at, _) | Self::Present(at) | Self::Absent(at) => at,
        }
    }

    pub(super) fn holds(&self, value: Option<&str>) -> bool {
        let value = value.filter(|value| !value.is_empty());
        match self {
            Self::Equals(_, wanted) => value == Some(wanted),
            Self::Present(_) => value.is_some(),
            Self::Absent(_) => value.is_none(),
        }
    }

    /// Returns whether the condition may hold in this body, without parsing it: most deliveries are no handshakes.
    pub(super) fn may_hold_in(&self, body: &[u8]) -> bool {
        match self {
            Self::Absent(_) => true,
            Self::Equals(at, value) => at.alternatives().iter().any(|at| may_be_in(at, value, body)),
            Self::Present(at) => at.alternatives().iter().any(|at| may_be_in(at, "", body)),
        }
    }
}

/// Returns whether the value may be at this place of the body, without parsing it.
fn may_be_in(at: &Place, value: &str, body: &[u8]) -> bool {
    let (name, value, escape): (_, _, &[u8]) = match at {
        Place::Json(pointer) => (pointer.as_str().rsplit('/').next().unwrap_or_default(), value, b"\\u"),
        Place::Form(name) => (&**name, "", b"%"),
        Place::Query(_) | Place::Header(_) | Place::Path | Place::FirstOf(_) => return true,
    };
    let contains = |text: &[u8]| memchr::memmem::find(body, text).is_some();
    // Escaped text and array indices need not occur in the body literally.
    let is_there = |text: &str| {
        let plain = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.' | b':');
        text.is_empty() || !text.bytes().all(plain) || contains(text.as_bytes())
    };
    is_there(name) && is_there(value) || contains(escape)
}

impl TryFrom<String> for Condition {
    type Error = String;

    fn try_from(condition: String) -> Result<Self, String> {
        let place = |text: &str| Place::try_from(text.trim().to_owned());
        if let Some(absent) = condition.strip_prefix('!') {
            return place(absent).map(Self::Absent);
        }
        match condition.split_once('=') {
            Some((at, value)) => Ok(Self::Equals(place(at)?, Text::Owned(value.trim().to_owned()))),
            None => place(&condition).map(Self::Present),
        }
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> Self {
        condition.to_string()
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equals(at, value) => write!(f, "{at} = {value}"),
            Self::Present(at) => write!(f, "{at}"),
            Self::Absent(at) => write!(f, "!{at}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_condition_round_trip() {
        for text in ["query:hub.mode = subscribe", "query:hub.challenge", "!json:/events/0/type"] {
            assert_eq!(Condition::try_from(text.to_owned()).unwrap().to_string(), text);
        }
        assert!(Condition::try_from("hub.mode = subscribe".to_owned()).is_err());
    }

    #[test]
    fn what_is_empty_is_not_there() {
        assert!(!Condition::present(Place::Path).holds(Some("")));
        assert!(Condition::absent(Place::Path).holds(Some("")) && Condition::absent(Place::Path).holds(None));
        assert!(Condition::equals(Place::Path, "/a").holds(Some("/a")));
        assert!(!Condition::equals(Place::Path, "/a").holds(Some("/A")));
    }

    #[test]
    fn a_glance_never_overlooks_a_handshake() {
        let verification = Condition::equals(Place::json("/type"), "url_verification");
        assert!(verification.may_hold_in(br#"{"type":"url_verification"}"#));
        assert!(verification.may_hold_in(br#"{"type":"url\u005fverification"}"#));
        assert!(!verification.may_hold_in(br#"{"type":"event_callback"}"#));
        assert!(Condition::equals(Place::json("/a"), "b/c").may_hold_in(br#"{"a":"b\/c"}"#));
        assert!(Condition::equals(Place::json("/a/0"), "1").may_hold_in(br#"{"a":[1]}"#));
        assert!(Condition::present(Place::json("/challenge")).may_hold_in(br#"{"\u0063hallenge":"c"}"#));
        assert!(!Condition::present(Place::json("/challenge")).may_hold_in(br#"{"event":{}}"#));
        assert!(Condition::absent(Place::json("/event")).may_hold_in(br#"{"event":{}}"#));
        assert!(Condition::equals(Place::form("a"), "b").may_hold_in(b"%61=%62"));
        assert!(!Condition::equals(Place::form("ssl_check"), "1").may_hold_in(b"token=x&team=y"));
    }
}
