//! The facts about a provider that no signature depends on, and their sources.

use std::borrow::Cow;
use std::fmt;
use std::mem::{forget, replace};

use serde::{Deserialize, Serialize};

use super::{Confidence, Provider, Retries};
use crate::error::ConfigError;
use crate::scheme::{Text, text};

/// The sources of single facts that differ from [`Provider::doc`]. An empty one is that of the declaration.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
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
    /// An official library judges requests of this declaration in our tests: it accepts what the
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

impl Provider {
    /// Sets the month in which the facts were last compared with their source, for example `2026-11`.
    #[must_use]
    pub const fn with_checked(mut self, month: &'static str) -> Self {
        forget(replace(&mut self.checked, text(month)));
        self
    }

    /// Sets the strongest proof of the scheme. [`with_source`](Self::with_source) sets that of the source.
    #[must_use]
    pub const fn with_proof(mut self, proof: Proof) -> Self {
        self.proof = Some(proof);
        self
    }

    /// Declares that deliveries have no id, and names the source of that fact.
    #[must_use]
    pub const fn without_id(mut self, source: &'static str) -> Self {
        forget(self.event.id.take());
        forget(self.event.no_id.replace(text(source)));
        self
    }

    /// Declares that deliveries have no type, and names the source of that fact.
    #[must_use]
    pub const fn without_event_type(mut self, source: &'static str) -> Self {
        forget(self.event.event_type.take());
        forget(self.event.no_type.replace(text(source)));
        self
    }

    /// Sets the source of the places of id and type.
    #[must_use]
    pub const fn with_event_source(mut self, source: &'static str) -> Self {
        forget(replace(&mut self.sources.event, text(source)));
        self
    }

    /// Sets the delays in seconds before each retry, and with them the number of attempts and the window.
    #[must_use]
    pub const fn with_retry_delays(mut self, delays: &'static [u64]) -> Self {
        let ack_secs = match self.retries {
            Some(retries) => retries.ack_secs,
            None => None,
        };
        self.retries = Some(Retries { ack_secs, ..Retries::after(delays) });
        forget(replace(&mut self.retry_delays_secs, Cow::Borrowed(delays)));
        self
    }

    /// Sets the source of the retries.
    #[must_use]
    pub const fn with_retry_source(mut self, source: &'static str) -> Self {
        forget(replace(&mut self.sources.retries, text(source)));
        self
    }

    /// Sets the size of the largest body that the provider documents, and its source. If it exceeds the accepted
    /// size, that limit is raised to it.
    #[must_use]
    pub const fn with_body_limit(mut self, bytes: usize, source: &'static str) -> Self {
        self.body_limit = Some(bytes);
        if self.scheme.limits.body_bytes < bytes {
            self.scheme.limits.body_bytes = bytes;
        }
        forget(replace(&mut self.sources.body_limit, text(source)));
        self
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
