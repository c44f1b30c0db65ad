use std::fmt;

use bytes::Bytes;
use countersign::{SignedRequest, Signer, SigningRequest, UnixTime, VerifyError};
use http::{HeaderMap, HeaderName, Method, Request};
use serde_json::Value;

/// An event that a provider sends: it is signed anew at each attempt, and its id and body stay the same.
#[derive(Clone)]
#[non_exhaustive]
pub struct Message {
    /// The id of the delivery.
    pub id: String,
    /// The type of the event.
    pub event_type: String,
    /// The body, without the signature of schemes that put it there.
    pub body: Bytes,
    /// The headers besides those that [`Signer`] writes, for example `content-type`.
    pub headers: HeaderMap,
    /// The items of the signature field that the scheme signs.
    pub items: Vec<(String, String)>,
    /// The values by which a [`ProviderSubscription`](super::ProviderSubscription) selects events besides their type, for example
    /// `environment`.
    pub labels: Vec<(String, String)>,
}

impl Message {
    /// Creates an event with a JSON body.
    #[must_use]
    pub fn new(id: impl Into<String>, event_type: impl Into<String>, body: impl Into<Bytes>) -> Self {
        let json = http::HeaderValue::from_static("application/json");
        Self {
            id: id.into(),
            event_type: event_type.into(),
            body: body.into(),
            headers: HeaderMap::from_iter([(http::header::CONTENT_TYPE, json)]),
            items: Vec::new(),
            labels: Vec::new(),
        }
    }

    /// Adds a value by which subscriptions select events.
    #[must_use]
    pub fn with_label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }

    /// Signs a `POST` of the event to `url`, as the provider sends it at `now`.
    ///
    /// ```
    /// use countersign::providers::preflix;
    /// use countersign::{Secret, Signer, UnixTime};
    /// use countersign_testkit::simulators::Sample;
    ///
    /// let now = UnixTime::from_secs(1_700_000_000);
    /// let signer = Signer::new(&preflix::PROVIDER, Secret::new("secret")?)?;
    /// let message = Sample::new(&preflix::PROVIDER, "audit.completed").message(now)?;
    /// let request = message.sign(&signer, "http://127.0.0.1:3000/hooks", now)?;
    /// assert!(request.headers.contains_key("preflixai-signature"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`VerifyError`], like [`Signer::sign_request`].
    pub fn sign(&self, signer: &Signer, url: &str, now: UnixTime) -> Result<SignedRequest, VerifyError> {
        let mut request = SigningRequest::new(self.body.clone(), now)
            .with_id(&*self.id)
            .with_event_type(&*self.event_type)
            .with_url(url);
        for (name, value) in &self.headers {
            request = request.with_header(name.clone(), value.clone());
        }
        for (tag, value) in &self.items {
            request = request.with_signature_item(tag, value);
        }
        signer.sign_request(&request)
    }
}

impl Message {
    /// Returns a `POST` of the event without a signature.
    pub(super) fn unsigned(&self) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = Method::POST;
        request.headers_mut().clone_from(&self.headers);
        request
    }

    /// Adds the top-level values of a JSON body as labels.
    pub(super) fn with_labels_of_body(mut self) -> Self {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        for (name, value) in body.as_object().into_iter().flatten() {
            match value {
                Value::String(text) => self.labels.push((name.clone(), text.clone())),
                Value::Number(_) | Value::Bool(_) => self.labels.push((name.clone(), value.to_string())),
                _ => {}
            }
        }
        self
    }
}

impl fmt::Debug for Message {
    /// Omits the body and the values of headers, which may be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("id", &self.id)
            .field("event_type", &self.event_type)
            .field("body_bytes", &self.body.len())
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
