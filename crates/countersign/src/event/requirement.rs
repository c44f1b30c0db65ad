//! Checks of a body before its event is decoded.

use std::borrow::Cow;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::{Deserialize, Serialize};

use super::{DecodeError, decode};
use crate::scheme::{Pointer, Text, TimestampFormat, text};

/// A value that the body of a delivery must have before its event is decoded. A violation is a
/// [`DecodeError`] with the path: 422 in a handler, a dead letter in an inbox.
///
/// ```
/// use countersign::Requirement;
/// use countersign::providers::printprice;
///
/// // Other environments than those of the declaration.
/// let provider = printprice::PROVIDER
///     .clone()
///     .with_requirement(Requirement::one_of("/environment", "live|qa"));
/// # assert!(provider.check().is_ok());
/// ```
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Requirement {
    /// The place of the value in the body.
    pub at: Pointer,
    /// The kind of the value.
    pub is: ValueKind,
    /// The allowed texts, separated by `|`; none allows all.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub values: Text,
    /// The types of events that it holds for, separated by `|`; none is all that the program knows.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub types: Text,
}

/// A kind of value in a JSON body.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ValueKind {
    /// Text that is not empty.
    Text,
    /// A point in time as text: RFC 3339 with an offset.
    Rfc3339,
    /// An object.
    Object,
}

impl Requirement {
    /// An empty list.
    pub(crate) const NONE: Cow<'static, [Self]> = Cow::Borrowed(&[]);

    /// Requires text that is not empty.
    #[must_use]
    pub const fn text(at: &'static str) -> Self {
        Self { at: Pointer::new(at), is: ValueKind::Text, values: text(""), types: text("") }
    }

    /// Requires one of these texts, separated by `|`.
    #[must_use]
    pub const fn one_of(at: &'static str, values: &'static str) -> Self {
        Self { at: Pointer::new(at), is: ValueKind::Text, values: text(values), types: text("") }
    }

    /// Requires a point in time in RFC 3339.
    #[must_use]
    pub const fn rfc3339(at: &'static str) -> Self {
        Self { at: Pointer::new(at), is: ValueKind::Rfc3339, values: text(""), types: text("") }
    }

    /// Requires an object.
    #[must_use]
    pub const fn object(at: &'static str) -> Self {
        Self { at: Pointer::new(at), is: ValueKind::Object, values: text(""), types: text("") }
    }

    /// Limits it to events of these types, separated by `|`.
    #[must_use]
    pub const fn for_types(mut self, types: &'static str) -> Self {
        std::mem::forget(std::mem::replace(&mut self.types, text(types)));
        self
    }

    /// Checks a body of an event of this type.
    pub(super) fn check(&self, body: &[u8], event_type: &str) -> Result<(), DecodeError> {
        if !self.types.is_empty() && !self.types.split('|').any(|one| one == event_type) {
            return Ok(());
        }
        decode(body, &self.at.tokens(), Check(self))
    }
}

#[derive(Clone, Copy)]
struct Check<'r>(&'r Requirement);

impl<'de> DeserializeSeed<'de> for Check<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Check<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.is, &*self.0.values) {
            (ValueKind::Text, "") => f.write_str("text that is not empty"),
            (ValueKind::Text, values) => write!(f, "one of `{values}`"),
            (ValueKind::Rfc3339, _) => f.write_str("a point in time in RFC 3339"),
            (ValueKind::Object, _) => f.write_str("an object"),
        }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        let Requirement { is, values, .. } = self.0;
        let fits = match is {
            ValueKind::Text if values.is_empty() => !value.is_empty(),
            ValueKind::Text => values.split('|').any(|one| one == value),
            ValueKind::Rfc3339 => TimestampFormat::Rfc3339.parse(value.as_bytes()).is_ok(),
            ValueKind::Object => false,
        };
        if fits { Ok(()) } else { Err(E::invalid_value(Unexpected::Other("another text"), &self)) }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if self.0.is != ValueKind::Object {
            return Err(A::Error::invalid_type(Unexpected::Map, &self));
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(A::Error::invalid_type(Unexpected::Seq, &self))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Err(E::invalid_type(Unexpected::Other("nothing"), &self))
    }
}
