use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderMap;
use countersign::receiver::RequestHead;
use http::{HeaderName, HeaderValue, Method, Uri};

/// Copies the head of the request for a resolver of secrets, which outlives this borrow and uses other types.
pub(super) fn request(req: &ServiceRequest) -> RequestHead {
    // Both sides have the same grammar, so the conversions do not fail. If one did, the resolver would not find the
    // tenant, and the request would be rejected.
    let uri = Uri::try_from(target(req)).unwrap_or_default();
    let method = Method::from_bytes(req.method().as_str().as_bytes()).unwrap_or_default();
    RequestHead::new(uri, copy(req.headers())).with_method(method)
}

/// Converts the headers into `http` types.
pub(crate) fn copy(from: &HeaderMap) -> http::HeaderMap {
    let headers = from.iter().filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(value.as_bytes()).ok()?))
    });
    let mut copy = http::HeaderMap::with_capacity(from.len());
    for (name, value) in headers {
        copy.append(name, value);
    }
    copy
}

/// Returns path and query as they were received.
pub(super) fn target(req: &ServiceRequest) -> &str {
    req.uri().path_and_query().map_or("/", |target| target.as_str())
}
