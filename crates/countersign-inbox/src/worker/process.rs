use countersign::receiver::{Receiver, Rejection};
use countersign::{Delivery, ErrorKind, Field};

use super::context::Context;
use super::verdict::Verdict;
use crate::endpoint::Endpoint;
use crate::event::StoredEvent;

/// Verifies a stored event, decodes it and runs its handler.
pub(super) async fn process(endpoint: &Endpoint, event: StoredEvent, context: Context) -> Verdict {
    let delivery = match verify(&endpoint.receiver, event).await {
        Ok(delivery) => delivery,
        Err(rejection) => return refuse(&rejection),
    };
    match endpoint.route(delivery.event_type().map(Field::as_str)) {
        Ok(route) => route.run(delivery, context).await,
        Err(verdict) => verdict,
    }
}

/// Verifies a stored request as of the time of receipt.
pub(super) async fn verify(receiver: &Receiver, event: StoredEvent) -> Result<Delivery, Rejection> {
    let StoredEvent { head, body, received_at, .. } = event;
    receiver.verify_stored(&head.method, &head.target, &head.headers, body, received_at).await
}

/// Returns the verdict of a rejection. Failures of the receiver are retried; other requests wait for their key or
/// an operator.
fn refuse(rejection: &Rejection) -> Verdict {
    let kind = rejection.kind();
    let error = match rejection.causes() {
        Some(causes) => format!("the stored request was not verified again ({kind}: {causes})"),
        None => format!("the stored request was not verified again ({kind})"),
    };
    if kind.status().is_server_error() {
        return Verdict::Retry { after: None, error };
    }
    Verdict::Unverified { error: format!("{error}: {}", cure(kind)) }
}

const fn cure(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::SignatureMismatch | ErrorKind::NoMatchingPublicKey => {
            "either the secret that signed it was removed from the set: add it again with \
             `SecretSet::with_until` and the time of the rotation, and the event is retried automatically; or the \
             stored request was changed: discard it"
        }
        ErrorKind::UnknownTenant => {
            "the tenant is unknown now: keep its secrets until its events are handled; the event is retried \
             automatically"
        }
        _ => {
            "does the source have another provider, tolerance or public URL than the endpoint that stored it? Make them \
             equal, and the event is retried automatically; otherwise the stored request was changed: discard it"
        }
    }
}
