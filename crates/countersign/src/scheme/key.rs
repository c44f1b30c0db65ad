use serde::{Deserialize, Serialize};

use super::{Text, text};

/// How the text of a secret becomes key bytes.
///
/// The parts are applied in the order of the fields. In TOML: `key = { encoding = "base64", prefix = "whsec_" }`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyFormat {
    /// Removed from the front if it is there: `whsec_`.
    pub prefix: Text,
    /// How the rest is decoded.
    pub encoding: KeyEncoding,
    /// How a secret *without* the prefix is decoded, where that differs (OpenAI).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unprefixed: Option<KeyEncoding>,
    /// Appended to the key bytes: `&` for OAuth 1 style keys.
    pub append: Text,
}

impl KeyFormat {
    /// The bytes of the text as they are.
    pub const UTF8: Self =
        Self { prefix: text(""), encoding: KeyEncoding::Utf8, unprefixed: None, append: text("") };

    /// Base64 behind an optional prefix; missing padding is accepted, as the reference libraries do.
    #[must_use]
    pub const fn base64(prefix: &'static str) -> Self {
        Self { prefix: text(prefix), encoding: KeyEncoding::Base64, unprefixed: None, append: text("") }
    }
}

/// An encoding of key bytes as text.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum KeyEncoding {
    /// The text is the key.
    #[default]
    Utf8,
    /// Standard Base64, padding optional.
    Base64,
    /// Hexadecimal, either case.
    Hex,
}
