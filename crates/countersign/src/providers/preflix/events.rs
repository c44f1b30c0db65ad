use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::delivery::Delivery;
use crate::event::{DecodeError, UnknownEvent};

/// The events of Preflix.
#[derive(Clone, Debug, PartialEq, countersign_macros::EventCatalog)]
#[non_exhaustive]
pub enum Event {
    /// `bill.created`: create or update the case.
    #[event("bill.created")]
    BillCreated(Bill),
    /// `bill.document_ready`: preparation of the audit can begin.
    #[event("bill.document_ready")]
    BillDocumentReady(Bill),
    /// `audit.started`: the case moves to analysis.
    #[event("audit.started")]
    AuditStarted(Bill),
    /// `audit.completed`: fetch the report, notify.
    #[event("audit.completed")]
    AuditCompleted(Audit),
    /// `letter.ready`: present the draft.
    #[event("letter.ready")]
    LetterReady(Letter),
    /// `dispute.status_changed`: sync status, deadline and follow-ups.
    #[event("dispute.status_changed")]
    DisputeStatusChanged(Dispute),
    /// A type without a variant.
    #[event(unknown)]
    Unknown(UnknownEvent),
}

/// The envelope of an event, decoded by [`Envelope::of`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Envelope {
    /// The id of the event.
    pub id: String,
    /// The type of the event.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The time of the event, as received: RFC 3339.
    pub created_at: String,
    /// Fields without a member of their own, as received. `data` is one of them: [`Event`] has its content.
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

/// A medical bill. Only the data of `audit.completed` is documented, so all other fields are optional.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Bill {
    /// The id of the bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_id: Option<String>,
    /// The status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The finished audit of a bill.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Audit {
    /// The id of the bill.
    pub bill_id: String,
    /// The id of the report to fetch.
    pub report_id: String,
    /// The outcome, for example `complete`.
    pub status: String,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The draft of a letter.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Letter {
    /// The id of the bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_id: Option<String>,
    /// The id of the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter_id: Option<String>,
    /// The status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A dispute over a bill.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Dispute {
    /// The id of the bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_id: Option<String>,
    /// The id of the dispute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute_id: Option<String>,
    /// The status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The deadline for the next action, as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
