//! Values of handshakes in requests.

use countersign::handshake::Place;
use serde_json::Value;

use super::message::Message;
use super::places;

pub(super) fn has(message: &Message, place: &Place) -> bool {
    place.alternatives().iter().any(|place| match place {
        Place::Query(name) => places::query(&message.target, name).is_some(),
        Place::Header(name) => message.header(name).is_some(),
        Place::Json(pointer) => places::json(&message.body, pointer.as_str()).is_some(),
        Place::Form(name) => places::form(&message.body, name).is_some(),
        _ => true,
    })
}

pub(super) fn with_value(message: &Message, place: &Place, value: &str) -> Option<Message> {
    let mut message = message.clone();
    has(&message, place).then(|| put(&mut message, place, value))?;
    Some(message)
}

/// Puts a value at a place, or replaces it.
pub(super) fn put(message: &mut Message, place: &Place, value: &str) {
    match place.alternatives().first() {
        Some(Place::Query(name)) => {
            let mut target = message.target.clone();
            if places::query(&target, name).is_some() {
                target = places::with_query(&target, name, None);
            }
            let separator = if target.contains('?') && !target.ends_with('?') { "&" } else { "?" };
            let mut pair = form_urlencoded::Serializer::new(String::new());
            let pair = pair.append_pair(name, value).finish();
            message.target = format!("{}{separator}{pair}", target.trim_end_matches('?'));
        }
        Some(Place::Header(name)) => *message = message.clone().with_header(name, Some(value.as_bytes())),
        Some(Place::Json(pointer)) => {
            let mut body: Value = serde_json::from_slice(&message.body).unwrap_or(Value::Null);
            // Numbers are compared in their written form.
            let value = value.parse::<i64>().map_or_else(|_| Value::from(value), Value::from);
            let _ = places::put(&mut body, pointer.as_str(), value);
            *message = message.clone().with_body(body.to_string()).with_content_type(Some(JSON));
        }
        Some(Place::Form(name)) => {
            let body = places::with_form(&message.body, name, None);
            let mut form = form_urlencoded::Serializer::new(String::from_utf8_lossy(&body).into_owned());
            let body = form.append_pair(name, value).finish();
            *message = message.clone().with_body(body).with_content_type(Some(FORM));
        }
        _ => {}
    }
}

/// Returns the places in a template of an answer.
pub(super) fn places_of(template: &str) -> impl Iterator<Item = Place> {
    let placeholders = template.split('{').filter_map(|part| part.split_once('}')).map(|(inner, _)| inner);
    let operands = placeholders.flat_map(|inner| inner.split('+'));
    operands.filter_map(|operand| {
        let start =
            ["query:", "header:", "json:", "form:"].iter().filter_map(|kind| operand.find(kind)).min()?;
        Place::try_from(operand.get(start..)?.to_owned()).ok()
    })
}

pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";
