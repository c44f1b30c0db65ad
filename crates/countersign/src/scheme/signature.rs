use serde::{Deserialize, Serialize};

use super::{Location, Template, Text, text};

/// The place of the signature, and its format.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SignatureField {
    /// The place of the field.
    pub at: Location,
    /// The format of the field. If it is omitted and the content refers to items of the field (`{sig:…}`), the field
    /// is a comma-separated list of items `tag=value`, any of which may be the signature.
    #[serde(default)]
    pub format: Format,
    /// The encoding of the signature's bytes.
    pub encoding: Encoding,
    /// The rule for a header that occurs more than once.
    #[serde(default)]
    pub repeat: DuplicateHeaders,
}

/// The format of a signature field.
///
/// In TOML: `format = { value = { prefixes = "sha256=", required = true } }`, or
/// `format = { list = { separator = " ", assign = ",", tags = "v1" } }`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Format {
    /// A single signature after a prefix.
    Value {
        /// Prefixes that are removed, separated by `|`. In the header `authorization` a prefix of a word and a
        /// space, such as `Bearer `, names the authentication scheme and is compared without regard to case (RFC
        /// 9110, section 11.1).
        #[serde(default)]
        prefixes: Text,
        /// Whether a prefix is required. A prefix names the algorithm: rejecting other prefixes prevents a downgrade
        /// to a weaker one.
        #[serde(default)]
        required: bool,
        /// The text between prefix and signature that names the key, for example `{param:application_key}:` (Sinch): literal
        /// text, and parameters that the developer sets. A field with another name is rejected.
        #[serde(default, skip_serializing_if = "Template::is_empty")]
        key_id: Template,
    },
    /// A list of items, `tag` + `assign` + `value`.
    List {
        /// Characters any of which separates items; spaces around items are ignored. A signer writes the first one
        /// that is not a space, followed by a space if that comes next: `, ` is written as it stands, ` ,` as a
        /// comma.
        separator: Text,
        /// The text between tag and value. Empty if items have no tag.
        assign: Text,
        /// Tags of the items that are signatures, separated by `|`, or `*` for any, or `{key}` for the name that
        /// precedes the key in the secret (see [`KeyFormat::after`](super::KeyFormat)). All other items are skipped.
        #[serde(default)]
        tags: Text,
        /// Whether an item without a tag is a signature, too.
        #[serde(default)]
        bare: bool,
    },
}

impl Format {
    /// A field that consists of the signature.
    pub const BARE: Self = Self::optional_prefix("");

    /// Creates the format of one signature after a required prefix.
    #[must_use]
    pub const fn prefixed(prefix: &'static str) -> Self {
        Self::after(prefix, "")
    }

    /// Creates the format of one signature, perhaps after a prefix.
    #[must_use]
    pub const fn optional_prefix(prefix: &'static str) -> Self {
        Self::Value { prefixes: text(prefix), required: false, key_id: Template::new("") }
    }

    /// Creates the format of one signature after a required prefix and the name of the key.
    #[must_use]
    pub const fn after(prefix: &'static str, key_id: &'static str) -> Self {
        Self::Value { prefixes: text(prefix), required: true, key_id: Template::new(key_id) }
    }

    /// Creates the format of a list of signatures without tags.
    #[must_use]
    pub const fn bare_list(separator: &'static str) -> Self {
        Self::List { separator: text(separator), assign: text(""), tags: text(""), bare: true }
    }

    /// Creates the format of a list of items with tags.
    #[must_use]
    pub const fn list(separator: &'static str, assign: &'static str, tags: &'static str) -> Self {
        Self::List { separator: text(separator), assign: text(assign), tags: text(tags), bare: false }
    }

    /// Returns the name of the key before the signature.
    pub(crate) const fn key_id(&self) -> Option<&Template> {
        match self {
            Self::Value { key_id, .. } => Some(key_id),
            Self::List { .. } => None,
        }
    }

    /// Returns the name of the key before the signature, to fill in its parameters.
    pub(crate) const fn key_id_mut(&mut self) -> Option<&mut Template> {
        match self {
            Self::Value { key_id, .. } => Some(key_id),
            Self::List { .. } => None,
        }
    }
}

impl SignatureField {
    /// Creates a field that is a header with one signature. Any of several names, separated by commas, may be used.
    #[must_use]
    pub const fn header(names: &'static str, encoding: Encoding) -> Self {
        Self::at(Location::header(names), Format::BARE, encoding)
    }

    /// Creates a field that is a header with a signature after a required prefix.
    #[must_use]
    pub const fn prefixed(names: &'static str, prefix: &'static str, encoding: Encoding) -> Self {
        Self::at(Location::header(names), Format::prefixed(prefix), encoding)
    }

    /// Creates a field that is a header with a list of items.
    #[must_use]
    pub const fn list(names: &'static str, list: [&'static str; 3], encoding: Encoding) -> Self {
        let [separator, assign, tags] = list;
        Self::at(Location::header(names), Format::list(separator, assign, tags), encoding)
    }

    /// Creates a field at any place.
    #[must_use]
    pub const fn at(at: Location, format: Format, encoding: Encoding) -> Self {
        Self { at, format, encoding, repeat: DuplicateHeaders::Equal }
    }

    /// Treats each of several headers as a separate signature.
    #[must_use]
    pub const fn repeat_any(mut self) -> Self {
        self.repeat = DuplicateHeaders::Any;
        self
    }
}

impl Default for Format {
    fn default() -> Self {
        Self::BARE
    }
}

/// The encoding of the bytes of a signature.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Encoding {
    /// Hexadecimal in either case; a signer writes lower case.
    Hex,
    /// Standard Base64, with or without padding.
    Base64,
    /// URL-safe Base64, with or without padding; signed with padding.
    Base64Url,
    /// URL-safe Base64, with or without padding; signed without, for libraries that compare texts (Sanity).
    #[serde(rename = "base64url-unpadded")]
    Base64UrlUnpadded,
    /// A JSON object in Base64, with the signature in Base64 as its member `signature`, and the name of the key as `kid`:
    /// for public keys (eBay).
    #[serde(rename = "base64-json")]
    Base64Json,
    /// Hexadecimal or standard Base64, told apart by the length, for providers whose documentation and code
    /// disagree. A signer writes Base64. Not for public keys.
    #[serde(rename = "hex-or-base64")]
    HexOrBase64,
    /// No encoding: for tokens.
    Text,
}

/// The rule for a signature header that occurs more than once, or under several of its names.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DuplicateHeaders {
    /// All values must be equal: different values indicate a forgery attempt or a broken proxy.
    #[default]
    Equal,
    /// Each value is a separate signature, for example one per key.
    Any,
}
