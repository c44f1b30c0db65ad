//! The JSON Schema of declarations.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::Value;

use crate::provider::Provider;

impl Provider {
    /// Returns the JSON Schema (draft 2020-12) of declarations, for editors and other programs: the input of
    /// [`from_json`](Self::from_json) and [`from_toml`](Self::from_toml), with the documentation of each field.
    ///
    /// The schema describes the fields and the form of their values; only [`check`](Self::check) tests whether they
    /// fit each other. Absent values are omitted: `null`, which TOML lacks, is not accepted, so that an editor can
    /// report errors in values that are present.
    #[must_use]
    pub fn json_schema() -> Value {
        let settings = SchemaSettings::draft2020_12().with_transform(PlainWords).with_transform(NoNull);
        settings.into_generator().into_root_schema_for::<Self>().to_value()
    }
}

/// Removes intra-doc links from descriptions; they have no target outside the documentation of this crate.
#[derive(Clone, Debug)]
struct PlainWords;

impl Transform for PlainWords {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::String(description)) = schema.get_mut("description") {
            *description = without_links(description);
        }
        transform_subschemas(self, schema);
    }
}

/// Removes `null` from optional fields.
#[derive(Clone, Debug)]
struct NoNull;

impl Transform for NoNull {
    fn transform(&mut self, schema: &mut Schema) {
        let is_null = |schema: &Value| schema.get("type").is_some_and(|name| name == "null");
        if let Some(Value::Array(types)) = schema.get_mut("type") {
            types.retain(|name| name != "null");
        }
        if let Some(Value::Array(choices)) = schema.get_mut("anyOf")
            && choices.iter().any(is_null)
        {
            choices.retain(|choice| !is_null(choice));
            if let [Value::Object(only)] = choices.as_slice() {
                let only = only.clone();
                schema.remove("anyOf");
                schema.ensure_object().extend(only);
            }
        }
        transform_subschemas(self, schema);
    }
}

/// Replaces `[x](item)` and ``[`x`]`` by the text in the brackets. Links to web pages stay.
fn without_links(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('[') {
        plain.push_str(before);
        let linked = from.split_once(']').and_then(|(words, after)| {
            match after.strip_prefix('(').and_then(|target| target.split_once(')')) {
                Some((target, after)) => (!target.contains("://")).then_some((words, after)),
                None => words.starts_with('`').then_some((words, after)),
            }
        });
        match linked {
            Some((words, after)) => {
                plain.push_str(words);
                rest = after;
            }
            None => {
                plain.push('[');
                rest = from;
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_words() {
        let text = "a [`B::c`](crate::B::c), [`D`] and [all of e](Self::e)";
        assert_eq!(without_links(text), "a `B::c`, `D` and all of e");
        for text in ["sig[0]", "[e](https://e.example)", "a [` b", "[", "[x] (y)"] {
            assert_eq!(without_links(text), text);
        }
    }
}
