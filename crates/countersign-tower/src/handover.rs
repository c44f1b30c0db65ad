//! What the extractors and axum find in a verified request, besides the delivery.

use countersign::receiver::Receiver;
use http::Request;

/// Nothing, without axum.
#[cfg(not(feature = "axum"))]
pub(crate) fn prepare<B>(_request: &mut Request<B>, _receiver: &Receiver, _length: usize) {}

/// The receiver, where it has responses of its own for the extractors to give; and axum's limit of 2 MiB is lifted from
/// what is longer, because the receiver's own limit has let it in. Nothing of it is needed for most requests.
#[cfg(feature = "axum")]
pub(crate) fn prepare<B>(request: &mut Request<B>, receiver: &Receiver, length: usize) {
    if receiver.has_own_responses() {
        request.extensions_mut().insert(VerifiedBy(receiver.clone()));
    }
    if length > AXUM_LIMIT {
        axum_core::extract::DefaultBodyLimit::disable().apply(request);
    }
}

/// Who has verified a request.
#[cfg(feature = "axum")]
#[derive(Clone)]
pub(crate) struct VerifiedBy(pub(crate) Receiver);

/// Up to here axum lets bodies through by itself.
#[cfg(feature = "axum")]
const AXUM_LIMIT: usize = 2 << 20;
