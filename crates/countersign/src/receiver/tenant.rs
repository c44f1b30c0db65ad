use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use crate::head::Headers;
use crate::secret::SecretSet;

/// Finds the secrets of the tenant that a request is for, before its body is read.
///
/// Implemented for asynchronous functions:
///
/// ```
/// use countersign::{Secret, SecretSet};
/// use countersign::receiver::{Request, ResolveError, Tenants};
///
/// async fn secrets(request: Request) -> Result<Option<SecretSet>, ResolveError> {
///     let tenant = request.uri().path().rsplit('/').next().unwrap_or_default();
///     // Ask a database here. Nobody by this name: `None`, which is answered with 404.
///     Ok((tenant == "acme").then(|| SecretSet::new(Secret::new("acme's secret").unwrap())))
/// }
///
/// fn is_tenants(_: impl Tenants) {}
/// is_tenants(secrets);
/// ```
pub trait Tenants: Send + Sync + 'static {
    /// The secrets, or `None` where there is no such tenant.
    fn secrets(&self, request: Request) -> ResolveFuture;
}

/// The future of [`Tenants::secrets`].
pub type ResolveFuture = Pin<Box<dyn Future<Output = Result<Option<SecretSet>, ResolveError>> + Send>>;

impl<F, R> Tenants for F
where
    F: Fn(Request) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Option<SecretSet>, ResolveError>> + Send + 'static,
{
    fn secrets(&self, request: Request) -> ResolveFuture {
        Box::pin(self(request))
    }
}

/// The head of the request, as a resolver or a sink of secrets sees it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    uri: Uri,
    headers: HeaderMap,
}

impl Request {
    /// A request to this address with these headers. Made by the adapters.
    #[must_use]
    pub const fn new(uri: Uri, headers: HeaderMap) -> Self {
        Self { uri, headers }
    }

    /// A copy of this head.
    pub(super) fn of<H: Headers>(target: &str, headers: &H) -> Self {
        let mut copy = HeaderMap::new();
        headers.for_each(|name, value| {
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value))
            {
                copy.append(name, value);
            }
        });
        Self { uri: target.parse().unwrap_or_default(), headers: copy }
    }

    /// Path and query, as the framework sees them at the place of the middleware.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The headers.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

/// The secrets could not be looked up now: answered with 503, so that the provider tries again.
#[derive(Debug)]
pub struct ResolveError(Box<dyn Error + Send + Sync>);

impl ResolveError {
    /// From what went wrong. It is logged, and never sent.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(source.into())
    }
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the secrets or keys could not be looked up")
    }
}

impl Error for ResolveError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}
