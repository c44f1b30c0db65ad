//! Finds the items of an array in a JSON body, each as its original bytes.

use super::unique::{Members, end_of_string, members, text};
use crate::work;

/// Returns the items at the path, where `*` stands for every item of an array. Returns `None` if the first step
/// matches nothing. An object with a repeated member has no items, because readers may disagree on them.
///
/// # Errors
///
/// [`Members::TooMany`] if there are more keys and values than `most`.
pub(crate) fn items_within<'b>(
    body: &'b [u8],
    path: &[String],
    most: usize,
) -> Result<Option<Vec<&'b [u8]>>, Members> {
    match members(body, most) {
        Members::Unique => Ok(items_of(body, path)),
        Members::TooMany => Err(Members::TooMany),
        Members::Repeated | Members::NotJson => Ok(Some(Vec::new())),
    }
}

fn items_of<'b>(body: &'b [u8], path: &[String]) -> Option<Vec<&'b [u8]>> {
    let mut found: Vec<&'b [u8]> = vec![body.trim_ascii()];
    for (depth, step) in path.iter().enumerate() {
        work::read(found.iter().map(|raw| raw.len()).sum());
        let inner: Vec<Vec<&'b [u8]>> = found.iter().map(|raw| through(raw, step)).collect();
        if depth == 0 && inner.iter().all(Vec::is_empty) {
            return None;
        }
        // An item without the next step is kept as it is: it cannot be signed.
        found = found
            .into_iter()
            .zip(inner)
            .flat_map(|(raw, inner)| if inner.is_empty() { vec![raw] } else { inner })
            .collect();
    }
    Some(found)
}

/// Returns the items of an array, or the value of a member. Of several members with the same key the first counts, as
/// everywhere in this crate. The document is known to be JSON.
fn through<'b>(raw: &'b [u8], step: &str) -> Vec<&'b [u8]> {
    let found = match (raw, step) {
        ([b'[', ..], "*") => items(raw),
        ([b'{', ..], step) if step != "*" => Some(member(raw, step).into_iter().collect()),
        _ => None,
    };
    found.unwrap_or_default()
}

fn items(array: &[u8]) -> Option<Vec<&[u8]>> {
    let (mut items, mut at) = (Vec::new(), 1);
    loop {
        at = after_space(array, at);
        match array.get(at)? {
            b']' => return Some(items),
            b',' => at += 1,
            _ => {
                let end = end_of_value(array, at)?;
                items.push(array.get(at..end)?);
                at = end;
            }
        }
    }
}

fn member<'b>(object: &'b [u8], wanted: &str) -> Option<&'b [u8]> {
    let mut at = 1;
    loop {
        at = after_space(object, at);
        match object.get(at)? {
            b'}' => return None,
            b',' => at += 1,
            _ => {
                let end = end_of_string(object, at)?;
                let name = object.get(at..end)?;
                // A colon is between name and value.
                let start = after_space(object, after_space(object, end) + 1);
                let end = end_of_value(object, start)?;
                if is_name(name, wanted) {
                    return object.get(start..end);
                }
                at = end;
            }
        }
    }
}

/// Returns whether a name in quotes is the wanted one. An escape has at most six bytes for each byte of text, so that
/// other names are not decoded.
fn is_name(quoted: &[u8], wanted: &str) -> bool {
    let len = quoted.len().saturating_sub(2);
    (wanted.len()..=wanted.len().saturating_mul(6)).contains(&len)
        && text(quoted).is_some_and(|name| name == wanted)
}

fn after_space(json: &[u8], at: usize) -> usize {
    let rest = json.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len())
}

/// Returns the position after the value that begins here.
fn end_of_value(json: &[u8], start: usize) -> Option<usize> {
    let (mut at, mut depth) = (start, 0_usize);
    loop {
        match json.get(at)? {
            b'"' => at = end_of_string(json, at)?,
            b'{' | b'[' => (at, depth) = (at + 1, depth + 1),
            b'}' | b']' => (at, depth) = (at + 1, depth.checked_sub(1)?),
            b',' | b':' => at += 1,
            byte if byte.is_ascii_whitespace() => at += 1,
            _ => {
                let rest = json.get(at..)?;
                let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}') || byte.is_ascii_whitespace();
                at += rest.iter().position(ends).unwrap_or(rest.len());
            }
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{hash_map, vec};
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn texts(body: &str, path: [&str; 3]) -> Option<Vec<String>> {
        let found = items_within(body.as_bytes(), &path.map(str::to_owned), usize::MAX).ok()??;
        Some(found.into_iter().map(|item| String::from_utf8(item.to_vec()).unwrap()).collect())
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[ab\"\\\\\\[\\]{},:é\\n]{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 4, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Value::from),
                hash_map("[ab\"]{0,2}", inner, 0..4).prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    /// Does the same with a parsed document.
    fn reference(document: Value, path: &[String]) -> Option<Vec<Value>> {
        let mut found = vec![document];
        for (depth, step) in path.iter().enumerate() {
            let inner: Vec<Vec<Value>> = found
                .iter()
                .map(|value| match value {
                    Value::Array(items) if step == "*" => items.clone(),
                    Value::Object(members) if step != "*" => members.get(step).cloned().into_iter().collect(),
                    _ => Vec::new(),
                })
                .collect();
            if depth == 0 && inner.iter().all(Vec::is_empty) {
                return None;
            }
            let pairs = found.into_iter().zip(inner);
            found =
                pairs.flat_map(|(value, inner)| if inner.is_empty() { vec![value] } else { inner }).collect();
        }
        Some(found)
    }

    proptest! {
        #[test]
        fn items_are_those_of_a_parsed_document(
            document in json(),
            path in vec(prop_oneof!["[ab\"]{0,2}", Just("*".to_owned())], 1..4),
            is_pretty in any::<bool>(),
        ) {
            let print = if is_pretty { serde_json::to_string_pretty } else { serde_json::to_string };
            // A letter that is in no literal, in both of its forms.
            for body in [print(&document).unwrap(), print(&document).unwrap().replace('b', "\\u0062")] {
                let found = items_within(body.as_bytes(), &path, usize::MAX).ok().unwrap();
                let parsed = |items: Vec<&[u8]>| -> Vec<Value> {
                    items.into_iter().map(|item| serde_json::from_slice(item).unwrap()).collect()
                };
                prop_assert_eq!(found.map(parsed), reference(document.clone(), &path), "{}", body);
            }
        }
    }

    #[test]
    fn items_are_the_bytes_they_were_written_in() {
        let body = r#"{"items":[{"item":{"a": 1}},{"item":{"a":2 }}]}"#;
        assert_eq!(texts(body, ["items", "*", "item"]).unwrap(), [r#"{"a": 1}"#, r#"{"a":2 }"#]);
    }

    #[test]
    fn brackets_and_quotes_in_strings_end_nothing() {
        let item = r#"{"x":["]}",[1 , -2.5e3],{"item":"\"}"}],"item" : ["\\",{}] , "z":null}"#;
        let body = format!(" {{ \"a\":[[]], \"it\\u0065ms\" : [ {item} ,{item}] }} ");
        assert_eq!(texts(&body, ["items", "*", "item"]).unwrap(), [r#"["\\",{}]"#; 2]);
        assert_eq!(texts(&body, ["items", "*", "x"]).unwrap()[0], r#"["]}",[1 , -2.5e3],{"item":"\"}"}]"#);
        assert_eq!(texts(&body, ["items", "*", "z"]).unwrap(), ["null"; 2]);
        assert_eq!(texts(&body, ["a", "*", "*"]).unwrap(), ["[]"], "an item without the next step is kept");
    }

    #[test]
    fn an_item_of_another_shape_is_not_passed_over() {
        let body = r#"{"items":[{"item":{"a":1}},{"other":{}},7]}"#;
        assert_eq!(texts(body, ["items", "*", "item"]).unwrap().len(), 3);
    }

    #[test]
    fn a_body_without_the_array_has_no_items() {
        assert_eq!(texts(r#"{"a":1}"#, ["items", "*", "item"]), None);
        assert_eq!(texts(r#"{"*":{"item":1}}"#, ["*", "item", "*"]), None, "only an array has items");
        assert_eq!(texts("no json", ["items", "*", "item"]), Some(Vec::new()));
        let twice = r#"{"items":[{"item":{"a":1}}],"items":[{"item":{"a":2}}]}"#;
        assert_eq!(texts(twice, ["items", "*", "item"]), Some(Vec::new()));
        assert_eq!(texts(r#"{"items":[]}"#, ["items", "*", "item"]).unwrap(), [r"[]"]);
    }
}
