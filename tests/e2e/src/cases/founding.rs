//! An example of every event of the founding providers.

use countersign::EventCatalog;
use countersign::providers::{preflix, printprice, proxiant, redpin};
use serde_json::{Map, Value};

use crate::senders::{PREFLIX, PRINTPRICE, PROXIANT, REDPIN};
use crate::{Case, Event, Sender};

/// The examples, by provider.
const EXAMPLES: &str = include_str!("../../../../crates/countersign/tests/data/founding.json");

pub(super) fn cases() -> Vec<Case> {
    let all: Map<String, Value> = serde_json::from_str(EXAMPLES).expect("a file of this repository");
    let of = |sender: &'static Sender, variant: fn(&str, &Value) -> Option<&'static str>| {
        let examples = all.get(&*sender.provider.slug).and_then(Value::as_array);
        let found = examples.into_iter().flatten().filter(|example| has_type(sender, example));
        let cases = found.enumerate().map(|(number, example)| case(sender, number, example, variant));
        cases.collect::<Vec<_>>()
    };
    let cases = [
        of(&PREFLIX, variant::<preflix::Event>),
        of(&REDPIN, variant::<redpin::Event>),
        of(&PRINTPRICE, variant::<printprice::Event>),
        of(&PROXIANT, variant::<proxiant::Event>),
    ];
    cases.into_iter().flatten().collect()
}

/// Returns whether the declaration finds the type: one place in the body must contain it.
fn has_type(sender: &Sender, example: &Value) -> bool {
    let at = sender.provider.event.event_type.as_ref().map(ToString::to_string).unwrap_or_default();
    let one = at.strip_prefix("json:").filter(|pointer| !pointer.contains('|'));
    one.is_none_or(|pointer| example.pointer(pointer).is_some())
}

fn case(
    sender: &'static Sender,
    number: usize,
    example: &Value,
    variant: fn(&str, &Value) -> Option<&'static str>,
) -> Case {
    let text = |key: &str| example.get(key)?.as_str();
    let tag = text("event_name").or(text("type")).or(text("event")).unwrap_or_default();
    let data = if sender.provider.event.data.is_some() {
        example.get("data").unwrap_or(&Value::Null)
    } else {
        example
    };
    let kept = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    let event = Event {
        body: kept(&example.to_string()),
        id: text("id").map(kept).or(sender.event.id),
        event_type: Some(kept(tag)),
        variant: variant(tag, data),
    };
    Case::new(&format!("example {number} of {tag}"), sender, sender.sends(event.body), sender.handles(event))
}

fn variant<T: EventCatalog>(tag: &str, data: &Value) -> Option<&'static str> {
    T::decode(tag, data.clone()).ok().map(|event| event.variant())
}
