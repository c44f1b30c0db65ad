//! Extensions of a verified request besides the delivery, for the extractors and axum.

#[cfg(feature = "axum")]
use countersign::__private::VerifiedBy;
use countersign::receiver::Receiver;
use http::Request;

/// Does nothing without axum.
#[cfg(not(feature = "axum"))]
pub(crate) fn prepare<B>(_request: &mut Request<B>, _receiver: &Receiver, _length: usize) {}

/// Stores the receiver if it has custom responses for the extractors to return, and lifts axum's limit of 2 MiB
/// from longer bodies, which the receiver's own limit has accepted. Most requests need neither.
#[cfg(feature = "axum")]
pub(crate) fn prepare<B>(request: &mut Request<B>, receiver: &Receiver, length: usize) {
    if receiver.has_own_responses() {
        request.extensions_mut().insert(VerifiedBy(receiver.clone()));
    }
    if length > AXUM_LIMIT {
        axum_core::extract::DefaultBodyLimit::disable().apply(request);
    }
}

/// The largest body that axum accepts by default.
#[cfg(feature = "axum")]
const AXUM_LIMIT: usize = 2 << 20;
