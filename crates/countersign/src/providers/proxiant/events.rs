use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::event::UnknownEvent;

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
    /// A type that came later.
    #[event(unknown)]
    Unknown(UnknownEvent),
}

/// Data that is about a job alone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct JobOnly {
    /// The job.
    pub job: Job,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Data of `job.updated`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct JobUpdated {
    /// The job, as it is now.
    pub job: Job,
    /// The names of the fields that changed.
    pub changed_fields: Vec<String>,
    /// The fields that have no place of their own, as they came.
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
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Data of `invoice.created`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InvoiceCreated {
    /// The invoice.
    pub invoice: Record,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Data of `invoice.paid`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InvoicePaid {
    /// The invoice.
    pub invoice: Record,
    /// The payment.
    pub payment: Record,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Data of `affidavit.generated`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AffidavitGenerated {
    /// The affidavit.
    pub affidavit: Record,
    /// The job.
    pub job: Job,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Data of `hive.job_accepted`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HiveJobAccepted {
    /// The job.
    pub job: Job,
    /// The process server who took it.
    pub server: Record,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Data of `eservice.accepted`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EserviceAccepted {
    /// The job.
    pub job: Job,
    /// The electronic service.
    pub eservice: Record,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A job. Ids are text: the page's own example has one that is no UUID.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Job {
    /// The job.
    pub id: String,
    /// The number that people use, for instance `FH-2025-04812`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_number: Option<String>,
    /// Where it stands, for instance `served`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// For instance `subpoena`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_type: Option<String>,
    /// Who is to be served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_name: Option<String>,
    /// The client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The client's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// RFC 3339, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An attempt to serve.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// The attempt.
    pub id: String,
    /// The first is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<u32>,
    /// For instance `served`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// RFC 3339, as it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempted_at: Option<String>,
    /// Whether the place was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gps_verified: Option<bool>,
    /// Who tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// What happened, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Something whose fields the page does not show, by its id.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Record {
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The fields that have no place of their own, as they came.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}
