use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName};

/// A captured request: everything that a verification reads.
#[derive(Clone)]
#[must_use]
pub struct Captured {
    pub(super) method: String,
    pub(super) url: Option<String>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Captured {
    /// Creates a `POST` with these headers and this body, as the program received them.
    pub fn new(headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self { method: "POST".to_owned(), url: None, headers, body: body.into() }
    }

    /// Sets the method, in upper case.
    pub fn with_method(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// Sets the public URL that the program assumes.
    pub fn with_url(self, url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..self }
    }

    /// Sets the body.
    pub fn with_body(self, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// Returns the public URL that the program assumes.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Returns the headers.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body.
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }
}

impl fmt::Debug for Captured {
    /// Shows names and sizes only: URL, header values and body may hold secrets or personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captured")
            .field("method", &self.method)
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
