use std::error::Error;
use std::fmt;

/// An invalid declaration, secret or option. Returned when something is built, never while a request is handled.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigError {
    field: String,
    problem: String,
    empty_secret: bool,
}

impl ConfigError {
    /// Creates an error for code built on this crate, from the field at fault and the problem with its cure.
    #[must_use]
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into(), empty_secret: false }
    }

    pub(crate) fn empty_secret(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { empty_secret: true, ..Self::new(field, problem) }
    }

    /// Returns the field at fault, as a path: `scheme.signature.at`, `secret`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns a machine-readable code: `empty_secret`, or `invalid_config` for all other errors.
    #[must_use]
    pub fn code(&self) -> &'static str {
        if self.empty_secret { "empty_secret" } else { "invalid_config" }
    }

    /// Replaces the field, for a value that came from somewhere with a name of its own.
    pub(crate) fn of(self, field: impl Into<String>) -> Self {
        Self { field: field.into(), ..self }
    }

    /// Prefixes the field with the path of the enclosing declaration.
    pub(crate) fn within(mut self, outer: &str) -> Self {
        self.field = format!("{outer}.{}", self.field);
        self
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.field, self.problem)
    }
}

impl Error for ConfigError {}

/// A property of a valid declaration that weakens its protection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigWarning {
    field: String,
    message: String,
}

impl ConfigWarning {
    pub(crate) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }

    /// Returns the field concerned, as a path: `scheme.content`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns the consequence, without the field.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ConfigWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.field, self.message)
    }
}
