use std::borrow::Cow;
use std::mem::{forget, replace};

use serde::{Deserialize, Serialize};

use super::{Text, text};
use crate::error::ConfigError;

/// How the text of a secret becomes key bytes.
///
/// The parts are applied in the order of the fields. In TOML: `key = { encoding = "base64", prefix = "whsec_" }`.
///
/// The text of one half of a pair of keys says itself how it is written: of the fields, `separator`, `prefix` and `after`
/// are for it.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyFormat {
    /// Separates several keys in one secret: `|`. Empty where a secret is one key.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub separator: Text,
    /// Removed from the front if it is there: `whsec_`. The first that fits of several, separated by `|`.
    pub prefix: Text,
    /// What stands up to the first of these is no part of the key: `:` between key id and key.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub after: Text,
    /// Whether the text is brought into Unicode's form NFKD first.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nfkd: bool,
    /// How the rest is decoded.
    pub encoding: KeyEncoding,
    /// How a secret *without* the prefix is decoded, where that differs (OpenAI).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unprefixed: Option<KeyEncoding>,
    /// Appended to the key bytes: `&` for OAuth 1 style keys.
    pub append: Text,
    /// Whether the key is the SHA-1 digest of the bytes so far (Braintree).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sha1: bool,
    /// Whether the key is the SHA-256 digest of the bytes so far (ConnectWise).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sha256: bool,
    /// Other ways in which the text of a secret may become a key, where the text does not say which one it is (Polar).
    /// Each secret is one key per way that it fits, under one name; 4 in all. A [`Signer`](crate::Signer) uses the first
    /// that fits: these fields, then the alternatives in order.
    #[serde(skip_serializing_if = "<[KeyFormat]>::is_empty")]
    pub alternatives: Cow<'static, [KeyFormat]>,
}

impl KeyFormat {
    /// The bytes of the text as they are.
    pub const UTF8: Self = Self::new("", KeyEncoding::Utf8);
    /// Hexadecimal.
    pub const HEX: Self = Self::new("", KeyEncoding::Hex);

    /// An encoding behind an optional prefix.
    #[must_use]
    pub const fn new(prefix: &'static str, encoding: KeyEncoding) -> Self {
        Self {
            separator: text(""),
            prefix: text(prefix),
            after: text(""),
            nfkd: false,
            encoding,
            unprefixed: None,
            append: text(""),
            sha1: false,
            sha256: false,
            alternatives: Cow::Borrowed(&[]),
        }
    }

    /// Base64 behind an optional prefix; missing padding is accepted, as the reference libraries do.
    #[must_use]
    pub const fn base64(prefix: &'static str) -> Self {
        Self::new(prefix, KeyEncoding::Base64)
    }

    /// The same with several keys in one secret.
    #[must_use]
    pub const fn separated_by(mut self, separator: &'static str) -> Self {
        forget(replace(&mut self.separator, text(separator)));
        self
    }

    /// The same for the part behind the first `separator`.
    #[must_use]
    pub const fn behind(mut self, separator: &'static str) -> Self {
        forget(replace(&mut self.after, text(separator)));
        self
    }

    /// The same with the key's SHA-1 digest as the key.
    #[must_use]
    pub const fn hashed_with_sha1(mut self) -> Self {
        self.sha1 = true;
        self
    }

    /// Makes the key's SHA-256 digest the key.
    #[must_use]
    pub const fn hashed_with_sha256(mut self) -> Self {
        self.sha256 = true;
        self
    }

    /// The same in Unicode's form NFKD.
    #[must_use]
    pub const fn normalized(mut self) -> Self {
        self.nfkd = true;
        self
    }

    /// The same with another encoding for a secret that does not have the prefix.
    #[must_use]
    pub const fn or_unprefixed(mut self, encoding: KeyEncoding) -> Self {
        self.unprefixed = Some(encoding);
        self
    }

    /// Sets other ways in which a secret may become a key.
    #[must_use]
    pub const fn or(mut self, alternatives: &'static [KeyFormat]) -> Self {
        forget(replace(&mut self.alternatives, Cow::Borrowed(alternatives)));
        self
    }

    /// Checks the rules that the types do not express.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let is_nested = |format: &Self| !format.alternatives.is_empty() || !format.separator.is_empty();
        let problem = if self.alternatives.len() >= MOST_DERIVATIONS {
            "are more than 3: each costs every request a computation"
        } else if self.alternatives.iter().any(is_nested) {
            "have `alternatives` or a `separator` of their own"
        } else {
            return Ok(());
        };
        Err(ConfigError::new("scheme.key.alternatives", problem))
    }

    /// The same with something appended to the key bytes.
    #[must_use]
    pub const fn with_suffix(mut self, suffix: &'static str) -> Self {
        forget(replace(&mut self.append, text(suffix)));
        self
    }
}

/// How many keys one text may be.
const MOST_DERIVATIONS: usize = 4;

/// An encoding of key bytes as text.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
