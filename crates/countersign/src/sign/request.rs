use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::time::UnixTime;

/// The request that is to be signed.
#[derive(Clone)]
#[must_use]
pub struct SigningRequest {
    pub(super) body: Bytes,
    pub(super) time: UnixTime,
    pub(super) id: Option<String>,
    pub(super) event_type: Option<String>,
    pub(super) method: String,
    pub(super) url: Option<String>,
    pub(super) headers: HeaderMap,
    pub(super) items: Vec<(String, String)>,
}

/// A request as a provider sends it.
#[derive(Clone)]
#[non_exhaustive]
pub struct SignedRequest {
    /// All headers, those of the [`SigningRequest`] included.
    pub headers: HeaderMap,
    /// The URL, with the values that belong into its query.
    pub url: Option<String>,
    /// The body, with the signature in it where that is where it belongs.
    pub body: Bytes,
}

impl SigningRequest {
    /// A `POST` of `body`, sent at `time`.
    pub fn new(body: impl Into<Bytes>, time: UnixTime) -> Self {
        let body = body.into();
        Self {
            body,
            time,
            id: None,
            event_type: None,
            method: "POST".to_owned(),
            url: None,
            headers: HeaderMap::new(),
            items: Vec::new(),
        }
    }

    /// With this delivery id, for providers that send it in a header or in the query.
    pub fn with_id(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// With this event type, for providers that send it in a header or in the query.
    pub fn with_event_type(self, event_type: impl Into<String>) -> Self {
        Self { event_type: Some(event_type.into()), ..self }
    }

    /// With another method.
    pub fn with_method(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// To this public URL, for providers that sign it or have values in its query.
    pub fn with_url(self, url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..self }
    }

    /// With another header that the provider signs.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// With another item of the signature field, for providers that sign it (`{sig:tag}`).
    pub fn with_signature_item(mut self, tag: impl Into<String>, value: impl Into<String>) -> Self {
        self.items.push((tag.into(), value.into()));
        self
    }
}

impl fmt::Debug for SigningRequest {
    /// Shows names and sizes: a URL and the values of headers may hold secrets, a body may hold anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningRequest")
            .field("method", &self.method)
            .field("time", &self.time)
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SignedRequest {
    /// Shows names and sizes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRequest")
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
