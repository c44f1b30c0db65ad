//! The head of a request, as the verifier sees it.

use std::fmt;

use http::HeaderMap;

/// Headers to look through. Implemented for [`http::HeaderMap`]; an adapter for a framework with header types of its
/// own implements it there, so that no header is copied.
pub trait Headers {
    /// Calls `each` with name, in lower case, and value of every header, in the order in which they were received as
    /// far as values of one name are concerned.
    fn for_each<'h>(&'h self, each: impl FnMut(&'h str, &'h [u8]));
}

impl Headers for HeaderMap {
    fn for_each<'h>(&'h self, mut each: impl FnMut(&'h str, &'h [u8])) {
        for (name, value) in self {
            each(name.as_str(), value.as_bytes());
        }
    }
}

/// Everything of a request that comes before its body.
pub struct Head<'a, H = HeaderMap> {
    method: &'a str,
    headers: &'a H,
    url: Option<&'a str>,
    target: Option<&'a str>,
}

impl<'a, H: Headers> Head<'a, H> {
    /// A head with these headers, of a `POST`.
    #[must_use]
    pub const fn new(headers: &'a H) -> Self {
        Self { method: "POST", headers, url: None, target: None }
    }

    /// With another method, in upper case.
    #[must_use]
    pub const fn with_method(self, method: &'a str) -> Self {
        Self { method, ..self }
    }

    /// With the public URL of the request, as the provider was given it. Schemes that sign the URL need it.
    #[must_use]
    pub const fn with_url(self, url: &'a str) -> Self {
        Self { url: Some(url), ..self }
    }

    /// With path and query as they were received, for providers that look at a parameter of the query. Without it they
    /// are taken from the public URL.
    #[must_use]
    pub const fn with_target(self, target: &'a str) -> Self {
        Self { target: Some(target), ..self }
    }

    pub(crate) const fn method(&self) -> &'a str {
        self.method
    }

    pub(crate) const fn url(&self) -> Option<&'a str> {
        self.url
    }

    pub(crate) const fn target(&self) -> Option<&'a str> {
        self.target
    }

    pub(crate) const fn headers(&self) -> &'a H {
        self.headers
    }
}

impl<H: Headers> fmt::Debug for Head<'_, H> {
    /// Shows names only: the values of headers and the query of a URL may be credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = Vec::new();
        self.headers.for_each(|name, _| names.push(name));
        f.debug_struct("Head").field("method", &self.method).field("headers", &names).finish_non_exhaustive()
    }
}
