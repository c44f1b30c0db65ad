use std::error::Error;
use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use super::ResolveError;
use crate::error::{ConfigError, ErrorKind, VerifyError};

/// A request that was not accepted. The sender is told a status and one word; the cause is for the operator.
#[derive(Debug)]
pub struct Rejection {
    kind: ErrorKind,
    cause: Option<Cause>,
}

#[derive(Debug)]
enum Cause {
    Verify(VerifyError),
    Config(ConfigError),
    Resolve(ResolveError),
}

impl Rejection {
    /// Why, in one word.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The status that it is answered with.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.kind.status()
    }

    pub(super) const fn bad_secrets(cause: ConfigError) -> Self {
        Self { kind: ErrorKind::BadSecrets, cause: Some(Cause::Config(cause)) }
    }

    pub(super) const fn unavailable(cause: ResolveError) -> Self {
        Self { kind: ErrorKind::SecretsUnavailable, cause: Some(Cause::Resolve(cause)) }
    }

    /// What is behind it, down to the first cause, for the operator's logs.
    #[must_use]
    pub fn causes(&self) -> Option<impl fmt::Display + '_> {
        self.source().map(Causes)
    }

    /// The response: a problem document (RFC 9457) that names the kind, and `Retry-After` where it makes sense.
    #[must_use]
    pub fn response(&self) -> Response<Bytes> {
        let status = self.status();
        let body = format!(r#"{{"title":"{}","status":{}}}"#, self.kind.as_str(), status.as_u16());
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER_SECS);
        }
        if matches!(
            self.kind,
            ErrorKind::BodyTimeout | ErrorKind::PayloadTooLarge | ErrorKind::BodyUnreadable
        ) {
            // The rest of the body was not read: the connection is of no more use.
            headers.insert(header::CONNECTION, CLOSE);
        }
        response
    }
}

impl From<ErrorKind> for Rejection {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, cause: None }
    }
}

impl From<VerifyError> for Rejection {
    fn from(error: VerifyError) -> Self {
        Self { kind: error.kind(), cause: Some(Cause::Verify(error)) }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rejected: {}", self.kind)
    }
}

impl Error for Rejection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(match self.cause.as_ref()? {
            Cause::Verify(error) => error,
            Cause::Config(error) => error,
            Cause::Resolve(error) => error,
        })
    }
}

/// An error and everything behind it, on one line.
struct Causes<'e>(&'e (dyn Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
const CLOSE: HeaderValue = HeaderValue::from_static("close");
/// Long enough for other bodies to have arrived, short enough to be soon.
const RETRY_AFTER_SECS: HeaderValue = HeaderValue::from_static("5");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sender_is_told_the_kind_and_nothing_else() {
        let response = Rejection::from(ErrorKind::SignatureMismatch).response();
        assert_eq!(response.status(), 401);
        assert_eq!(response.body(), r#"{"title":"signature_mismatch","status":401}"#);
        assert_eq!(response.headers().len(), 1);
    }

    #[test]
    fn a_busy_receiver_says_when_to_come_back() {
        let response = Rejection::from(ErrorKind::BudgetSpent).response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[header::RETRY_AFTER], "5");
    }
}
