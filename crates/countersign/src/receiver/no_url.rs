use std::error::Error;
use std::fmt;

/// The reason why the public URL of a request is unknown, for the operator. It names headers, never their values.
#[derive(Clone, Debug)]
pub(super) struct NoUrl {
    reason: String,
}

impl NoUrl {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl fmt::Display for NoUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the scheme signs the URL, and the public one is not known: {}", self.reason)
    }
}

impl Error for NoUrl {}
