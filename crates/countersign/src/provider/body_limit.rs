use std::fmt;

use serde::de::{Error, MapAccess, Visitor, value};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The size of the largest body that a provider sends, as its pages state it.
///
/// In TOML: `body_limit = 262144`, in bytes, or `{ none = true }` if the pages that describe the
/// deliveries name no limit. The second needs a source, `sources.body_limit`, which distinguishes it from a
/// declaration whose limit is unknown:
///
#[cfg_attr(feature = "toml", doc = "```")]
#[cfg_attr(not(feature = "toml"), doc = "```ignore")]
/// use countersign::{BodyLimit, Provider};
///
/// let provider = Provider::from_toml(r#"
///     slug = "acme"
///     name = "Acme"
///     doc = "https://acme.example/docs/webhooks"
///     body_limit = { none = true }
///
///     [sources]
///     body_limit = "https://acme.example/docs/webhooks#delivery"
///
///     [scheme]
///     algorithm = "hmac-sha256"
///     content = "{body}"
///     signature = { at = "header:acme-signature", encoding = "hex" }
/// "#)?;
/// assert_eq!(provider.body_limit, Some(BodyLimit::None));
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum BodyLimit {
    /// The size in bytes.
    Bytes(usize),
    /// The pages of the provider describe the deliveries and name no limit.
    None,
}

impl BodyLimit {
    /// Returns the size in bytes; `None` if the provider's pages name none.
    #[must_use]
    pub const fn bytes(self) -> Option<usize> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::None => None,
        }
    }
}

/// The form of [`BodyLimit`] in files.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "BodyLimit"))]
#[derive(Serialize)]
#[serde(untagged)]
enum Declared {
    /// The size in bytes.
    Bytes(usize),
    /// The provider's pages name no limit.
    None(Absent),
}

/// The statement that a provider's pages name no limit.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "NoBodyLimit"))]
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Absent {
    /// Always `true`.
    none: bool,
}

impl Serialize for BodyLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Bytes(bytes) => Declared::Bytes(bytes),
            Self::None => Declared::None(Absent { none: true }),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for BodyLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LimitVisitor)
    }
}

struct LimitVisitor;

impl<'de> Visitor<'de> for LimitVisitor {
    type Value = BodyLimit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of bytes, or `{ none = true }`")
    }

    fn visit_u64<E: Error>(self, bytes: u64) -> Result<BodyLimit, E> {
        usize::try_from(bytes).map(BodyLimit::Bytes).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, bytes: i64) -> Result<BodyLimit, E> {
        usize::try_from(bytes).map(BodyLimit::Bytes).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<BodyLimit, A::Error> {
        let absent = Absent::deserialize(value::MapAccessDeserializer::new(map))?;
        if absent.none {
            Ok(BodyLimit::None)
        } else {
            Err(A::Error::custom("`none` is `true`, or the limit is a number of bytes"))
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for BodyLimit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Declared::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Declared::json_schema(generator)
    }
}
