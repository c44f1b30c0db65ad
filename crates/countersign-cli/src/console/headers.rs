//! Headers of the responses that are not pages: logout, unknown addresses and names.

use axum::http::HeaderValue;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::Response;

/// Adds the headers that confine a response, unless it has them: the pages have their own.
pub(super) async fn confine(mut response: Response) -> Response {
    for (name, value) in CONFINED {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

const CONFINED: [(HeaderName, &str); 4] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
];
