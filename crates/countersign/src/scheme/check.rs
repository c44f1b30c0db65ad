use std::mem::{forget, replace};

use serde::{Deserialize, Serialize};

use super::{Location, Template, Text, text};

/// An extra check: a header, query parameter, claim or other value that must equal a value derived from the
/// request.
///
/// Checks run after the signature is verified. A digest of the body in a signed place makes the body signed as
/// well.
///
/// In TOML: `checks = [{ at = "query:bodySHA256", equals = "{body}", digest = "sha256-hex" }]`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Check {
    /// The place of the value. Of several places, the first with a value counts.
    pub at: Location,
    /// The text in front of the value, which is removed.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub prefix: Text,
    /// The expected value, or the input of the digest.
    pub equals: Template,
    /// The separator of several values, any of which may match. Empty means a single value.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub separator: Text,
    /// The digest to compute over the expected value. `None` compares the text itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<DigestFormat>,
    /// The rule for a request without the value.
    #[serde(default)]
    pub presence: Presence,
}

/// A digest algorithm and the encoding of its result.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DigestFormat {
    /// SHA-256 in hexadecimal, either case.
    Sha256Hex,
    /// SHA-256 in standard Base64.
    Sha256Base64,
    /// SHA-256 in URL-safe Base64, with or without padding.
    Sha256Base64Url,
}

/// The consequence of an absent value.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Presence {
    /// The request is rejected.
    #[default]
    Required,
    /// The check is skipped.
    Optional,
    /// The value must be present exactly if there is a body.
    WithBody,
}

impl Check {
    /// Creates a check for equality with a template.
    #[must_use]
    pub const fn equals(at: Location, template: &'static str) -> Self {
        Self {
            at,
            prefix: text(""),
            equals: Template::new(template),
            separator: text(""),
            digest: None,
            presence: Presence::Required,
        }
    }

    /// Creates a check for the digest of a template.
    #[must_use]
    pub const fn digest(at: Location, digest: DigestFormat, template: &'static str) -> Self {
        Self {
            at,
            prefix: text(""),
            equals: Template::new(template),
            separator: text(""),
            digest: Some(digest),
            presence: Presence::Required,
        }
    }

    /// Sets the separator of several values, any of which may match.
    #[must_use]
    pub const fn separated_by(mut self, separator: &'static str) -> Self {
        forget(replace(&mut self.separator, text(separator)));
        self
    }

    /// Sets the prefix of the value.
    #[must_use]
    pub const fn with_prefix(mut self, prefix: &'static str) -> Self {
        forget(replace(&mut self.prefix, text(prefix)));
        self
    }

    /// Sets the rule for a request without the value.
    #[must_use]
    pub const fn with_presence(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }
}
