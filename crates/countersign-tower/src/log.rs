//! Log events for operators: kinds and causes, without secrets, signatures or bodies.

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

/// Logs a rejection: configuration errors at `error`, failed authentication at `warn`, the sender's other errors at
/// `info`.
pub(crate) fn rejected(provider: &str, rejection: &Rejection) {
    #[cfg(feature = "diagnose")]
    diagnosis(provider, rejection);
    let kind = rejection.kind().as_str();
    let cause = rejection.causes().map(tracing::field::display);
    if let Some(handshake) = rejection.handshake() {
        warn!(target: "countersign", provider, handshake, result = "refused", kind, cause, "handshake");
        return;
    }
    // It may be a handshake that is not enabled, which the receiver's configuration can change.
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

/// Logs an answered handshake without its values: a challenge is meant for the provider, and may be a secret.
pub(crate) fn handshake(provider: &str, handshake: &str) {
    info!(target: "countersign", provider, handshake, result = "answered", "handshake");
}

/// Logs the cause of a failed read. The rejection that follows has none of its own.
pub(crate) fn unreadable(cause: &dyn fmt::Display) {
    debug!(target: "countersign", %cause, "the body could not be read");
}

/// Logs that a layer which needs a verified delivery did not find one.
#[cfg(feature = "inbox")]
pub(crate) fn not_installed(layer: &str) {
    let kind = countersign::ErrorKind::NotInstalled.as_str();
    error!(
        target: "countersign", kind, layer,
        "no verified delivery: is `VerifyWebhookLayer` installed around `{layer}` on this route?"
    );
}

/// Logs that a task that handles a delivery was ended from outside.
#[cfg(feature = "inbox")]
pub(crate) fn task_ended(cause: &dyn fmt::Display) {
    error!(target: "countersign", %cause, "the task of a handler was ended");
}

/// Diagnoses a rejection if the receiver has diagnosis enabled and the log level is active: it takes milliseconds.
#[cfg(feature = "diagnose")]
fn diagnosis(provider: &str, rejection: &Rejection) {
    if tracing::enabled!(target: "countersign", tracing::Level::DEBUG)
        && let Some(diagnosis) = rejection.diagnose()
    {
        let code = diagnosis.cause().map_or("unexplained", countersign::diagnose::Cause::code);
        debug!(target: "countersign", provider, code, "{diagnosis}");
    }
}
