use std::mem::{forget, replace};

use serde::{Deserialize, Serialize};

use super::{Location, Template, Text, text};

/// A value of the request that has to be what the rest of the request says: a version in a header, a digest of the body
/// in the signed URL, a claim of a token.
///
/// It is looked at once the signature holds. A digest of the body in a place that is signed makes the body signed, too.
///
/// In TOML: `checks = [{ at = "query:bodySHA256", equals = "{body}", digest = "sha256-hex" }]`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Where the value is. Of several places, the first that has a value counts.
    pub at: Location,
    /// What stands before it there.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub prefix: Text,
    /// What it has to be, or the digest of what.
    pub equals: Template,
    /// Separates several values any of which is right. Empty where there is one.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub separator: Text,
    /// The digest that is taken of it; none is the text itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// What happens when there is no such value.
    #[serde(default)]
    pub presence: Presence,
}

/// A digest, and how it is written.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Digest {
    /// SHA-256 in hexadecimal, either case.
    Sha256Hex,
    /// SHA-256 in standard Base64.
    Sha256Base64,
    /// SHA-256 in URL-safe Base64, with or without padding.
    Sha256Base64Url,
}

/// What it means that a value is not there.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Presence {
    /// The request is refused.
    #[default]
    Required,
    /// Nothing.
    Optional,
    /// It has to be there exactly when there is a body.
    WithBody,
}

impl Check {
    /// A value that is always the same.
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

    /// A value that is a digest.
    #[must_use]
    pub const fn digest(at: Location, digest: Digest, template: &'static str) -> Self {
        Self {
            at,
            prefix: text(""),
            equals: Template::new(template),
            separator: text(""),
            digest: Some(digest),
            presence: Presence::Required,
        }
    }

    /// The same with several values, any of which is right.
    #[must_use]
    pub const fn separated_by(mut self, separator: &'static str) -> Self {
        forget(replace(&mut self.separator, text(separator)));
        self
    }

    /// The same behind a prefix.
    #[must_use]
    pub const fn with_prefix(mut self, prefix: &'static str) -> Self {
        forget(replace(&mut self.prefix, text(prefix)));
        self
    }

    /// The same with another rule for a value that is not there.
    #[must_use]
    pub const fn with_presence(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }
}
