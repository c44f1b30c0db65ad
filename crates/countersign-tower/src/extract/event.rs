use axum_core::extract::FromRequestParts;
use countersign::EventCatalog;
use http::request::Parts;

use super::ExtractRejection;
use super::delivery::verified;
use crate::handover::VerifiedBy;

/// The typed data of a verified delivery, and its proof.
///
/// ```
/// use countersign::providers::preflix;
/// use countersign_tower::Event;
///
/// async fn handle(Event { data, delivery }: Event<preflix::Event>) {
///     match data {
///         preflix::Event::AuditCompleted(audit) => println!("fetch report {}", audit.report_id),
///         _ => println!("{:?} can wait", delivery.event_type()),
///     }
/// }
/// # axum::Router::<()>::new().route("/", axum::routing::post(handle));
/// ```
///
/// Data that does not fit the type is answered with 422, and the path to it is logged. Take a
/// `Result<Event<T>, ExtractRejection>` to decide otherwise.
#[derive(Clone, Debug)]
pub struct Event<T> {
    /// The data, by type.
    pub data: T,
    /// The proof of verification: id, type, timestamp, key, raw body.
    pub delivery: countersign::Delivery,
}

impl<T: EventCatalog, S: Sync> FromRequestParts<S> for Event<T> {
    type Rejection = ExtractRejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let delivery = verified(parts, "Event")?.clone();
        match countersign::Event::decode(delivery) {
            Ok(countersign::Event { data, delivery }) => Ok(Self { data, delivery }),
            Err(error) => {
                let receiver = parts.extensions.get::<VerifiedBy>().map(|by| by.0.clone());
                Err(ExtractRejection::not_decoded(receiver, error))
            }
        }
    }
}
