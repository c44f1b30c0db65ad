//! The facts about a provider that no signature depends on, and their sources.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::ConfigError;
use crate::scheme::{Text, text};

/// The sources of single facts that differ from [`Provider::doc`](crate::Provider::doc). An empty one is that of the declaration.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Sources {
    /// The source of the places of id and type.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub event: Text,
    /// The source of the retries.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub retries: Text,
    /// The source of the limit on bodies.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub body_limit: Text,
}

/// The strongest proof that a declaration verifies what its provider sends.
///
/// In TOML: `proof = "vectors"`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Proof {
    /// An official library verifies requests of this declaration in our tests: it accepts what the
    /// [`Signer`](crate::Signer) signs, and refuses what was changed, as the [`Verifier`](crate::Verifier) does.
    Sdk,
    /// Test vectors that others made: from the suite or the page of the provider, or from another receiver.
    Vectors,
    /// The scheme was read in the provider's own code or on its own page.
    Page,
    /// The scheme was read in another receiver's code or on another page.
    Secondary,
    /// The scheme was not read: check it before you rely on it.
    Memory,
}

impl Proof {
    /// All, the strongest first.
    pub const ALL: [Self; 5] = [Self::Sdk, Self::Vectors, Self::Page, Self::Secondary, Self::Memory];

    /// Returns the proof that a source alone is.
    #[must_use]
    pub const fn of_source(confidence: Confidence) -> Option<Self> {
        match confidence {
            Confidence::OfficialCode | Confidence::OfficialDocs => Some(Self::Page),
            Confidence::Secondary => Some(Self::Secondary),
            Confidence::Memory => Some(Self::Memory),
            Confidence::Own => None,
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sdk => "sdk",
            Self::Vectors => "vectors",
            Self::Page => "page",
            Self::Secondary => "secondary",
            Self::Memory => "memory",
        })
    }
}

impl Sources {
    /// No separate sources: all facts come from that of the declaration.
    pub const NONE: Self = Self { event: text(""), retries: text(""), body_limit: text("") };

    pub(super) fn is_none(&self) -> bool {
        *self == Self::NONE
    }
}

/// Checks that a month is written as a year and a month.
pub(super) fn check_month(month: &str) -> Result<(), ConfigError> {
    let is_number =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_month = month.split_once('-').is_some_and(|(year, month)| {
        is_number(year, 4) && is_number(month, 2) && ("01"..="12").contains(&month)
    });
    if month.is_empty() || is_month {
        Ok(())
    } else {
        Err(ConfigError::new("checked", format!("{month:?} is not a month such as `2026-11`")))
    }
}

/// The confidence in the facts of a declaration, by their source.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Confidence {
    /// The provider's own code.
    OfficialCode,
    /// The provider's own documentation.
    OfficialDocs,
    /// Code or documentation of a third party.
    Secondary,
    /// No source: verify the facts before you rely on them.
    Memory,
    /// Declared by the user.
    #[default]
    Own,
}

/// The accounts whose deliveries verify under a public key.
///
/// A provider that signs for all of its accounts with one key also signs for the accounts of others. A valid
/// signature then proves that the provider sent the delivery, not that it concerns your account.
///
/// In TOML: `key_scope = "provider"`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyScope {
    /// One account, application, endpoint or installation, which has its own key.
    Account,
    /// All accounts of the provider. The declaration has a parameter that names the intended one, and a
    /// [`Verifier`](crate::Verifier) cannot be built without it: see
    /// [`Provider::with_parameter`](crate::Provider::with_parameter).
    Provider,
    /// All accounts of the provider, and no signed value in a fixed place names the account. The handler must
    /// compare a value known to it; the notes name it.
    ProviderUnchecked,
}
