use serde_json::{Map, Value, json};

use super::scripts::{Script, Step, Story};

/// A print job that becomes an order, and one that fails, in the first version of the events.
pub(super) const SCRIPT: Script = Script::new("printprice", |story| prints(story, 1), |_| Vec::new());

/// Returns the events in a version. The second version names the entity by type and id in the data, and amounts have a
/// currency.
pub(super) fn prints(story: &mut Story, version: u32) -> Vec<Step> {
    let (quote, failed) = (story.id("quote"), story.id("quote"));
    let (pages, total) = (story.random.u32(4..400), story.amount(900));
    let (printer, order) = (story.id("printer"), story.id("order"));
    let timestamp = story.now();
    let step = |event_type: &'static str, entity: &str, data: Value| {
        let body = json!({
            "event": event_type,
            "event_version": version,
            "timestamp": timestamp,
            "entity_id": entity,
            "environment": "production",
            "data": in_version(version, entity, data),
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

fn in_version(version: u32, entity: &str, data: Value) -> Value {
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
