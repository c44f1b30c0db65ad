use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use crate::provider::RejectionStyle;

/// The part of a rejection that the sender receives: one word and a status, without the cause.
///
/// A layer above the receiver makes one of a reason of its own, and the receiver answers with it as with a rejection:
///
/// ```
/// use countersign::receiver::{Problem, Receiver};
/// use countersign::{Secret, Verifier, providers};
/// use http::StatusCode;
///
/// # let verifier = Verifier::new(&providers::STRIPE, Secret::new("whsec_abc")?)?;
/// # let receiver = Receiver::from(verifier);
/// let response = receiver.answer(Problem::new("queue_full", StatusCode::SERVICE_UNAVAILABLE));
/// assert_eq!(response.body(), r#"{"title":"queue_full","status":503}"#);
/// assert_eq!(response.headers()["retry-after"], "5");
/// # Ok::<(), countersign::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Problem {
    pub(super) title: &'static str,
    pub(super) status: StatusCode,
    pub(super) authenticate: Option<HeaderValue>,
    pub(super) empty: bool,
    /// Whether the connection cannot be reused.
    pub(super) closes: bool,
}

impl Problem {
    /// Creates a problem with a title of one word, in snake case as those of [`ErrorKind`](crate::ErrorKind).
    #[must_use]
    pub const fn new(title: &'static str, status: StatusCode) -> Self {
        Self { title, status, authenticate: None, empty: false, closes: false }
    }

    /// Returns the reason as one word. It does not reveal which tenants exist: see [`Rejection::public_kind`](super::Rejection::public_kind).
    #[must_use]
    pub const fn title(&self) -> &'static str {
        self.title
    }

    /// Returns the status of the response.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Applies the provider's requirements on responses, except for the status of a wrong signature: see
    /// [`Rejection::in_style`](super::Rejection::in_style).
    #[must_use]
    pub fn in_style(self, style: &RejectionStyle) -> Self {
        Self { authenticate: authenticate(self.status, style), empty: style.empty, ..self }
    }

    /// Returns the response: a problem document (RFC 9457) with the title, unless the provider requires an empty body, with
    /// `Retry-After` if a retry can succeed.
    #[must_use]
    pub fn response(&self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = self.status;
        if !self.empty {
            // A title of a layer above may need escapes.
            let (title, status) = (serde_json::Value::from(self.title), self.status.as_u16());
            let body = format!(r#"{{"title":{title},"status":{status}}}"#);
            *response.body_mut() = Bytes::from(body);
            response.headers_mut().insert(header::CONTENT_TYPE, PROBLEM_JSON);
        }
        let headers = response.headers_mut();
        if let Some(authenticate) = &self.authenticate {
            headers.insert(header::WWW_AUTHENTICATE, authenticate.clone());
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER_SECS);
        }
        if self.closes {
            headers.insert(header::CONNECTION, CLOSE);
        }
        response
    }
}

/// Returns the challenge that the provider requires with this status.
pub(super) fn authenticate(status: StatusCode, style: &RejectionStyle) -> Option<HeaderValue> {
    let is_required = status == StatusCode::UNAUTHORIZED && !style.authenticate.is_empty();
    is_required.then(|| HeaderValue::try_from(&*style.authenticate).ok()).flatten()
}

/// The body of a response to a rejection, and its content type: [`ReceiverBuilder::with_rejection_body`](super::ReceiverBuilder::with_rejection_body).
#[derive(Clone)]
pub struct RejectionBody {
    content_type: HeaderValue,
    body: Bytes,
}

impl RejectionBody {
    /// Creates a body with a content type.
    #[must_use]
    pub fn new(content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        Self { content_type, body: body.into() }
    }

    /// Creates a body of JSON.
    #[must_use]
    pub fn json(body: impl Into<Bytes>) -> Self {
        Self::new(HeaderValue::from_static("application/json"), body)
    }

    /// Creates a body of plain text in UTF-8.
    #[must_use]
    pub fn text(body: impl Into<Bytes>) -> Self {
        Self::new(HeaderValue::from_static("text/plain; charset=utf-8"), body)
    }

    pub(super) fn instead_of_that_in(self, response: Response<Bytes>) -> Response<Bytes> {
        let mut response = response.map(|_| self.body);
        response.headers_mut().insert(header::CONTENT_TYPE, self.content_type);
        response
    }
}

impl fmt::Debug for RejectionBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RejectionBody").field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");
const CLOSE: HeaderValue = HeaderValue::from_static("close");
/// Long enough for other bodies to have arrived, short enough for a prompt retry.
const RETRY_AFTER_SECS: HeaderValue = HeaderValue::from_static("5");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_is_no_word_is_a_string_of_json() {
        let title = "queue \"full\"\n";
        let response = Problem::new(title, StatusCode::SERVICE_UNAVAILABLE).response();
        let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(body, serde_json::json!({ "title": title, "status": 503 }));
    }
}
