//! The events of Proxiant, with the data that its page shows.

use std::time::Duration;

use serde_json::{Value, json};

/// Returns the policy of the provider.
pub(in crate::simulators) fn policy() -> DeliveryPolicy {
    let delays = [0, 5 * 60, 30 * 60];
    DeliveryPolicy::new(RetrySchedule::Fixed(delays.map(Duration::from_secs).to_vec()))
        .with_ack_limit(Duration::from_secs(10))
}

use super::profile::{Profile, Step, ValueGenerator};
use crate::simulators::policy::{DeliveryPolicy, RetrySchedule};

pub(super) const PROFILE: Profile = Profile {
    slug: "proxiant",
    life: jobs,
    others: |values| vec![test(&values.now())],
    policy,
    on_disabled: None,
    selects: &[],
};

/// Returns the ping that follows a subscription.
pub(in crate::simulators) fn test(created_at: &str) -> Step {
    let message = json!({ "message": "This is a test event." });
    Step::new("webhook.test", envelope("webhook.test", created_at, message))
}

/// Three jobs: one is served, one is not, one is served electronically.
fn jobs(values: &mut ValueGenerator) -> Vec<Step> {
    let mut steps = served(values);
    steps.extend(not_served(values));
    let job = Job::new(values);
    let eservice =
        json!({ "id": values.id("es"), "accepted_by": "counsel@example.com", "accepted_at": values.now() });
    steps.push(job.step("eservice.accepted", "served", [("eservice", eservice)]));
    steps
}

fn served(values: &mut ValueGenerator) -> Vec<Step> {
    let job = Job::new(values);
    let server = json!({ "id": values.id("srv"), "name": "Marcus Webb" });
    let (failed, last) = (attempt(values, 1, "no_answer"), attempt(values, 2, "served"));
    let affidavit = values.id("aff");
    let affidavit = json!({ "id": affidavit, "url": format!("https://files.example.com/{affidavit}.pdf") });
    let (invoice, amount) = (values.id("inv"), values.amount(400));
    let open = json!({ "id": invoice, "amount": amount, "currency": "USD", "status": "open" });
    let paid = json!({ "id": invoice, "amount": amount, "currency": "USD", "status": "paid" });
    let payment =
        json!({ "id": values.id("pay"), "amount": amount, "method": "card", "paid_at": values.now() });
    vec![
        job.step("job.created", "created", []),
        job.step("hive.job_posted", "posted", []),
        job.step("hive.job_accepted", "accepted", [("server", server)]),
        job.step("job.updated", "in_progress", [("changed_fields", json!(["status"]))]),
        job.step("attempt.logged", "in_progress", [("attempt", failed)]),
        job.step("job.served", "served", [("attempt", last)]),
        job.step("affidavit.generated", "served", [("affidavit", affidavit)]),
        Step::new("invoice.created", envelope("invoice.created", &job.time, json!({ "invoice": open }))),
        Step::new(
            "invoice.paid",
            envelope("invoice.paid", &job.time, json!({ "invoice": paid, "payment": payment })),
        ),
    ]
}

fn not_served(values: &mut ValueGenerator) -> Vec<Step> {
    let job = Job::new(values);
    vec![job.step("job.overdue", "overdue", []), job.step("job.non_est", "non_est", [])]
}

/// The values of a job that all its events have in common.
struct Job {
    id: String,
    number: String,
    client: String,
    kind: &'static str,
    time: String,
}

impl Job {
    fn new(values: &mut ValueGenerator) -> Self {
        Self {
            id: values.uuid(),
            number: format!("FH-2025-{:05}", values.random.u32(..100_000)),
            client: values.uuid(),
            kind: values.one_of(&["subpoena", "summons", "eviction notice"]),
            time: values.now(),
        }
    }

    fn step<const N: usize>(
        &self,
        event_type: &'static str,
        status: &str,
        members: [(&str, Value); N],
    ) -> Step {
        let mut data = json!({ "job": {
            "id": self.id,
            "job_number": self.number,
            "status": status,
            "job_type": self.kind,
            "recipient_name": "James R. Thornton",
            "client_id": self.client,
            "client_name": "Harmon & Keyes LLP",
            "updated_at": self.time,
        }});
        if let Some(data) = data.as_object_mut() {
            data.extend(members.map(|(name, value)| (name.to_owned(), value)));
        }
        Step::new(event_type, envelope(event_type, &self.time, data))
    }
}

fn attempt(values: &mut ValueGenerator, number: u32, outcome: &str) -> Value {
    json!({
        "id": values.uuid(),
        "sequence_number": number,
        "outcome": outcome,
        "attempted_at": values.now(),
        "gps_verified": true,
        "server_name": "Marcus Webb",
        "narrative": if outcome == "served" { "Documents delivered in hand." } else { "No answer at the door." },
    })
}

fn envelope(event_type: &str, created_at: &str, data: Value) -> Value {
    json!({ "event": event_type, "created_at": created_at, "data": data })
}
