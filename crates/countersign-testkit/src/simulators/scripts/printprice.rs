//! The events of PrintPrice.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::profile::{Profile, Step, ValueGenerator};
use crate::simulators::policy::{DeliveryPolicy, RetrySchedule};

pub(super) const PROFILE: Profile = Profile {
    slug: "printprice",
    life: prints,
    others: |_| Vec::new(),
    policy,
    on_disabled: None,
    selects: &[("event_version", "1")],
};

/// Returns the policy of the provider.
pub(in crate::simulators) fn policy() -> DeliveryPolicy {
    let delays = [60, 5 * 60, 30 * 60, 2 * 3600, 6 * 3600];
    DeliveryPolicy::new(RetrySchedule::Fixed(delays.map(Duration::from_secs).to_vec()))
}

/// Returns the events of both versions, with the same values.
fn prints(values: &mut ValueGenerator) -> Vec<Step> {
    let mut same = values.random.clone();
    let mut again = ValueGenerator { random: &mut same, time: values.time };
    in_version(&mut again, 1).into_iter().chain(in_version(values, 2)).collect()
}

/// Returns the events in a version. The second version names the entity by type and id in the data, and amounts have a
/// currency.
fn in_version(values: &mut ValueGenerator, version: u32) -> Vec<Step> {
    let (quote, failed) = (values.id("quote"), values.id("quote"));
    let (pages, total) = (values.random.u32(4..400), values.amount(900));
    let (printer, order) = (values.id("printer"), values.id("order"));
    let timestamp = values.now();
    let step = |event_type: &'static str, entity: &str, data: Value| {
        let body = json!({
            "event": event_type,
            "event_version": version,
            "timestamp": timestamp,
            "entity_id": entity,
            "environment": "production",
            "data": data_in(version, entity, data),
        });
        Step::new(event_type, body)
    };
    vec![
        step("document.analyzed", &quote, json!({ "pages": pages, "format": "A5", "colors": "4/4" })),
        step("pricing.completed", &quote, json!({ "total": total, "pages": pages })),
        step("compatibility.evaluated", &quote, json!({ "compatible": true, "printer": printer })),
        step("routing.decision_created", &quote, json!({ "printer": printer, "reason": "nearest" })),
        step("order.generated", &quote, json!({ "order_id": order, "printer": printer, "total": total })),
        step(
            "processing.failed",
            &failed,
            json!({ "reason": "no printer for this format", "stage": "routing" }),
        ),
    ]
}

fn data_in(version: u32, entity: &str, data: Value) -> Value {
    if version < 2 {
        return data;
    }
    let mut members = Map::from_iter([("entity".to_owned(), json!({ "type": "quote", "id": entity }))]);
    for (name, value) in data.as_object().into_iter().flatten() {
        let value =
            if name == "total" { json!({ "amount": value, "currency": "EUR" }) } else { value.clone() };
        members.insert(name.clone(), value);
    }
    Value::Object(members)
}
