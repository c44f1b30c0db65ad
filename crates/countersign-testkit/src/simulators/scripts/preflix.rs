//! The events of Preflix.

use std::time::Duration;

use serde_json::{Value, json};

use super::profile::{Profile, Step, ValueGenerator};
use crate::simulators::policy::{DeliveryPolicy, RetrySchedule};

pub(super) const PROFILE: Profile =
    Profile { slug: "preflix", life: bill, others: |_| Vec::new(), policy, on_disabled: None, selects: &[] };

/// Returns the policy of the provider.
pub(in crate::simulators) fn policy() -> DeliveryPolicy {
    DeliveryPolicy::new(RetrySchedule::Backoff {
        base: Duration::from_secs(10),
        cap: Duration::from_secs(6 * 3600),
        retries: 12,
    })
}

fn bill(values: &mut ValueGenerator) -> Vec<Step> {
    let bill = values.id("bill");
    let (document, audit, report) = (values.id("doc"), values.id("audit"), values.id("report"));
    let (letter, dispute) = (values.id("letter"), values.id("dispute"));
    let (hospital, billed) = (values.one_of(HOSPITALS), values.amount(20_000));
    let (findings, deadline) = (values.random.u32(1..9), values.day(30));
    let created_at = values.now();
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
