//! What operators see of the middleware: kinds and causes, never a secret, a signature or a body.

use std::fmt;

use countersign::receiver::Rejection;
use countersign::{Delivery, Field};
use http::StatusCode;
use tracing::{debug, error, info, warn};

pub(crate) fn accepted(delivery: &Delivery) {
    debug!(
        target: "countersign",
        provider = &*delivery.provider().slug,
        key = delivery.key(),
        id_signed = delivery.id().is_some_and(Field::is_signed),
        "accepted"
    );
}

/// Errors are ours, a failed authentication is worth a look, and the rest is the sender's.
pub(crate) fn rejected(provider: &str, rejection: &Rejection) {
    let kind = rejection.kind().as_str();
    let cause = rejection.causes().map(tracing::field::display);
    match rejection.status() {
        status if status.is_server_error() => {
            error!(target: "countersign", provider, kind, cause, "rejected");
        }
        StatusCode::UNAUTHORIZED => {
            warn!(target: "countersign", provider, kind, cause, "rejected");
        }
        _ => info!(target: "countersign", provider, kind, cause, "rejected"),
    }
}

/// Followed by a rejection, which has no cause of its own.
pub(crate) fn unreadable(cause: &dyn fmt::Display) {
    debug!(target: "countersign", %cause, "the body could not be read");
}
