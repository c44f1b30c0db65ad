use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName};

/// A request as it was captured: everything that a verification looks at.
#[derive(Clone)]
#[must_use]
pub struct Captured {
    pub(crate) method: String,
    pub(crate) url: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Captured {
    /// A `POST` with these headers and this body, as the program has them.
    pub fn new(headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self { method: "POST".to_owned(), url: None, headers, body: body.into() }
    }

    /// With another method, in upper case.
    pub fn with_method(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// With the public URL, as the program believes that it is.
    pub fn with_url(self, url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..self }
    }

    /// With another body.
    pub fn with_body(self, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// The headers.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }
}

impl fmt::Debug for Captured {
    /// Names and sizes: a URL and the values of headers may hold secrets, a body may hold anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captured")
            .field("method", &self.method)
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
