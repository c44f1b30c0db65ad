//! Responses to requests of people who are not operators.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::response::sealed;

/// The response of a [`Policy`](crate::Policy) to a request that it does not authorise. It says nothing about the inbox.
#[derive(Clone)]
pub struct Refusal(Box<Inner>);

/// In a box, so that a `Result` of a policy is small.
#[derive(Clone)]
struct Inner {
    status: StatusCode,
    headers: HeaderMap,
    text: Cow<'static, str>,
}

impl Refusal {
    /// Refuses with 403: the request is authenticated, and its sender is no operator.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "This account may not use the operations page.\n")
    }

    /// Asks for credentials with 401 and this value of `WWW-Authenticate`, such as `Basic realm="webhooks"`.
    #[must_use]
    pub fn challenge(challenge: HeaderValue) -> Self {
        let refusal = Self::new(StatusCode::UNAUTHORIZED, "The operations page needs a login.\n");
        refusal.with_header(WWW_AUTHENTICATE, challenge)
    }

    /// Redirects with 303, such as to a login.
    #[must_use]
    pub fn redirect(location: HeaderValue) -> Self {
        Self::new(StatusCode::SEE_OTHER, "").with_header(LOCATION, location)
    }

    /// Refuses with 503 and `Retry-After`, such as while too many others wait for a check of their passwords.
    #[must_use]
    pub fn unavailable(retry_after_secs: u32) -> Self {
        let refusal = Self::new(StatusCode::SERVICE_UNAVAILABLE, "Too many people log in: try again soon.\n");
        refusal.with_header(RETRY_AFTER, HeaderValue::from(retry_after_secs))
    }

    /// Replaces the text of the response, which is shown as plain text.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.0.text = text.into();
        self
    }

    /// Adds a header, such as a cookie.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.append(name, value);
        self
    }

    pub(crate) fn into_response(self) -> Response<Bytes> {
        let Inner { status, headers, text } = *self.0;
        let mut response = Response::new(Bytes::from(text.into_owned()));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        sealed(response)
    }

    fn new(status: StatusCode, text: &'static str) -> Self {
        Self(Box::new(Inner { status, headers: HeaderMap::new(), text: Cow::Borrowed(text) }))
    }
}

impl fmt::Debug for Refusal {
    /// Omits the values of headers: a cookie is a credential.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("status", &self.0.status)
            .field("headers", &self.0.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use http::header::SET_COOKIE;

    use super::*;

    #[test]
    fn a_refusal_shows_names_of_headers() {
        let refusal = Refusal::redirect(HeaderValue::from_static("/login?back=MARK"));
        let refusal = refusal.with_header(SET_COOKIE, HeaderValue::from_static("session=MARK"));
        let shown = format!("{refusal:?}");
        assert!(shown.contains("set-cookie") && shown.contains("303") && !shown.contains("MARK"), "{shown}");
        let response = refusal.into_response();
        assert_eq!(response.headers()["set-cookie"], "session=MARK");
    }

    #[test]
    fn a_refusal_says_when_to_come_again() {
        let response = Refusal::unavailable(2).into_response();
        assert_eq!(
            (response.status().as_u16(), response.headers()["retry-after"].to_str().ok()),
            (503, Some("2"))
        );
    }
}
