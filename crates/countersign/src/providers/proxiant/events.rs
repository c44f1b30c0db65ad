use serde::{Deserialize, Serialize};

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
}

/// Data of `job.updated`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct JobUpdated {
    /// The job, as it is now.
    pub job: Job,
    /// The names of the fields that changed.
    pub changed_fields: Vec<String>,
}

/// A job and an attempt to serve it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct JobAttempt {
    /// The job.
    pub job: Job,
    /// The attempt.
    pub attempt: Attempt,
}

/// Data of `invoice.created`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InvoiceCreated {
    /// The invoice.
    pub invoice: Record,
}

/// Data of `invoice.paid`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct InvoicePaid {
    /// The invoice.
    pub invoice: Record,
    /// The payment.
    pub payment: Record,
}

/// Data of `affidavit.generated`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AffidavitGenerated {
    /// The affidavit.
    pub affidavit: Record,
    /// The job.
    pub job: Job,
}

/// Data of `hive.job_accepted`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HiveJobAccepted {
    /// The job.
    pub job: Job,
    /// The process server who took it.
    pub server: Record,
}

/// Data of `eservice.accepted`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EserviceAccepted {
    /// The job.
    pub job: Job,
    /// The electronic service.
    pub eservice: Record,
}

/// A job. Ids are text: the page's own example has one that is no UUID.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Job {
    /// The job.
    pub id: String,
    /// The number that people use, for instance `FH-2025-04812`.
    pub job_number: Option<String>,
    /// Where it stands, for instance `served`.
    pub status: Option<String>,
    /// For instance `subpoena`.
    pub job_type: Option<String>,
    /// Who is to be served.
    pub recipient_name: Option<String>,
    /// The client.
    pub client_id: Option<String>,
    /// The client's name.
    pub client_name: Option<String>,
    /// RFC 3339, as it was sent.
    pub updated_at: Option<String>,
}

/// An attempt to serve.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// The attempt.
    pub id: String,
    /// The first is 1.
    pub sequence_number: Option<u32>,
    /// For instance `served`.
    pub outcome: Option<String>,
    /// RFC 3339, as it was sent.
    pub attempted_at: Option<String>,
    /// Whether the place was confirmed.
    pub gps_verified: Option<bool>,
    /// Who tried.
    pub server_name: Option<String>,
    /// What happened, in words.
    pub narrative: Option<String>,
}

/// Something whose fields the page does not show, by its id.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Record {
    /// Its id.
    pub id: Option<String>,
}
