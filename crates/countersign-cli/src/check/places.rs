//! Values in bodies, queries and signature fields, read and replaced.

use std::ops::Range;

use serde_json::Value;

pub(crate) fn json(body: &[u8], pointer: &str) -> Option<String> {
    let document: Value = serde_json::from_slice(body).ok()?;
    match document.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

/// Returns the body with another value at the pointer, or without one.
pub(crate) fn with_json(body: &[u8], pointer: &str, value: Option<Value>) -> Option<Vec<u8>> {
    let mut document: Value = serde_json::from_slice(body).ok()?;
    match value {
        Some(value) => *document.pointer_mut(pointer)? = value,
        None => drop(remove(&mut document, pointer)),
    }
    serde_json::to_vec(&document).ok()
}

/// Sets a value, and creates the objects and arrays on the way. Returns `None` if a value is in the way.
pub(crate) fn put(document: &mut Value, pointer: &str, value: Value) -> Option<()> {
    let mut at = document;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        let position = step.parse::<usize>().ok().filter(|position| *position < 16);
        if at.is_null() {
            *at = if position.is_some() {
                Value::Array(Vec::new())
            } else {
                Value::Object(serde_json::Map::new())
            };
        }
        at = match (at, position) {
            (Value::Object(members), _) => members.entry(step).or_insert(Value::Null),
            (Value::Array(items), Some(position)) => {
                items.resize(items.len().max(position + 1), Value::Null);
                items.get_mut(position)?
            }
            _ => return None,
        };
    }
    *at = value;
    Some(())
}

/// Removes the value at the pointer.
pub(crate) fn remove(document: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, step) = pointer.rsplit_once('/')?;
    let step = step.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(parent)? {
        Value::Object(members) => members.remove(&step),
        Value::Array(items) => {
            let position = step.parse::<usize>().ok().filter(|position| *position < items.len())?;
            Some(items.remove(position))
        }
        _ => None,
    }
}

pub(crate) fn form(body: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(body).find(|(other, _)| other == name).map(|(_, value)| value.into_owned())
}

pub(crate) fn with_form(body: &[u8], name: &str, value: Option<&str>) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (other, old) in form_urlencoded::parse(body) {
        if other != name {
            form.append_pair(&other, &old);
        } else if let Some(value) = value {
            form.append_pair(&other, value);
        }
    }
    form.finish().into_bytes()
}

pub(crate) fn query(target: &str, name: &str) -> Option<String> {
    form(target.split_once('?')?.1.as_bytes(), name)
}

pub(crate) fn with_query(target: &str, name: &str, value: Option<&str>) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query = with_form(query.as_bytes(), name, value);
    format!("{path}?{}", String::from_utf8_lossy(&query))
}

/// Returns the place of an item's value in a signature field.
pub(crate) fn item(field: &str, assign: &str, tag: &str) -> Option<Range<usize>> {
    let label = format!("{tag}{assign}");
    let found = field.match_indices(&label).find(|(at, _)| {
        let before = field.get(..*at).and_then(|before| before.chars().next_back());
        before.is_none_or(|before| !before.is_ascii_alphanumeric() && before != '_' && before != '-')
    });
    let start = found?.0 + label.len();
    let rest = field.get(start..)?;
    let end = rest.find([',', ';', ' ', '"', '&']).unwrap_or(rest.len());
    Some(start..start + end)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_put_where_a_pointer_says() {
        let mut document = Value::Null;
        put(&mut document, "/events/0/a~1b", json!("x")).unwrap();
        put(&mut document, "/id", json!("1")).unwrap();
        assert_eq!(document, json!({"events": [{"a/b": "x"}], "id": "1"}));
        assert_eq!(put(&mut document, "/id/x", json!(1)), None);
        assert_eq!(remove(&mut document, "/events/0/a~1b"), Some(json!("x")));
        assert_eq!(remove(&mut document, "/nothing/here"), None);
    }

    #[test]
    fn values_are_replaced_in_bodies_and_queries() {
        assert_eq!(with_json(br#"{"a":"1","b":2}"#, "/a", Some(json!("x"))).unwrap(), br#"{"a":"x","b":2}"#);
        assert_eq!(with_json(br#"{"a":"1","b":2}"#, "/a", None).unwrap(), br#"{"b":2}"#);
        assert_eq!(with_form(b"a=1&b=2", "a", None), b"b=2");
        assert_eq!(with_query("/in?a=1&b=2", "b", Some("x y")), "/in?a=1&b=x+y");
        assert_eq!(query("/in?a=1&b=2", "b").as_deref(), Some("2"));
        assert_eq!(json(br#"{"a":{"b":7}}"#, "/a/b").as_deref(), Some("7"));
    }

    #[test]
    fn an_item_is_found_by_its_whole_tag() {
        let value =
            |field: &'static str, assign, tag| item(field, assign, tag).and_then(|range| field.get(range));
        assert_eq!(value("t=17,v1=ab,v0=cd", "=", "t"), Some("17"));
        assert_eq!(value("ts=1;h1=ab", "=", "h1"), Some("ab"));
        assert_eq!(value("at=1,t=2", "=", "t"), Some("2"));
        assert_eq!(value("keyId=\"a\",signature=\"b\"", "=\"", "keyId"), Some("a"));
        assert_eq!(value("v1=ab", "=", "t"), None);
    }
}
