use serde::{Deserialize, Serialize};

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
