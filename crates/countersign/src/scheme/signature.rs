use serde::{Deserialize, Serialize};

use super::{Location, Text, text};

/// Where the signature is, and how it is written there.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureField {
    /// Where it is.
    pub at: Location,
    /// How the field is written. If it is left out and the content has items of the field (`{sig:…}`), the field is a list
    /// of items `tag=value`, separated by commas, any of which may be the signature.
    #[serde(default)]
    pub format: Format,
    /// How the bytes of a signature are written.
    pub encoding: Encoding,
    /// What it means when the header is there more than once.
    #[serde(default)]
    pub repeat: Repeat,
}

/// How a signature field is written.
///
/// In TOML: `format = { value = { prefixes = "sha256=", required = true } }`, or
/// `format = { list = { separator = " ", assign = ",", tags = "v1" } }`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Format {
    /// The field is one signature, behind a prefix.
    Value {
        /// Prefixes that are removed, separated by `|`. In the header `authorization` a prefix that is a word and a space,
        /// `Bearer `, names the scheme of the credentials: its case does not matter there (RFC 9110, section 11.1).
        #[serde(default)]
        prefixes: Text,
        /// Whether one of the prefixes has to be there. A prefix names the algorithm: a field with another
        /// prefix is refused, so that nobody can ask for a weaker one.
        #[serde(default)]
        required: bool,
    },
    /// The field is a list of items, `tag` + `assign` + `value`.
    List {
        /// Characters any of which separates items; spaces around items are ignored. A signer writes the first that
        /// is no space, and a space behind it where one is next: `, ` is written as it stands, ` ,` as a comma.
        separator: Text,
        /// What stands between tag and value; empty where items have no tag.
        assign: Text,
        /// Tags of the items that are signatures, separated by `|`, or `*` for any, or `{key}` for the name of the key
        /// that stands in front of it in the secret (see [`KeyFormat::after`](super::KeyFormat)); all other items are
        /// skipped.
        #[serde(default)]
        tags: Text,
        /// Whether an item without a tag is a signature too.
        #[serde(default)]
        bare: bool,
    },
}

impl Format {
    /// The field is the signature and nothing else.
    pub const BARE: Self = Self::Value { prefixes: text(""), required: false };

    /// The field is one signature behind a required prefix.
    #[must_use]
    pub const fn prefixed(prefix: &'static str) -> Self {
        Self::Value { prefixes: text(prefix), required: true }
    }

    /// The field is a list of signatures without tags.
    #[must_use]
    pub const fn bare_list(separator: &'static str) -> Self {
        Self::List { separator: text(separator), assign: text(""), tags: text(""), bare: true }
    }

    /// The field is a list of items with tags.
    #[must_use]
    pub const fn list(separator: &'static str, assign: &'static str, tags: &'static str) -> Self {
        Self::List { separator: text(separator), assign: text(assign), tags: text(tags), bare: false }
    }
}

impl SignatureField {
    /// A header with one signature and nothing else in it; of several names, separated by commas, any.
    #[must_use]
    pub const fn header(names: &'static str, encoding: Encoding) -> Self {
        Self::at(Location::header(names), Format::BARE, encoding)
    }

    /// A header with a signature behind a required prefix.
    #[must_use]
    pub const fn prefixed(names: &'static str, prefix: &'static str, encoding: Encoding) -> Self {
        Self::at(Location::header(names), Format::prefixed(prefix), encoding)
    }

    /// A header with a list of items.
    #[must_use]
    pub const fn list(names: &'static str, list: [&'static str; 3], encoding: Encoding) -> Self {
        let [separator, assign, tags] = list;
        Self::at(Location::header(names), Format::list(separator, assign, tags), encoding)
    }

    /// A signature anywhere.
    #[must_use]
    pub const fn at(at: Location, format: Format, encoding: Encoding) -> Self {
        Self { at, format, encoding, repeat: Repeat::Equal }
    }

    /// The same where each of several headers is a signature of its own.
    #[must_use]
    pub const fn each(mut self) -> Self {
        self.repeat = Repeat::Any;
        self
    }
}

impl Default for Format {
    fn default() -> Self {
        Self::BARE
    }
}

/// How the bytes of a signature are written.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Encoding {
    /// Hexadecimal, either case; signed in lower case.
    Hex,
    /// Standard Base64, with or without padding.
    Base64,
    /// URL-safe Base64, with or without padding.
    Base64Url,
    /// A JSON object in Base64, with the signature in Base64 as its member `signature`, and the name of the key as `kid`:
    /// for public keys (eBay).
    #[serde(rename = "base64-json")]
    Base64Json,
    /// Hexadecimal or standard Base64, for providers whose pages and code disagree; signed in Base64. The length tells them
    /// apart. Not for public keys.
    #[serde(rename = "hex-or-base64")]
    HexOrBase64,
    /// As it is: for tokens.
    Text,
}

/// What it means when a signature header is there more than once, or under several of its names.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Repeat {
    /// All have to be equal: different values are a forgery attempt or a broken proxy.
    #[default]
    Equal,
    /// Each is a signature of its own, for instance one per key.
    Any,
}
