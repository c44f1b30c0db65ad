use std::borrow::Cow;
use std::mem::{forget, replace};

use serde::{Deserialize, Serialize};

use super::{Text, text};
use crate::error::ConfigError;

/// The conversion of a secret's text into key bytes.
///
/// The steps are applied in the order of the fields. In TOML: `key = { encoding = "base64", prefix = "whsec_" }`.
///
/// For the keys of a key pair only `separator`, `prefix` and `after` apply; the encoding is recognised from the
/// text.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct KeyFormat {
    /// The separator of several keys in one secret: `|`. Empty means one key per secret.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub separator: Text,
    /// A prefix that is removed if present: `whsec_`. Of several, separated by `|`, the first that matches.
    pub prefix: Text,
    /// The text up to the first occurrence of this separator is not part of the key: `:` between key id and key.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub after: Text,
    /// Normalises the text to Unicode's NFKD first.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nfkd: bool,
    /// The encoding of the remaining text.
    pub encoding: KeyEncoding,
    /// The encoding of a secret *without* the prefix, if it differs (OpenAI).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unprefixed: Option<KeyEncoding>,
    /// The text appended to the key bytes: `&` for OAuth 1 style keys.
    pub append: Text,
    /// Uses the SHA-1 digest of the bytes so far as the key (Braintree).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sha1: bool,
    /// Uses the SHA-256 digest of the bytes so far as the key (ConnectWise).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sha256: bool,
    /// Alternative conversions, for secrets whose text does not show which one applies (Polar). Each secret yields
    /// one key per conversion that succeeds, under one name; at most 4 in all. A [`Signer`](crate::Signer) uses the
    /// first that succeeds: these fields, then the alternatives in order.
    #[serde(skip_serializing_if = "<[KeyFormat]>::is_empty")]
    pub alternatives: Cow<'static, [KeyFormat]>,
}

impl KeyFormat {
    /// The bytes of the text, unchanged.
    pub const UTF8: Self = Self::new("", KeyEncoding::Utf8);
    /// Hexadecimal.
    pub const HEX: Self = Self::new("", KeyEncoding::Hex);

    /// Creates a conversion with an encoding after an optional prefix.
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

    /// Creates a conversion from Base64 after an optional prefix. Missing padding is accepted, as in the reference
    /// libraries.
    #[must_use]
    pub const fn base64(prefix: &'static str) -> Self {
        Self::new(prefix, KeyEncoding::Base64)
    }

    /// Sets the separator of several keys in one secret.
    #[must_use]
    pub const fn separated_by(mut self, separator: &'static str) -> Self {
        forget(replace(&mut self.separator, text(separator)));
        self
    }

    /// Uses only the text after the first `separator`.
    #[must_use]
    pub const fn behind(mut self, separator: &'static str) -> Self {
        forget(replace(&mut self.after, text(separator)));
        self
    }

    /// Uses the SHA-1 digest of the key bytes as the key.
    #[must_use]
    pub const fn hashed_with_sha1(mut self) -> Self {
        self.sha1 = true;
        self
    }

    /// Uses the SHA-256 digest of the key bytes as the key.
    #[must_use]
    pub const fn hashed_with_sha256(mut self) -> Self {
        self.sha256 = true;
        self
    }

    /// Normalises the text to Unicode's NFKD first.
    #[must_use]
    pub const fn normalized(mut self) -> Self {
        self.nfkd = true;
        self
    }

    /// Sets the encoding of a secret without the prefix.
    #[must_use]
    pub const fn or_unprefixed(mut self, encoding: KeyEncoding) -> Self {
        self.unprefixed = Some(encoding);
        self
    }

    /// Sets the alternative conversions.
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

    /// Appends text to the key bytes.
    #[must_use]
    pub const fn with_suffix(mut self, suffix: &'static str) -> Self {
        forget(replace(&mut self.append, text(suffix)));
        self
    }
}

/// The largest number of keys from one text.
const MOST_DERIVATIONS: usize = 4;

/// The encoding of key bytes as text.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum KeyEncoding {
    /// The bytes of the text are the key.
    #[default]
    Utf8,
    /// Standard Base64, padding optional.
    Base64,
    /// Hexadecimal, either case.
    Hex,
}
