use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::delivery::Delivery;
use crate::event::{DecodeError, UnknownEvent};

/// The events of Proxiant.
#[derive(Clone, Debug, PartialEq, countersign_macros::EventCatalog)]
#[non_exhaustive]
pub enum Event {
    /// `job.created`
    #[event("job.created")]
    JobCreated(JobOnly),
    /// `job.updated`
    #[event("job.updated")]
    JobUpdated(JobUpdated),
    /// `job.served`: the documents were delivered.
    #[event("job.served")]
    JobServed(JobAttempt),
    /// `job.non_est`: the recipient was not found.
    #[event("job.non_est")]
    JobNonEst(JobOnly),
    /// `job.overdue`
    #[event("job.overdue")]
    JobOverdue(JobOnly),
    /// `attempt.logged`: an attempt, and the job it belongs to.
    #[event("attempt.logged")]
    AttemptLogged(JobAttempt),
    /// `invoice.created`
    #[event("invoice.created")]
    InvoiceCreated(InvoiceCreated),
    /// `invoice.paid`
    #[event("invoice.paid")]
    InvoicePaid(InvoicePaid),
    /// `affidavit.generated`
    #[event("affidavit.generated")]
    AffidavitGenerated(AffidavitGenerated),
    /// `hive.job_posted`
    #[event("hive.job_posted")]
    HiveJobPosted(JobOnly),
    /// `hive.job_accepted`
    #[event("hive.job_accepted")]
    HiveJobAccepted(HiveJobAccepted),
    /// `eservice.accepted`
    #[event("eservice.accepted")]
    EserviceAccepted(EserviceAccepted),
    /// `webhook.test`: the ping that follows a subscription.
    #[event("webhook.test")]
    WebhookTest,
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
    pub event: String,
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

/// The data of events about a job.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct JobOnly {
    /// The job.
    pub job: Job,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `job.updated`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct JobUpdated {
    /// The job after the update.
    pub job: Job,
    /// The names of the fields that changed.
    pub changed_fields: Vec<String>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A job and an attempt to serve it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct JobAttempt {
    /// The job.
    pub job: Job,
    /// The attempt.
    pub attempt: Attempt,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `invoice.created`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InvoiceCreated {
    /// The invoice.
    pub invoice: Record,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `invoice.paid`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InvoicePaid {
    /// The invoice.
    pub invoice: Record,
    /// The payment.
    pub payment: Record,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `affidavit.generated`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AffidavitGenerated {
    /// The affidavit.
    pub affidavit: Record,
    /// The job.
    pub job: Job,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `hive.job_accepted`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HiveJobAccepted {
    /// The job.
    pub job: Job,
    /// The process server who accepted the job.
    pub server: Record,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// The data of `eservice.accepted`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EserviceAccepted {
    /// The job.
    pub job: Job,
    /// The electronic service.
    pub eservice: Record,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A job. Ids are text: the documented example has one that is not a UUID.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Job {
    /// The id of the job.
    pub id: String,
    /// The number that people use, for example `FH-2025-04812`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_number: Option<String>,
    /// The status, for example `served`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The type, for example `subpoena`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_type: Option<String>,
    /// The person to be served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_name: Option<String>,
    /// The id of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The client's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// The time of the last update in RFC 3339, as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An attempt to serve.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// The id of the attempt.
    pub id: String,
    /// The number of the attempt, starting at 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<u32>,
    /// The outcome, for example `served`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The time of the attempt in RFC 3339, as received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempted_at: Option<String>,
    /// Whether the location was confirmed by GPS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gps_verified: Option<bool>,
    /// The name of the process server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// A description of the attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A record with undocumented fields, identified by its id.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Record {
    /// The id of the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Fields without a member of their own, as received.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
