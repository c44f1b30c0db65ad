use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::event::UnknownEvent;

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
    /// A type that came later.
    #[event(unknown)]
    Unknown(UnknownEvent),
}

/// A medical bill. The page shows the data of `audit.completed` only: what it does not show is optional.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Bill {
    /// The bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_id: Option<String>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The finished audit of a bill.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Audit {
    /// The bill.
    pub bill_id: String,
    /// The report to fetch.
    pub report_id: String,
    /// How it ended, for instance `complete`.
    pub status: String,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The draft of a letter.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Letter {
    /// The bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_id: Option<String>,
    /// The letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter_id: Option<String>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A dispute over a bill.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Dispute {
    /// The bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill_id: Option<String>,
    /// The dispute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute_id: Option<String>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Until when something has to be done, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
