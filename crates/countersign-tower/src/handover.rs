//! What the extractors and axum find in a verified request, besides the delivery.

use countersign::receiver::Receiver;
use http::Request;

/// Nothing, without axum.
#[cfg(not(feature = "axum"))]
pub(crate) fn prepare<B>(_request: &mut Request<B>, _receiver: &Receiver) {}

/// The receiver, for the answers of the extractors; and axum's limit of 2 MiB is lifted, because the receiver's own
/// limit has let the body in.
#[cfg(feature = "axum")]
pub(crate) fn prepare<B>(request: &mut Request<B>, receiver: &Receiver) {
    request.extensions_mut().insert(VerifiedBy(receiver.clone()));
    axum_core::extract::DefaultBodyLimit::disable().apply(request);
}

/// Who has verified a request.
#[cfg(feature = "axum")]
#[derive(Clone)]
pub(crate) struct VerifiedBy(pub(crate) Receiver);
