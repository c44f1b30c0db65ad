//! Replaces values in bodies, and leaves their other bytes as they are where that is possible.

use bytes::Bytes;
use countersign::UnixTime;
use countersign::scheme::{Location, Scheme, TimestampFormat};
use serde_json::Value;

use crate::check::places;

/// Returns the body with the timestamp, if the declaration reads it from the body.
pub(super) fn at_time(scheme: &Scheme, body: Bytes, at: UnixTime) -> Bytes {
    let Some(field) = &scheme.timestamp else { return body };
    let text = field.format.render(at);
    for place in field.at.alternatives() {
        let replaced = match place {
            Location::Json(pointer) => {
                let number = matches!(
                    field.format,
                    TimestampFormat::Seconds | TimestampFormat::Milliseconds | TimestampFormat::Either
                );
                let number = number.then(|| text.parse::<i64>().ok()).flatten();
                let is_number =
                    places::json(&body, pointer.as_str()).is_some_and(|old| !holds_text(&body, &old));
                let value = number.filter(|_| is_number).map_or_else(|| Value::from(&*text), Value::from);
                with_value(&body, pointer.as_str(), &value)
            }
            Location::Form(name) => {
                places::form(&body, name).map(|_| places::with_form(&body, name, Some(&text)).into())
            }
            _ => None,
        };
        if let Some(replaced) = replaced {
            return replaced;
        }
    }
    body
}

/// Returns the body with the signature of a signed body at its place, if that is a member of JSON.
pub(super) fn spliced(scheme: &Scheme, template: &Bytes, signed: &Bytes) -> Option<Bytes> {
    if scheme.for_each.is_some() {
        return None;
    }
    let place = scheme.signature.at.alternatives().iter().find_map(|at| match at {
        Location::Json(pointer) => Some(pointer.as_str()),
        _ => None,
    })?;
    with_value(template, place, &Value::from(places::json(signed, place)?))
}

/// Returns a form without this field. Its other fields keep their bytes.
pub(super) fn without_field(body: &Bytes, name: &str) -> Bytes {
    let is_other = |pair: &&[u8]| form_urlencoded::parse(pair).all(|(other, _)| other != name);
    let pairs: Vec<_> = body.split(|byte| *byte == b'&').filter(is_other).collect();
    pairs.join(&b'&').into()
}

/// Returns the body with another value at the pointer, or `None` if there is no value.
fn with_value(body: &Bytes, pointer: &str, value: &Value) -> Option<Bytes> {
    let document: Value = serde_json::from_slice(body).ok()?;
    let old = document.pointer(pointer)?.to_string();
    let text = std::str::from_utf8(body).ok()?;
    let mut found = text.match_indices(&old);
    if let (Some((at, _)), None) = (found.next(), found.next()) {
        let (before, after) = (text.get(..at)?, text.get(at + old.len()..)?);
        return Some(format!("{before}{value}{after}").into());
    }
    places::with_json(body, pointer, Some(value.clone())).map(Bytes::from)
}

/// Returns whether the text is a string of the document.
fn holds_text(body: &[u8], text: &str) -> bool {
    let quoted = Value::from(text).to_string();
    std::str::from_utf8(body).is_ok_and(|body| body.contains(&quoted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_stay_as_they_are() {
        let body = Bytes::from("{ \"b\" : 1.50,\r\n\"sig\":\"old\" }");
        let new = with_value(&body, "/sig", &Value::from("new"));
        assert_eq!(new.as_deref(), Some(&b"{ \"b\" : 1.50,\r\n\"sig\":\"new\" }"[..]));
        assert_eq!(with_value(&body, "/none", &Value::from("new")), None);
        let twice = Bytes::from(r#"{"a":"x","sig":"x"}"#);
        assert_eq!(
            with_value(&twice, "/sig", &Value::from("y")).as_deref(),
            Some(&br#"{"a":"x","sig":"y"}"#[..])
        );
        let form = Bytes::from("a=%20b&sig%6Eature=1&c=d+e");
        assert_eq!(without_field(&form, "signature"), "a=%20b&c=d+e");
    }
}
