use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderMap;
use countersign::Headers;
use countersign::receiver::Request;
use http::{HeaderName, HeaderValue, Method, Uri};

/// The headers of actix, as the verifier reads them: where they are.
pub(crate) struct ActixHeaders<'a>(pub(crate) &'a HeaderMap);

impl Headers for ActixHeaders<'_> {
    fn for_each<'h>(&'h self, mut each: impl FnMut(&'h str, &'h [u8])) {
        for (name, value) in self.0 {
            each(name.as_str(), value.as_bytes());
        }
    }
}

/// The head of the request, copied for a resolver of secrets: it outlives this borrow, and has types of its own.
pub(crate) fn request(req: &ServiceRequest) -> Request {
    // The grammars are the same on both sides, so nothing is lost here; if something ever were, the resolver would
    // not know the tenant, and the request would be refused.
    let uri = Uri::try_from(target(req)).unwrap_or_default();
    let method = Method::from_bytes(req.method().as_str().as_bytes()).unwrap_or_default();
    Request::new(uri, copy(req.headers())).with_method(method)
}

/// The headers in types that are not actix's.
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

/// Path and query as they were received.
pub(crate) fn target(req: &ServiceRequest) -> &str {
    req.uri().path_and_query().map_or("/", |target| target.as_str())
}
