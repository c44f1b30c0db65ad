use std::fmt;

use countersign::{ConfigError, VerifyError};

use super::Cause;

/// The result of a diagnosis.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// The request verifies.
    Accepted,
    /// These mistakes together explain the rejection. Without them the request verifies; or nothing can make it
    /// verify, because a value that the signature needs is missing.
    Explained {
        /// The mistakes, the most significant first; never empty.
        causes: Vec<Cause>,
        /// The number of guesses that were verified, including the right one.
        tried: usize,
        /// The reason for the rejection.
        reason: RejectionReason,
    },
    /// No known mistake explains the rejection: another secret, other content, or a forgery.
    Unexplained {
        /// The number of guesses that were verified.
        tried: usize,
        /// The reason for the rejection.
        reason: RejectionReason,
        /// A conspicuous property of the request, if there is one: not a proof, but a starting point.
        clue: Option<Cause>,
    },
}

/// The reason for the rejection of an unchanged request.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RejectionReason {
    /// The request does not verify.
    Verify(VerifyError),
    /// The declaration or a secret is not valid.
    Config(ConfigError),
}

impl Diagnosis {
    /// Returns the first cause, if one was found.
    #[must_use]
    pub fn cause(&self) -> Option<&Cause> {
        match self {
            Self::Explained { causes, .. } => causes.first(),
            Self::Accepted | Self::Unexplained { .. } => None,
        }
    }

    /// Returns the number of guesses that were verified; 0 for an accepted request.
    #[must_use]
    pub const fn tried(&self) -> usize {
        match self {
            Self::Accepted => 0,
            Self::Explained { tried, .. } | Self::Unexplained { tried, .. } => *tried,
        }
    }

    /// Returns the reason for the rejection.
    #[must_use]
    pub const fn reason(&self) -> Option<&RejectionReason> {
        match self {
            Self::Accepted => None,
            Self::Explained { reason, .. } | Self::Unexplained { reason, .. } => Some(reason),
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
            Self::Unexplained { tried, reason, clue: None } => {
                write!(f, "none of {tried} known mistakes explains it: {reason}")
            }
            Self::Unexplained { tried, reason, clue: Some(clue) } => {
                write!(
                    f,
                    "{clue}; this is where to look, and not proven: {reason}, and {tried} known mistakes were tried"
                )
            }
        }
    }
}

impl RejectionReason {
    /// Returns one word: an [`ErrorKind`](countersign::ErrorKind), or a [`ConfigError::code`].
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Verify(error) => error.kind().as_str(),
            Self::Config(error) => error.code(),
        }
    }

    /// Returns whether another secret or other content can be the cure.
    pub(super) const fn is_mismatch(&self) -> bool {
        matches!(self, Self::Config(_) | Self::Verify(VerifyError::SignatureMismatch { .. }))
    }
}

impl fmt::Display for RejectionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verify(error) => error.fmt(f),
            Self::Config(error) => error.fmt(f),
        }
    }
}
