//! Finds the items of an array in a JSON body, each as its original bytes.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::unique::{Members, members};
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

fn through<'b>(raw: &'b [u8], step: &str) -> Vec<&'b [u8]> {
    if step == "*" {
        let items: Vec<&'b RawValue> = serde_json::from_slice(raw).unwrap_or_default();
        return items.into_iter().map(|raw| raw.get().as_bytes()).collect();
    }
    let object: Option<Object<'b>> = serde_json::from_slice(raw).ok();
    let members = object.map(|object| object.0).unwrap_or_default();
    let found = members.into_iter().find(|(key, _)| key == step);
    found.map(|(_, value)| value.get().as_bytes()).into_iter().collect()
}

/// The members of an object, in order. Of several with the same key the first counts, as everywhere in this crate.
struct Object<'b>(Vec<(Cow<'b, str>, &'b RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(body: &str, path: [&str; 3]) -> Option<Vec<String>> {
        let found = items_within(body.as_bytes(), &path.map(str::to_owned), usize::MAX).ok()??;
        Some(found.into_iter().map(|item| String::from_utf8(item.to_vec()).unwrap()).collect())
    }

    #[test]
    fn items_are_the_bytes_they_were_written_in() {
        let body = r#"{"items":[{"item":{"a": 1}},{"item":{"a":2 }}]}"#;
        assert_eq!(texts(body, ["items", "*", "item"]).unwrap(), [r#"{"a": 1}"#, r#"{"a":2 }"#]);
    }

    #[test]
    fn an_item_of_another_shape_is_not_passed_over() {
        let body = r#"{"items":[{"item":{"a":1}},{"other":{}},7]}"#;
        assert_eq!(texts(body, ["items", "*", "item"]).unwrap().len(), 3);
    }

    #[test]
    fn a_body_without_the_array_has_no_items() {
        assert_eq!(texts(r#"{"a":1}"#, ["items", "*", "item"]), None);
        assert_eq!(texts("no json", ["items", "*", "item"]), Some(Vec::new()));
        let twice = r#"{"items":[{"item":{"a":1}}],"items":[{"item":{"a":2}}]}"#;
        assert_eq!(texts(twice, ["items", "*", "item"]), Some(Vec::new()));
        assert_eq!(texts(r#"{"items":[]}"#, ["items", "*", "item"]).unwrap(), [r"[]"]);
    }
}
