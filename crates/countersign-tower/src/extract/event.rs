use axum_core::extract::FromRequestParts;
use countersign::EventCatalog;
use http::request::Parts;

use super::ExtractError;
use super::delivery::verified;
use crate::handover::VerifiedBy;

/// The typed data of a verified delivery, and the delivery itself.
///
/// ```
/// use countersign::providers::preflix;
/// use countersign_tower::Event;
///
/// async fn handle(event: Event<preflix::Event>) {
///     match event.data {
///         preflix::Event::AuditCompleted(audit) => println!("fetch report {}", audit.report_id),
///         // A type without a variant is not an error: a status other than 2xx would cause a retry.
///         _ => println!("{:?} can wait", event.delivery.event_type()),
///     }
/// }
/// # axum::Router::<()>::new().route("/", axum::routing::post(handle));
/// ```
///
/// Data that does not fit the type is answered with 422, and its path is logged. Take a `Result<Event<T>,
/// ExtractError>` to decide otherwise.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Event<T> {
    /// The data, decoded into the variant for its type.
    pub data: T,
    /// The verified delivery: id, type, timestamp, key, raw body.
    pub delivery: countersign::Delivery,
}

impl<T> Event<T> {
    /// Returns the event of the core crate.
    #[must_use]
    pub fn into_inner(self) -> countersign::Event<T> {
        countersign::Event { data: self.data, delivery: self.delivery }
    }
}

impl<T: EventCatalog, S: Sync> FromRequestParts<S> for Event<T> {
    type Rejection = ExtractError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let delivery = verified(parts, "Event")?;
        match countersign::Event::decode(delivery.clone()) {
            Ok(countersign::Event { data, delivery }) => Ok(Self { data, delivery }),
            Err(error) => {
                let receiver = parts.extensions.get::<VerifiedBy>().map(|by| by.0.clone());
                Err(ExtractError::not_decoded(error, &delivery.provider().slug, receiver))
            }
        }
    }
}
