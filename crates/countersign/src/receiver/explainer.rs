use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::budget::{Budget, Counted};
use crate::head::{Head, Headers};
use crate::secret::SecretSet;
use crate::time::UnixTime;
use crate::verifier::Intake;

/// Explains wrong signatures for the log of a receiver during development. The crate `countersign-diagnose` has one.
///
/// It is called when the log level is active, on the thread that handled the request, and senders of wrong signatures
/// decide how often: limit the rate and the work.
pub trait Explainer: Send + Sync {
    /// Returns why the signature of a request is wrong, or `None` to log nothing.
    fn explain(&self, request: &RejectedRequest) -> Option<Explanation>;
}

impl<F: Fn(&RejectedRequest) -> Option<Explanation> + Send + Sync> Explainer for F {
    fn explain(&self, request: &RejectedRequest) -> Option<Explanation> {
        self(request)
    }
}

/// A request whose signature is wrong. Its values are not trusted.
pub struct RejectedRequest {
    method: String,
    url: Option<String>,
    headers: HeaderMap,
    body: Bytes,
    secrets: Option<SecretSet>,
    received_at: UnixTime,
}

impl RejectedRequest {
    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the public URL that the receiver assumed, if it has one.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Returns the headers.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body, of at most 64 KiB: requests with a larger one are not explained.
    #[must_use]
    pub const fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the secrets of the tenant, or `None` if the receiver has no tenants.
    #[must_use]
    pub const fn tenant_secrets(&self) -> Option<&SecretSet> {
        self.secrets.as_ref()
    }

    /// Returns the time of the decision.
    #[must_use]
    pub const fn received_at(&self) -> UnixTime {
        self.received_at
    }
}

impl fmt::Debug for RejectedRequest {
    /// Shows names and sizes only: URL, header values and body may hold secrets or personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RejectedRequest")
            .field("method", &self.method)
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The result of an [`Explainer`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// One word for the mistake.
    pub code: Cow<'static, str>,
    /// One sentence with the cure, without secrets, signatures and bytes of the body.
    pub text: String,
}

impl Explanation {
    /// Creates an explanation.
    #[must_use]
    pub fn new(code: impl Into<Cow<'static, str>>, text: impl Into<String>) -> Self {
        Self { code: code.into(), text: text.into() }
    }
}

/// A copy of a request that may have to be explained, and the explainer.
pub(super) struct RejectedCapture {
    explainer: Arc<dyn Explainer>,
    request: RejectedRequest,
    /// The copy of the head.
    _head: Counted,
    /// The copy of the body.
    body: Option<Counted>,
}

impl RejectedCapture {
    /// Copies the head, whose bytes are counted.
    pub(super) fn of<H: Headers>(
        explainer: &Arc<dyn Explainer>,
        head: &Head<'_, H>,
        secrets: Option<SecretSet>,
        counted: Counted,
    ) -> Box<Self> {
        let mut headers = HeaderMap::new();
        head.headers().for_each(|name, value| {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
        });
        let request = RejectedRequest {
            method: head.method().to_owned(),
            url: head.url().map(str::to_owned),
            headers,
            body: Bytes::new(),
            secrets,
            received_at: UnixTime::from_millis(0),
        };
        Box::new(Self { explainer: Arc::clone(explainer), request, _head: counted, body: None })
    }

    /// Adds the body, if it is small enough to be kept and the budget has room for it.
    pub(super) fn with_body(
        mut self: Box<Self>,
        intake: &Intake,
        budget: &Budget,
        now: UnixTime,
    ) -> Option<Box<Self>> {
        self.body = Some(budget.count(intake.len()).filter(|_| intake.len() <= MOST_BYTES)?);
        self.request.body = intake.copy();
        self.request.received_at = now;
        Some(self)
    }

    pub(super) fn explain(&self) -> Option<Explanation> {
        self.explainer.explain(&self.request)
    }
}

impl fmt::Debug for RejectedCapture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RejectedCapture").field("request", &self.request).finish_non_exhaustive()
    }
}

/// The largest body that is kept, in bytes. Most payloads are smaller.
const MOST_BYTES: usize = 64 << 10;
