//! The head of a request: everything before its body.

use std::fmt;

use http::HeaderMap;

use crate::url;

/// Headers of a request. Implemented for [`http::HeaderMap`]; an adapter for a framework with its own header types
/// implements it for those, so that no header is copied.
pub trait Headers {
    /// Calls `each` with the lower-case name and the value of every header. Values of the same name come in the
    /// order in which they were received.
    fn for_each<'h>(&'h self, each: impl FnMut(&'h str, &'h [u8]));
}

impl Headers for HeaderMap {
    fn for_each<'h>(&'h self, mut each: impl FnMut(&'h str, &'h [u8])) {
        for (name, value) in self {
            each(name.as_str(), value.as_bytes());
        }
    }
}

/// The size of a head.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HeadSize {
    /// The bytes of path, query, and of the names and values of headers.
    pub(crate) bytes: usize,
    /// The number of headers.
    pub(crate) headers: usize,
    /// The bytes of path and query.
    pub(crate) target: usize,
    /// The number of parameters that the query may have.
    pub(crate) parameters: usize,
}

impl HeadSize {
    pub(crate) fn of<H: Headers>(target: &str, headers: &H) -> Self {
        let parameters = url::most_parameters(target);
        let mut size = Self { bytes: target.len(), headers: 0, target: target.len(), parameters };
        headers.for_each(|name, value| {
            size.headers += 1;
            size.bytes += name.len() + value.len();
        });
        size
    }
}

/// The part of a request that comes before its body.
pub struct Head<'a, H = HeaderMap> {
    method: &'a str,
    headers: &'a H,
    url: Option<&'a str>,
    target: Option<&'a str>,
}

impl<'a, H: Headers> Head<'a, H> {
    /// Creates the head of a `POST` with these headers.
    #[must_use]
    pub const fn new(headers: &'a H) -> Self {
        Self { method: "POST", headers, url: None, target: None }
    }

    /// Sets the method, in upper case.
    #[must_use]
    pub const fn with_method(self, method: &'a str) -> Self {
        Self { method, ..self }
    }

    /// Sets the public URL of the request, as it is registered with the provider. Schemes that sign the URL require
    /// it.
    #[must_use]
    pub const fn with_url(self, url: &'a str) -> Self {
        Self { url: Some(url), ..self }
    }

    /// Sets path and query as they were received, for providers that use a query parameter. By default they are
    /// taken from the public URL.
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
    /// Shows names only: header values and the query of a URL may be credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = Vec::new();
        self.headers.for_each(|name, _| names.push(name));
        f.debug_struct("Head").field("method", &self.method).field("headers", &names).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_size_of_a_head_is_that_of_its_target_and_of_all_names_and_values() {
        let mut headers = HeaderMap::new();
        let HeadSize { bytes, headers: count, target, parameters } = HeadSize::of("/a?b=1", &headers);
        assert_eq!((bytes, count, target, parameters), (6, 0, 6, 1));
        headers.append("x-one", HeaderValue::from_static("1234567"));
        headers.append("x-one", HeaderValue::from_static(""));
        headers.append("x-three", HeaderValue::from_static("123"));
        let HeadSize { bytes, headers: count, target, parameters } = HeadSize::of("/a?b=1&c&", &headers);
        assert_eq!((bytes, count, target, parameters), (9 + (5 + 7) + 5 + (7 + 3), 3, 9, 3));
    }
}
