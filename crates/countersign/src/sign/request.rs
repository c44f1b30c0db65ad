use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::time::UnixTime;

/// The request to sign.
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

/// A signed request, as a provider sends it.
#[derive(Clone)]
#[non_exhaustive]
pub struct SignedRequest {
    /// The method of the [`SigningRequest`].
    pub method: String,
    /// All headers, including those of the [`SigningRequest`].
    pub headers: HeaderMap,
    /// The URL, with the query parameters of the scheme.
    pub url: Option<String>,
    /// The body, with the signature if it belongs into the body.
    pub body: Bytes,
}

impl SigningRequest {
    /// Creates a `POST` of `body`, sent at `time`.
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

    /// Sets the delivery id, for providers that send it in a header or in the query.
    pub fn with_id(self, id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..self }
    }

    /// Sets the event type, for providers that send it in a header or in the query.
    pub fn with_event_type(self, event_type: impl Into<String>) -> Self {
        Self { event_type: Some(event_type.into()), ..self }
    }

    /// Sets the method. The default is `POST`.
    pub fn with_method(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// Sets the public URL, for providers that sign it or put values into its query.
    pub fn with_url(self, url: impl Into<String>) -> Self {
        Self { url: Some(url.into()), ..self }
    }

    /// Adds a header that the provider signs.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Adds an item of the signature field, for providers that sign it (`{sig:tag}`). If the item is the list of the signed
    /// headers, only these are signed; without it, all are.
    pub fn with_signature_item(mut self, tag: impl Into<String>, value: impl Into<String>) -> Self {
        self.items.push((tag.into(), value.into()));
        self
    }
}

impl SignedRequest {
    /// Returns the request for a tower service, an axum router or an HTTP client. Without a URL its target is `/`.
    ///
    /// ```
    /// use countersign::{Secret, Signer, SigningRequest, UnixTime, providers};
    ///
    /// let signer = Signer::new(&providers::GITHUB, Secret::new("secret")?)?;
    /// let signing = SigningRequest::new("{}", UnixTime::from_secs(1_700_000_000)).with_url("/hooks/github");
    /// let request = signer.sign_request(&signing)?.into_http()?;
    /// assert!(request.headers().contains_key("x-hub-signature-256"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`http::Error`] if the method or the URL is malformed.
    pub fn into_http(self) -> Result<http::Request<Bytes>, http::Error> {
        let request =
            http::Request::builder().method(self.method.as_str()).uri(self.url.as_deref().unwrap_or("/"));
        let mut request = request.body(self.body)?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

impl fmt::Debug for SigningRequest {
    /// Shows names and sizes only: the URL, header values and the body may hold secrets or personal data.
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
    /// Shows names and sizes only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRequest")
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
