use std::error::Error;
use std::fmt;

/// A declaration, a secret or an option that cannot work. Found when something is built, never by a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigError {
    field: String,
    problem: String,
    empty_secret: bool,
}

impl ConfigError {
    /// For what is built on top of this crate: the field at fault, and what is wrong with it, with its cure.
    #[must_use]
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into(), empty_secret: false }
    }

    pub(crate) fn empty_secret(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { empty_secret: true, ..Self::new(field, problem) }
    }

    /// The field at fault, as a path: `scheme.signature.at`, `secret`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// One word for machines: `empty_secret`, or `invalid_config` for everything else.
    #[must_use]
    pub fn code(&self) -> &'static str {
        if self.empty_secret { "empty_secret" } else { "invalid_config" }
    }

    /// The same error, seen from the declaration that contains the field.
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

/// A property of a declaration that a developer has to know: it works, and protects less than it seems to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigWarning {
    field: String,
    message: String,
}

impl ConfigWarning {
    pub(crate) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }

    /// The field concerned, as a path: `scheme.content`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The consequence, without the field.
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
