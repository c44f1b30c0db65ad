//! Loads and checks declarations.

use std::borrow::Cow;

use super::coverage::Coverage;
use super::scheme::CompiledScheme;
use crate::error::{ConfigError, ConfigWarning};
use crate::provider::Provider;

impl Provider {
    /// Loads a declaration from TOML.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the field at fault.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        let source = toml::Deserializer::parse(text).map_err(|e| ConfigError::new("toml", e.message()))?;
        Self::load(serde_path_to_error::deserialize(source))
    }

    /// Loads a declaration from JSON.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the field at fault.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        Self::load(serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text)))
    }

    /// Checks what the types cannot express: header names, templates, and dependencies between fields.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the field at fault.
    pub fn check(&self) -> Result<(), ConfigError> {
        CompiledScheme::new(Cow::Owned(self.clone())).map(drop)
    }

    /// Returns the parts of a request that its signatures cover.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the field at fault, as [`check`](Self::check) finds it.
    pub fn coverage(&self) -> Result<Coverage, ConfigError> {
        CompiledScheme::new(Cow::Owned(self.clone())).map(|compiled| compiled.signs)
    }

    /// Lists the properties of the declaration that weaken its protection: adjacent values in the signed content
    /// that can exchange bytes, a timestamp that is not signed, a hash that allows length extension.
    /// [`coverage`](Self::coverage) reflects each of them.
    ///
    /// ```
    /// let warnings = countersign::providers::SQUARE.warnings()?;
    /// assert!(warnings[0].to_string().contains("`{url}` ends and `{body}` begins"));
    /// # Ok::<(), countersign::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with the field at fault, as [`check`](Self::check) finds it.
    pub fn warnings(&self) -> Result<Vec<ConfigWarning>, ConfigError> {
        CompiledScheme::new(Cow::Owned(self.clone())).map(|compiled| compiled.warnings)
    }

    fn load<E: std::fmt::Display>(
        parsed: Result<Self, serde_path_to_error::Error<E>>,
    ) -> Result<Self, ConfigError> {
        let provider = parsed.map_err(|error| {
            let field = error.path().to_string();
            let problem = error.into_inner().to_string();
            match missing(&problem) {
                Some(name) if field == "." => {
                    ConfigError::new(name, "missing field: every declaration has it")
                }
                _ => ConfigError::new(field, problem.trim_end().to_owned()),
            }
        })?;
        provider.check()?;
        Ok(provider)
    }
}

/// Returns the name of the field that a deserializer misses. TOML has the line before it, and JSON behind it.
fn missing(problem: &str) -> Option<&str> {
    Some(problem.split_once("missing field `")?.1.split_once('`')?.0)
}
