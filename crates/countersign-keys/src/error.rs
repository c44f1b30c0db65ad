use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

/// An invalid address, pin or client. Returned when something is built, never while a request is handled.
#[derive(Debug)]
pub struct BuildError {
    field: &'static str,
    problem: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl BuildError {
    pub(crate) fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into(), source: None }
    }

    pub(crate) fn caused_by(self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()), ..self }
    }

    /// Returns the invalid setting: `url`, `pins`, `known`, `client`, `root_certificate`.
    #[must_use]
    pub const fn field(&self) -> &str {
        self.field
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.field, self.problem)
    }
}

impl Error for BuildError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The reason why keys could not be fetched. Appears in logs, and as the source of a
/// [`ResolveError`](countersign::receiver::ResolveError).
#[derive(Debug)]
#[non_exhaustive]
pub enum FetchError {
    /// No response: the name does not resolve, the connection failed, or the certificate is not trusted.
    Connection(Box<dyn Error + Send + Sync>),
    /// The status is not 200. Redirects are not followed.
    Status {
        /// The status.
        status: StatusCode,
    },
    /// The body of the response is too long.
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The response did not arrive in time.
    TimedOut {
        /// The limit on the whole fetch.
        after: Duration,
    },
    /// The response contains no keys, or none that may be used.
    Unusable {
        /// The defect.
        reason: String,
    },
    /// The limit on unknown addresses, at once or per minute, is reached.
    TooMany,
    /// The fetch was aborted, because its runtime was shut down or a transport panicked.
    Interrupted,
}

impl FetchError {
    pub(crate) fn unusable(reason: impl Into<String>) -> Self {
        Self::Unusable { reason: reason.into() }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection(_) => f.write_str("no answer from the publisher of the keys"),
            Self::Status { status } => write!(f, "the publisher of the keys answered {status}"),
            Self::TooLarge { limit } => write!(f, "the answer is longer than {limit} bytes"),
            Self::TimedOut { after } => write!(f, "no complete answer within {after:?}"),
            Self::Unusable { reason } => write!(f, "the answer cannot be used: {reason}"),
            Self::TooMany => f.write_str("too many unknown keys are asked for"),
            Self::Interrupted => f.write_str("the fetch was interrupted: does it run in a tokio runtime?"),
        }
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Connection(source) => Some(&**source),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_does_not_repeat_its_source() {
        let error = FetchError::Connection("no route".into());
        assert!(!error.to_string().contains("no route"));
        assert_eq!(error.source().unwrap().to_string(), "no route");
        let error = BuildError::new("client", "cannot be made").caused_by("no roots");
        assert_eq!(error.to_string(), "`client`: cannot be made");
        assert_eq!(error.source().unwrap().to_string(), "no roots");
    }
}
