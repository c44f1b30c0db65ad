//! Log events, and extensions of requests, which the adapters share.
//!
//! Log events are for operators. They contain no secrets, signatures or bytes of a body.

use std::fmt;

use http::StatusCode;
use tracing::{debug, error, info, warn};

use crate::delivery::{Delivery, Field};
use crate::error::ErrorKind;
use crate::receiver::{Received, Receiver, Rejection};

/// The receiver that verified a request, if it has its own responses to rejections: in the extensions of the request,
/// for the rejections of extractors.
#[derive(Clone, Debug)]
pub struct VerifiedBy(pub Receiver);

/// The reason for which a request did not verify that a receiver passed on, because it only observes: in the extensions
/// of the request, for extractors.
#[derive(Clone, Copy, Debug)]
pub struct NotVerified(pub ErrorKind);

/// Logs the result of a request.
pub fn received(receiver: &Receiver, received: &Received) {
    let provider = receiver.provider();
    match received {
        Received::Delivery(delivery) => accepted(delivery),
        // Without its values: a challenge is meant for the provider, and may be a secret.
        Received::Handshake(response) => {
            info!(target: TARGET, provider, handshake = response.name(), result = "answered", "handshake");
        }
        Received::Rejected(rejection) => rejected(provider, rejection),
        Received::Observed { rejection, .. } => observed(provider, rejection),
    }
}

fn accepted(delivery: &Delivery) {
    debug!(
        target: TARGET,
        provider = &*delivery.provider().slug,
        key = delivery.key(),
        tenant = delivery.tenant(),
        id_signed = delivery.id().is_some_and(Field::is_signed),
        "accepted"
    );
}

/// Logs a rejection: configuration errors at `error`; a wrong or stale signature at `warn`, because it indicates a
/// wrong secret or an attack; other requests at `info`.
#[cold]
pub fn rejected(provider: &str, rejection: &Rejection) {
    explanation(provider, rejection);
    let kind = rejection.kind().as_str();
    let cause = rejection.causes().map(tracing::field::display);
    if let Some(handshake) = rejection.handshake() {
        warn!(target: TARGET, provider, handshake, result = "refused", kind, cause, "handshake");
        return;
    }
    // It may be a handshake that is not enabled, which the receiver's configuration can change.
    let unanswered_handshake = rejection.unanswered_handshake();
    match rejection.status() {
        status if status.is_server_error() => {
            error!(target: TARGET, provider, kind, cause, unanswered_handshake, "rejected");
        }
        StatusCode::UNAUTHORIZED => {
            warn!(target: TARGET, provider, kind, cause, unanswered_handshake, "rejected");
        }
        _ => info!(target: TARGET, provider, kind, cause, unanswered_handshake, "rejected"),
    }
}

#[cold]
fn observed(provider: &str, rejection: &Rejection) {
    explanation(provider, rejection);
    let kind = rejection.kind().as_str();
    let cause = rejection.causes().map(tracing::field::display);
    let unanswered_handshake = rejection.unanswered_handshake();
    warn!(target: TARGET, provider, kind, cause, unanswered_handshake, "would be rejected");
}

/// Logs that a layer or an extractor which needs a verified delivery did not find one, with the pattern of the route,
/// not its path, which may contain a token.
#[cold]
pub fn not_installed(extractor: &str, route: Option<&str>, cure: &str) {
    error!(target: TARGET, kind = ErrorKind::NotInstalled.as_str(), extractor, route, "{cure}");
}

/// Logs the cause of a failed read. The rejection that follows has none of its own.
#[cold]
pub fn unreadable(cause: &dyn fmt::Display) {
    debug!(target: TARGET, %cause, "the body could not be read");
}

/// Logs that a task that handles a delivery was ended from outside.
#[cold]
pub fn task_ended(cause: &dyn fmt::Display) {
    error!(target: TARGET, %cause, "the task of a handler was ended");
}

/// Logs what the receiver's explainer says about a rejection, if the log level is active: it takes milliseconds.
fn explanation(provider: &str, rejection: &Rejection) {
    if tracing::enabled!(target: TARGET, tracing::Level::DEBUG)
        && let Some(explanation) = rejection.explain()
    {
        debug!(target: TARGET, provider, code = &*explanation.code, "{}", explanation.text);
    }
}

const TARGET: &str = "countersign";
