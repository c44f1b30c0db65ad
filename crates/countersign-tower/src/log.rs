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
    #[cfg(feature = "diagnose")]
    diagnosis(provider, rejection);
    let kind = rejection.kind().as_str();
    let cause = rejection.causes().map(tracing::field::display);
    if let Some(handshake) = rejection.handshake() {
        warn!(target: "countersign", provider, handshake, result = "refused", kind, cause, "handshake");
        return;
    }
    // The cure is on this side: it may be a handshake that nobody has configured.
    let unanswered_handshake = rejection.unanswered_handshake();
    match rejection.status() {
        status if status.is_server_error() => {
            error!(target: "countersign", provider, kind, cause, unanswered_handshake, "rejected");
        }
        StatusCode::UNAUTHORIZED => {
            warn!(target: "countersign", provider, kind, cause, unanswered_handshake, "rejected");
        }
        _ => info!(target: "countersign", provider, kind, cause, unanswered_handshake, "rejected"),
    }
}

/// Nothing of what it brought: a challenge is for the provider, and may be a secret.
pub(crate) fn handshake(provider: &str, handshake: &str) {
    info!(target: "countersign", provider, handshake, result = "answered", "handshake");
}

/// Followed by a rejection, which has no cause of its own.
pub(crate) fn unreadable(cause: &dyn fmt::Display) {
    debug!(target: "countersign", %cause, "the body could not be read");
}

/// A layer that needs the proof did not find it.
#[cfg(feature = "inbox")]
pub(crate) fn not_installed(layer: &str) {
    let kind = countersign::ErrorKind::NotInstalled.as_str();
    error!(
        target: "countersign", kind, layer,
        "no verified delivery: is `VerifyWebhookLayer` installed around `{layer}` on this route?"
    );
}

/// A task that handles a delivery was ended from outside.
#[cfg(feature = "inbox")]
pub(crate) fn task_ended(cause: &dyn fmt::Display) {
    error!(target: "countersign", %cause, "the task of a handler was ended");
}

/// Only where the receiver was asked for it, and somebody listens: it costs milliseconds.
#[cfg(feature = "diagnose")]
fn diagnosis(provider: &str, rejection: &Rejection) {
    if tracing::enabled!(target: "countersign", tracing::Level::DEBUG)
        && let Some(diagnosis) = rejection.diagnose()
    {
        let code = diagnosis.cause().map_or("unexplained", countersign::diagnose::Cause::code);
        debug!(target: "countersign", provider, code, "{diagnosis}");
    }
}
