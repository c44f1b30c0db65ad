//! The events of Redpin.

use std::time::Duration;

use serde_json::{Value, json};

use super::profile::{Profile, Step, ValueGenerator};
use crate::simulators::policy::{DeliveryPolicy, RetrySchedule};

const DAY: Duration = Duration::from_secs(86_400);

pub(super) const PROFILE: Profile = Profile {
    slug: "redpin",
    life: referrals,
    others: |values| vec![disabled_endpoint(&values.id("ep"), &values.now())],
    policy,
    on_disabled: Some(disabled_endpoint),
    selects: &[],
};

/// Returns the policy of the provider.
pub(in crate::simulators) fn policy() -> DeliveryPolicy {
    let delays = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600];
    DeliveryPolicy::new(RetrySchedule::Fixed(delays.map(Duration::from_secs).to_vec()))
        .with_window(7 * DAY)
        .one_at_a_time()
        .disabling_after(5 * DAY)
}

fn referrals(values: &mut ValueGenerator) -> Vec<Step> {
    let partner = format!("{:04}", values.random.u32(1..9999));
    let created = referral(values, &partner);
    let failed = json!({
        "event_name": "REFERRAL_CREATED",
        "status": "FAILED",
        "referral_id": values.id("ref"),
        "partner_id": partner,
        "customer_type": "Private",
        "failure_message": "The customer is known.",
        "referral_date": local(values),
    });
    vec![Step::new("REFERRAL_CREATED", created), Step::new("REFERRAL_CREATED", failed)]
}

fn referral(values: &mut ValueGenerator, partner: &str) -> Value {
    let reference = values.id("REF");
    json!({
        "event_name": "REFERRAL_CREATED",
        "status": "CREATED",
        "referral_id": values.id("ref"),
        "partner_id": partner,
        "customer_id": values.id("cus"),
        "customer_type": "Corporate",
        "referral_date": local(values),
        "registration_date": local(values),
        "additional_details": {
            "client_reference_id": reference,
            "service_required": "Other",
            "country_moving_to": values.one_of(&["USA", "Portugal", "Australia"]),
            "ccy_pair": values.one_of(&["GBPUSD", "GBPEUR", "GBPAUD"]),
            "etv": "50,000 - 100,000",
        },
        "contact": {
            "first_name": "Jo",
            "last_name": "Davies",
            "email": "jo.davies@example.com",
            "phone_number": "+441632960001",
            "mobile_number": "+447700900001",
            "date_of_birth": "1995-06-01",
            "address": {
                "street": "123 High Street",
                "city": "London",
                "post_code": "SW1A 1AA",
                "country": "UK",
                "state": "",
            },
        },
        "company": { "name": "Example Ltd.", "registration_number": format!("{:08}", values.random.u32(..99_999_999)) },
    })
}

/// Returns the operational webhook about an endpoint that failed since then.
pub(super) fn disabled_endpoint(endpoint: &str, fail_since: &str) -> Step {
    let body = json!({
        "type": "endpoint.disabled",
        "data": {
            "appId": "app_simulated",
            "appUid": "redpin-partner",
            "endpointId": endpoint,
            "failSince": fail_since,
            "trigger": "consecutive-failures",
        },
    });
    Step::new("endpoint.disabled", body)
}

/// Returns the time as Redpin writes it: without a zone, with milliseconds.
fn local(values: &mut ValueGenerator) -> String {
    let millis = values.random.u32(..1000);
    format!("{}.{millis:03}", values.now().trim_end_matches('Z'))
}
