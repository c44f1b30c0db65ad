//! The head of a request, as the verifier sees it.

use http::{HeaderMap, HeaderName, Method, header};

/// Header values by name. Implemented for [`http::HeaderMap`]; an adapter for a framework with header types of its
/// own implements it there, so that no header is copied.
pub trait Headers {
    /// The values of a header, in the order in which they were received.
    fn values<'h>(&'h self, name: &HeaderName) -> impl Iterator<Item = &'h [u8]>;
}

impl Headers for HeaderMap {
    fn values<'h>(&'h self, name: &HeaderName) -> impl Iterator<Item = &'h [u8]> {
        self.get_all(name).into_iter().map(http::HeaderValue::as_bytes)
    }
}

/// Everything of a request that comes before its body.
#[derive(Debug)]
pub struct Head<'a, H = HeaderMap> {
    method: &'a str,
    headers: &'a H,
    url: Option<&'a str>,
}

impl<'a, H: Headers> Head<'a, H> {
    /// A head with these headers, of a `POST`.
    #[must_use]
    pub const fn new(headers: &'a H) -> Self {
        Self { method: "POST", headers, url: None }
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

    pub(crate) const fn method(&self) -> &'a str {
        self.method
    }

    pub(crate) const fn url(&self) -> Option<&'a str> {
        self.url
    }

    pub(crate) const fn headers(&self) -> &'a H {
        self.headers
    }

    /// The parameter of the query string, not decoded.
    pub(crate) fn query_parameter(&self, name: &str) -> Option<&'a str> {
        let (_, query) = self.url?.split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// The announced length of the body, if it is a number.
    pub(crate) fn content_length(&self) -> Option<u64> {
        let value = self.headers.values(&header::CONTENT_LENGTH).next()?;
        std::str::from_utf8(value).ok()?.parse().ok()
    }
}

impl<'a> From<&'a http::request::Parts> for Head<'a, HeaderMap> {
    /// The head of a request. The URL is the one of the request line, which is only the public one if it is absolute.
    fn from(parts: &'a http::request::Parts) -> Self {
        let method = if parts.method == Method::POST { "POST" } else { parts.method.as_str() };
        Self { method, headers: &parts.headers, url: None }
    }
}
