use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::delivery::Delivery;
use crate::event::{DecodeError, UnknownEvent};

/// The events of PrintPrice. The documentation names them without their data.
#[derive(Clone, Debug, PartialEq, countersign_macros::EventCatalog)]
#[non_exhaustive]
pub enum Event {
    /// `document.analyzed`
    #[event("document.analyzed")]
    DocumentAnalyzed(Details),
    /// `pricing.completed`
    #[event("pricing.completed")]
    PricingCompleted(Details),
    /// `compatibility.evaluated`
    #[event("compatibility.evaluated")]
    CompatibilityEvaluated(Details),
    /// `routing.decision_created`
    #[event("routing.decision_created")]
    RoutingDecisionCreated(Details),
    /// `order.generated`
    #[event("order.generated")]
    OrderGenerated(Details),
    /// `processing.failed`
    #[event("processing.failed")]
    ProcessingFailed(Details),
    /// A type without a variant.
    #[event(unknown)]
    Unknown(UnknownEvent),
}

/// The data of an event: an object with undocumented fields. If you know them, decode them into your own type with
/// [`Delivery::data`](crate::Delivery::data).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
#[non_exhaustive]
pub struct Details {
    /// The fields.
    pub fields: Map<String, Value>,
}

/// The envelope of an event, decoded by [`Envelope::of`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Envelope {
    /// The type of the event.
    pub event: String,
    /// The time of the event, as received.
    pub timestamp: String,
    /// The id of the entity concerned.
    pub entity_id: String,
    /// The environment, for example `production`.
    pub environment: String,
    /// The data of the event.
    pub data: Details,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Envelope {
    /// Decodes the envelope of a delivery.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] with the JSON path.
    pub fn of(delivery: &Delivery) -> Result<Self, DecodeError> {
        delivery.json()
    }
}
