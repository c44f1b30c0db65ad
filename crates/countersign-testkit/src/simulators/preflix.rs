use std::ops::Deref;
use std::time::Duration;

use countersign::ConfigError;
use countersign::providers::preflix::PROVIDER;
use serde_json::{Value, json};

use super::scripts::{Profile, Step, Story};
use super::{DeliveryPolicy, RetrySchedule, Simulator, SimulatorOptions};

/// Preflix: [`play`](Simulator::play) publishes the life of a bill, from `bill.created` to `dispute.status_changed`.
///
/// Deliveries are retried with exponential backoff and full jitter over growing windows: the bounds start at 10 s, double, and
/// end at 6 h, with 12 retries (chosen: the page has no numbers). What is given up is in the
/// [operations queue](Simulator::operations_queue), with endpoint, event type, response code and retry count.
#[derive(Clone, Debug)]
pub struct Preflix {
    simulator: Simulator,
}

impl Preflix {
    /// Creates the provider.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], like [`Simulator::new`].
    pub fn new(options: SimulatorOptions) -> Result<Self, ConfigError> {
        Simulator::new(&PROVIDER, options).map(|simulator| Self { simulator })
    }

    /// Returns the policy of the provider.
    #[must_use]
    pub fn policy() -> DeliveryPolicy {
        DeliveryPolicy::new(RetrySchedule::Backoff {
            base: Duration::from_secs(10),
            cap: Duration::from_secs(6 * 3600),
            retries: 12,
        })
    }
}

impl Deref for Preflix {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}

pub(super) const PROFILE: Profile = Profile {
    slug: "preflix",
    life: bill,
    others: |_| Vec::new(),
    policy: Preflix::policy,
    on_disabled: None,
    selects: &[],
};

fn bill(story: &mut Story) -> Vec<Step> {
    let bill = story.id("bill");
    let (document, audit, report) = (story.id("doc"), story.id("audit"), story.id("report"));
    let (letter, dispute) = (story.id("letter"), story.id("dispute"));
    let (hospital, billed) = (story.one_of(HOSPITALS), story.amount(20_000));
    let (findings, deadline) = (story.random.u32(1..9), story.day(30));
    let created_at = story.now();
    let step = |event_type: &'static str, data: Value| {
        Step::new(event_type, json!({ "type": event_type, "created_at": created_at, "data": data }))
    };
    vec![
        step(
            "bill.created",
            json!({ "bill_id": bill, "status": "new", "provider": hospital, "amount_billed": billed, "currency": "USD" }),
        ),
        step(
            "bill.document_ready",
            json!({ "bill_id": bill, "status": "document_ready", "document_id": document, "pages": findings + 2 }),
        ),
        step(
            "audit.started",
            json!({ "bill_id": bill, "status": "in_analysis", "audit_id": audit, "document_id": document }),
        ),
        step(
            "audit.completed",
            json!({ "bill_id": bill, "report_id": report, "status": "complete", "audit_id": audit, "findings": findings }),
        ),
        step(
            "letter.ready",
            json!({ "bill_id": bill, "letter_id": letter, "status": "draft", "report_id": report }),
        ),
        step(
            "dispute.status_changed",
            json!({ "bill_id": bill, "dispute_id": dispute, "status": "sent", "deadline": deadline, "letter_id": letter }),
        ),
    ]
}

const HOSPITALS: &[&str] = &["City Hospital", "Lakeside Clinic", "St. Anne's Medical Center"];
