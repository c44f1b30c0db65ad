//! Results of commands: outcomes, and errors that prevent a command from running.

use std::error::Error;
use std::path::Path;
use std::{fmt, io};

use countersign::ConfigError;
#[cfg(feature = "_inbox")]
use countersign_inbox::EventId;

/// An error that prevents a command from running, with its cure. The exit code is 2.
#[derive(Debug)]
pub(crate) enum CliError {
    /// An invalid declaration or secret, and its origin.
    Config { from: String, source: ConfigError },
    /// Invalid options.
    Usage(String),
    /// A file, a stream or an address that is not accessible.
    Io { what: String, source: io::Error },
    #[cfg(feature = "_inbox")]
    /// A store that does not open or does not answer.
    Store { what: String, source: Box<dyn Error + Send + Sync> },
}

impl CliError {
    pub(crate) fn config(from: impl Into<String>) -> impl FnOnce(ConfigError) -> Self {
        let from = from.into();
        |source| Self::Config { from, source }
    }

    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        |source| Self::Io { what, source }
    }

    #[cfg(feature = "_inbox")]
    pub(crate) fn store<E: Error + Send + Sync + 'static>(what: impl Into<String>) -> impl FnOnce(E) -> Self {
        let what = what.into();
        |source| Self::Store { what, source: Box::new(source) }
    }

    /// Adds the progress of a bulk change.
    #[cfg(feature = "_inbox")]
    pub(crate) fn behind(self, last: Option<EventId>, count: usize) -> Self {
        match (self, last) {
            (Self::Store { what, source }, Some(last)) if count > 0 => {
                let what = format!("{what} more than {count} events: --after {last} continues behind them");
                Self::Store { what, source }
            }
            (error, _) => error,
        }
    }

    pub(crate) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Self {
        Self::io(format!("cannot read {}", path.display()))
    }

    /// Returns a machine-readable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Config { source, .. } => source.code(),
            _ => INVALID_CONFIG,
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config { from, .. } => f.write_str(from),
            Self::Usage(problem) => f.write_str(problem),
            Self::Io { what, .. } => f.write_str(what),
            #[cfg(feature = "_inbox")]
            Self::Store { what, .. } => f.write_str(what),
        }
    }
}

impl Error for CliError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Config { source, .. } => Some(source),
            Self::Usage(_) => None,
            Self::Io { source, .. } => Some(source),
            #[cfg(feature = "_inbox")]
            Self::Store { source, .. } => Some(&**source),
        }
    }
}

/// The result of a command that ran.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// Exit code 0.
    Fine,
    /// Exit code 1: the delivery is rejected, a row of the demo differs, there is no such event, an endpoint is failing.
    Negative,
}

/// The code of all errors except an empty secret.
pub(crate) const INVALID_CONFIG: &str = "invalid_config";
