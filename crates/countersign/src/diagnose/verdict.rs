use std::fmt;

use super::Cause;
use crate::error::{ConfigError, VerifyError};

/// What was found out about a request.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// Nothing is wrong with it.
    Accepted,
    /// Explains the rejection by these mistakes together. Without them the request verifies; or nothing can make it
    /// verify, because a value that the signature needs is missing.
    Explained {
        /// The mistakes, the most telling first; never empty.
        causes: Vec<Cause>,
        /// How many guesses were verified, the right one included.
        tried: usize,
        /// Why the request is rejected as it is.
        problem: Problem,
    },
    /// None of the known mistakes explains it: another secret, another content, or a forgery.
    Unexplained {
        /// How many guesses were verified.
        tried: usize,
        /// Why the request is rejected.
        problem: Problem,
        /// What is odd about the request, where something is: no proof, but a place to look.
        clue: Option<Cause>,
    },
}

/// Why a request is rejected as it is.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// It is rejected.
    Verify(VerifyError),
    /// The declaration or a secret cannot be used at all.
    Config(ConfigError),
}

impl Diagnosis {
    /// The first cause, if one was found.
    #[must_use]
    pub fn cause(&self) -> Option<&Cause> {
        match self {
            Self::Explained { causes, .. } => causes.first(),
            Self::Accepted | Self::Unexplained { .. } => None,
        }
    }

    /// How many guesses were verified; none for what is accepted.
    #[must_use]
    pub const fn tried(&self) -> usize {
        match self {
            Self::Accepted => 0,
            Self::Explained { tried, .. } | Self::Unexplained { tried, .. } => *tried,
        }
    }

    /// Why the request is rejected as it is.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Accepted => None,
            Self::Explained { problem, .. } | Self::Unexplained { problem, .. } => Some(problem),
        }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("the request verifies as it is"),
            Self::Explained { causes, .. } => {
                for (position, cause) in causes.iter().enumerate() {
                    write!(f, "{}{cause}", if position == 0 { "" } else { "; besides, " })?;
                }
                Ok(())
            }
            Self::Unexplained { tried, problem, clue: None } => {
                write!(f, "none of {tried} known mistakes explains it: {problem}")
            }
            Self::Unexplained { tried, problem, clue: Some(clue) } => {
                write!(
                    f,
                    "{clue}; this is where to look, and not proven: {problem}, and {tried} known mistakes were tried"
                )
            }
        }
    }
}

impl Problem {
    /// One word: an [`ErrorKind`](crate::ErrorKind), or a [`ConfigError::code`].
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Verify(error) => error.kind().as_str(),
            Self::Config(error) => error.code(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verify(error) => error.fmt(f),
            Self::Config(error) => error.fmt(f),
        }
    }
}
