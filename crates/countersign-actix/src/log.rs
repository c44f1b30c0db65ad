//! What operators see. Never a secret, a signature or a byte of a body.

use std::fmt;

use countersign::receiver::Rejection;
use countersign::{DecodeError, Delivery, ErrorKind, Field};
use http::StatusCode;
use tracing::field::display;
use tracing::{debug, error, info, warn};

const TARGET: &str = "countersign";

pub(crate) fn accepted(delivery: &Delivery) {
    debug!(
        target: TARGET,
        provider = &*delivery.provider().slug,
        key = delivery.key(),
        id_signed = delivery.id().is_some_and(Field::is_signed),
        "accepted"
    );
}

/// Faults of ours are errors. A wrong or stale signature is a warning: a secret is not what it should be, or somebody
/// tries. The rest is what the internet sends.
pub(crate) fn rejected(provider: &str, rejection: &Rejection) {
    let kind = rejection.kind().as_str();
    let cause = rejection.causes().map(display);
    match rejection.status() {
        status if status.is_server_error() => error!(target: TARGET, provider, kind, cause, "rejected"),
        StatusCode::UNAUTHORIZED => warn!(target: TARGET, provider, kind, cause, "rejected"),
        _ => info!(target: TARGET, provider, kind, cause, "rejected"),
    }
}

/// The source of the error stays out: it may quote the body.
pub(crate) fn decode_failed(provider: &str, failure: &DecodeError) {
    let kind = ErrorKind::DecodeFailed.as_str();
    let (event_type, path) = (failure.event_type(), failure.path());
    warn!(target: TARGET, provider, kind, event_type, path, "rejected");
}

/// The pattern of the route, not its path: that may hold a token.
pub(crate) fn not_installed(extractor: &str, route: Option<&str>, cure: &str) {
    error!(target: TARGET, kind = ErrorKind::NotInstalled.as_str(), extractor, route, "{cure}");
}

/// Followed by a rejection, which has no cause of its own.
pub(crate) fn unreadable(cause: &dyn fmt::Display) {
    debug!(target: TARGET, %cause, "the body could not be read");
}
