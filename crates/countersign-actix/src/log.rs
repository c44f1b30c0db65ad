//! Log events for operators, without secrets, signatures or bytes of a body.

use std::fmt;

use countersign::receiver::Rejection;
use countersign::{Delivery, ErrorKind, Field};
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

/// Logs a rejection: configuration errors at `error`; a wrong or stale signature at `warn`, because it indicates a
/// wrong secret or an attack; other requests at `info`.
pub(crate) fn rejected(provider: &str, rejection: &Rejection) {
    #[cfg(feature = "diagnose")]
    diagnosis(provider, rejection);
    let kind = rejection.kind().as_str();
    let cause = rejection.causes().map(display);
    if let Some(handshake) = rejection.handshake() {
        warn!(target: TARGET, provider, handshake, result = "refused", kind, cause, "handshake");
        return;
    }
    // It may be a handshake that is not enabled, which the receiver's configuration can change.
    let unanswered_handshake = rejection.unanswered_handshake();
    match rejection.status() {
        status if status.is_server_error() => {
            error!(target: TARGET, provider, kind, cause, unanswered_handshake, "rejected")
        }
        StatusCode::UNAUTHORIZED => {
            warn!(target: TARGET, provider, kind, cause, unanswered_handshake, "rejected")
        }
        _ => info!(target: TARGET, provider, kind, cause, unanswered_handshake, "rejected"),
    }
}

/// Logs a missing middleware with the pattern of the route, not its path, which may contain a token.
pub(crate) fn not_installed(extractor: &str, route: Option<&str>, cure: &str) {
    error!(target: TARGET, kind = ErrorKind::NotInstalled.as_str(), extractor, route, "{cure}");
}

/// Logs an answered handshake without its values: a challenge is meant for the provider, and may be a secret.
pub(crate) fn handshake(provider: &str, handshake: &str) {
    info!(target: TARGET, provider, handshake, result = "answered", "handshake");
}

/// Logs the cause of a failed read. The rejection that follows has none of its own.
pub(crate) fn unreadable(cause: &dyn fmt::Display) {
    debug!(target: TARGET, %cause, "the body could not be read");
}

/// Logs that a task that handles a delivery was ended from outside.
#[cfg(feature = "inbox")]
pub(crate) fn task_ended(cause: &dyn fmt::Display) {
    error!(target: TARGET, %cause, "the task of a handler was ended");
}

/// Diagnoses a rejection if the receiver has diagnosis enabled and the log level is active: it takes milliseconds.
#[cfg(feature = "diagnose")]
fn diagnosis(provider: &str, rejection: &Rejection) {
    if tracing::enabled!(target: TARGET, tracing::Level::DEBUG)
        && let Some(diagnosis) = rejection.diagnose()
    {
        let code = diagnosis.cause().map_or("unexplained", countersign::diagnose::Cause::code);
        debug!(target: TARGET, provider, code, "{diagnosis}");
    }
}
