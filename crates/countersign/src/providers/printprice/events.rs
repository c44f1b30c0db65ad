use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::delivery::Delivery;
use crate::event::{DecodeError, UnknownEvent};

/// The events of PrintPrice. The page names them, and does not show their data.
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
    /// A type that came later.
    #[event(unknown)]
    Unknown(UnknownEvent),
}

/// The data of an event: an object whose fields the page does not name. Decode it into a type of your own with
/// [`Delivery::data`](crate::Delivery::data) where you know them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Details {
    /// The fields.
    pub fields: Map<String, Value>,
}

/// The envelope of an event: decode it with [`Envelope::of`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Envelope {
    /// The type of the event.
    pub event: String,
    /// When it happened, as it was sent.
    pub timestamp: String,
    /// What it happened to.
    pub entity_id: String,
    /// For instance `production`.
    pub environment: String,
    /// The data of the event.
    pub data: Details,
    /// The fields that have no place of their own, as they came.
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
