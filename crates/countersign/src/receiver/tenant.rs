use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use crate::head::Headers;
use crate::secret::SecretSet;

/// Finds the tenant that a request is for, before its body is read.
///
/// Implemented for asynchronous functions:
///
/// ```
/// use countersign::Secret;
/// use countersign::receiver::{RequestHead, ResolveError, Tenant, Tenants};
///
/// async fn tenant(request: RequestHead) -> Result<Option<Tenant>, ResolveError> {
///     // Decoded as the router decodes it.
///     let Some(id) = request.last_path_segment() else { return Ok(None) };
///     // Query a database here. For an unknown tenant return `None`: the sender sees the answer to a wrong
///     // signature.
///     let secret = (id == "acme").then(|| Secret::new("acme's secret").unwrap());
///     Ok(secret.map(|secret| Tenant::new(id, secret)))
/// }
///
/// fn is_tenants(_: impl Tenants) {}
/// is_tenants(tenant);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not find tenants",
    label = "this is no `async fn(RequestHead) -> Result<Option<Tenant>, ResolveError>`",
    note = "pass an asynchronous function from `countersign::receiver::RequestHead` to `Result<Option<Tenant>, ResolveError>`, or \
            implement `Tenants`"
)]
pub trait Tenants: Send + Sync + 'static {
    /// Returns the tenant, or `None` if there is none for this request.
    fn tenant(&self, request: RequestHead) -> TenantFuture;
}

/// The future of [`Tenants::tenant`].
pub type TenantFuture = Pin<Box<dyn Future<Output = Result<Option<Tenant>, ResolveError>> + Send>>;

/// One of several tenants that share an endpoint: its id and its secrets.
///
/// [`Delivery::tenant`](crate::Delivery::tenant) returns the id. It is part of the key by which deliveries are
/// deduplicated and stored, and a field of log events. It is no label of metrics, whose number it would multiply.
#[derive(Clone, Debug)]
pub struct Tenant {
    id: String,
    secrets: SecretSet,
}

impl Tenant {
    /// Creates a tenant. The id must stay the same for as long as its deliveries are remembered. A
    /// [`Secret`](crate::Secret) converts into a set of one.
    #[must_use]
    pub fn new(id: impl Into<String>, secrets: impl Into<SecretSet>) -> Self {
        Self { id: id.into(), secrets: secrets.into() }
    }

    /// Returns the id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the secrets, which carry the id to the deliveries that they verify.
    pub(super) fn into_secrets(self) -> SecretSet {
        self.secrets.with_tenant(self.id)
    }
}

/// The future of [`KeySource::keys`](super::KeySource::keys).
pub type KeysFuture = Pin<Box<dyn Future<Output = Result<Option<SecretSet>, ResolveError>> + Send>>;

// Otherwise the compiler says that `Fn` is missing, and not what for.
#[diagnostic::do_not_recommend]
impl<F, R> Tenants for F
where
    F: Fn(RequestHead) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Option<Tenant>, ResolveError>> + Send + 'static,
{
    fn tenant(&self, request: RequestHead) -> TenantFuture {
        Box::pin(self(request))
    }
}

/// The head of a request, for resolvers and sinks of secrets.
#[derive(Clone, Default)]
pub struct RequestHead {
    // `None` means POST, the method of nearly all requests.
    method: Option<Method>,
    uri: Uri,
    headers: HeaderMap,
}

impl RequestHead {
    /// Creates a `POST` to this URI with these headers, as the adapters do.
    #[must_use]
    pub const fn new(uri: Uri, headers: HeaderMap) -> Self {
        Self { method: None, uri, headers }
    }

    /// Sets the method.
    #[must_use]
    pub fn with_method(self, method: Method) -> Self {
        Self { method: Some(method), ..self }
    }

    /// Copies this head.
    pub(super) fn of<H: Headers>(method: &str, target: &str, headers: &H) -> Self {
        let mut copy = HeaderMap::new();
        headers.for_each(|name, value| {
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value))
            {
                copy.append(name, value);
            }
        });
        let method = Method::from_bytes(method.as_bytes()).ok();
        Self { method, uri: target.parse().unwrap_or_default(), headers: copy }
    }

    /// Returns the method.
    #[must_use]
    pub const fn method(&self) -> &Method {
        match &self.method {
            Some(method) => method,
            None => &Method::POST,
        }
    }

    /// Returns path and query, as the framework shows them to the middleware.
    #[must_use]
    pub const fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns the headers.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the segments of the path, split at each `/`, then percent-decoded. The routers of axum and actix
    /// decode path parameters in the same way, so that `/webhooks/acme%20ltd` is the tenant `acme ltd` everywhere. A
    /// segment that does not decode to UTF-8 is `None`: no tenant has such a name.
    pub fn path_segments(&self) -> impl DoubleEndedIterator<Item = Option<String>> {
        let path = self.uri.path();
        path.strip_prefix('/').unwrap_or(path).split('/').map(decoded)
    }

    /// Returns the last segment of the path, decoded like [`path_segments`](Self::path_segments): the tenant of
    /// `/webhooks/{tenant}`.
    #[must_use]
    pub fn last_path_segment(&self) -> Option<String> {
        self.path_segments().next_back().flatten()
    }

    /// Returns path and query.
    pub(super) fn target(&self) -> &str {
        self.uri.path_and_query().map_or("/", PathAndQuery::as_str)
    }
}

/// Percent-decodes a segment. A `+` is a literal plus in a path.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let pair = (byte == b'%').then(|| Some((hex(ahead.next()?)?, hex(ahead.next()?)?))).flatten();
        match pair {
            Some((high, low)) => {
                bytes.push(high << 4 | low);
                rest = ahead;
            }
            None => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

impl fmt::Debug for RequestHead {
    /// Shows only the names of the headers, and no query: values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("method", self.method())
            .field("path", &self.uri.path())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// The secrets could not be looked up. The provider receives a 503 and retries.
#[derive(Debug)]
pub struct ResolveError(Box<dyn Error + Send + Sync>);

impl ResolveError {
    /// Creates an error from its cause. The cause is logged, and never sent.
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

/// Supplies the published keys of a provider: JSON Web Keys or certificates. Called once per request when its body
/// is complete, with the name of the key that the request gives.
///
/// The name comes from the sender and is unverified: a source must not fetch an address only because a request
/// names it. The crate `countersign-keys` fetches keys from pinned hosts. Keys that are known in advance belong
/// into the [`Verifier`](crate::Verifier) and need no source.
///
/// Implemented for asynchronous functions:
///
/// ```
/// use countersign::receiver::{KeySource, ResolveError};
/// use countersign::{Secret, SecretSet};
///
/// async fn keys(key_id: Option<String>) -> Result<Option<SecretSet>, ResolveError> {
///     // Query a database here. If there is no key of this name, return `None`; the request is rejected.
///     Ok((key_id.as_deref() == Some("2026")).then(|| SecretSet::new(Secret::new("its key").unwrap())))
/// }
///
/// fn is_source(_: impl KeySource) {}
/// is_source(keys);
/// ```
pub trait KeySource: Send + Sync + 'static {
    /// Returns the keys of this name, or all keys if the request names none; `None` if there is no such key.
    fn keys(&self, key_id: Option<String>) -> KeysFuture;
}

impl<F, R> KeySource for F
where
    F: Fn(Option<String>) -> R + Send + Sync + 'static,
    R: Future<Output = Result<Option<SecretSet>, ResolveError>> + Send + 'static,
{
    fn keys(&self, key_id: Option<String>) -> KeysFuture {
        Box::pin(self(key_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &'static str) -> RequestHead {
        RequestHead::new(Uri::from_static(path), HeaderMap::new())
    }

    #[test]
    fn segments_are_split_first_and_decoded_then() {
        for (path, tenant) in [
            ("/webhooks/acme", Some("acme")),
            ("/webhooks/acme?tenant=other", Some("acme")),
            ("/webhooks/ac%6De", Some("acme")),
            ("/webhooks/acme%20ltd", Some("acme ltd")),
            ("/webhooks/a%2Fb", Some("a/b")),
            ("/webhooks/a+b", Some("a+b")),
            ("/webhooks/%c3%a9%C3%A9", Some("éé")),
            ("/webhooks/100%", Some("100%")),
            ("/webhooks/%zz", Some("%zz")),
            ("/webhooks/%2541", Some("%41")),
            ("/webhooks/%ff", None),
            ("/webhooks/", Some("")),
            ("/", Some("")),
        ] {
            assert_eq!(request(path).last_path_segment().as_deref(), tenant, "{path}");
        }
        let segments: Vec<_> = request("/a/%62//c").path_segments().flatten().collect();
        assert_eq!(segments, ["a", "b", "", "c"]);
    }

    #[test]
    fn a_tenant_hands_its_id_to_the_deliveries_of_its_secrets() {
        let tenant = Tenant::new("acme", crate::Secret::new("a secret").unwrap());
        assert_eq!(tenant.id(), "acme");
        let secrets = tenant.into_secrets();
        assert_eq!(secrets.tenant(), Some("acme"));
        let now = crate::UnixTime::from_secs(1_700_000_000);
        let signer =
            crate::Signer::new(&crate::providers::SHOPIFY, crate::Secret::new("a secret").unwrap()).unwrap();
        let headers = signer.sign(&crate::SigningRequest::new("{}", now)).unwrap();
        let verifier = crate::Verifier::new(&crate::providers::SHOPIFY, secrets).unwrap();
        let delivery = verifier.verify(&crate::Head::new(&headers), "{}", now).unwrap();
        assert_eq!(delivery.tenant(), Some("acme"));
    }

    #[test]
    fn debug_shows_no_value_of_a_header_and_no_query() {
        let mut headers = HeaderMap::new();
        headers.insert("x-hook-secret", HeaderValue::from_static("hunter2"));
        let shown = format!("{:?}", RequestHead::new(Uri::from_static("/a?token=hunter3"), headers));
        assert!(!shown.contains("hunter") && shown.contains("x-hook-secret"), "{shown}");
    }
}
