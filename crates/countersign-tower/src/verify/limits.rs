use axum_core::extract::DefaultBodyLimit;
use http::Request;

/// Lifts axum's limit of 2 MiB from a longer body, which the receiver's own limit has accepted.
pub(super) fn raise<B>(request: &mut Request<B>, body: usize) {
    if body > AXUM_BYTES {
        DefaultBodyLimit::disable().apply(request);
    }
}

/// The largest body that axum accepts by default.
const AXUM_BYTES: usize = 2 << 20;
