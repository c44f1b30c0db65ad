//! JSON Schemas: references, and schemas that are made of other schemas.

use serde_json::{Map, Value, json};

use super::kinds::{Kinds, Object, Property, Strings};

/// A document with schemas, in which references are resolved.
pub(super) struct Document {
    root: Value,
    /// Tells whether texts with a time are always texts. Providers send numbers of seconds as well.
    is_strict: bool,
}

impl Document {
    pub(super) fn new(root: Value, is_strict: bool) -> Self {
        Self { root, is_strict }
    }

    pub(super) fn root(&self) -> &Value {
        &self.root
    }

    /// Returns the value that a reference such as `#/components/schemas/Order` names.
    pub(super) fn at(&self, reference: &str) -> Option<&Value> {
        self.root.pointer(reference.strip_prefix('#')?)
    }

    /// Follows references to the value itself.
    pub(super) fn resolve<'v>(&'v self, mut value: &'v Value) -> &'v Value {
        for _ in 0..MOST_REFERENCES {
            match reference(value).and_then(|reference| self.at(reference)) {
                Some(target) => value = target,
                None => break,
            }
        }
        value
    }

    /// Returns an equivalent schema that is a reference wherever that loses nothing which the types could express:
    /// combinations of one part, alternatives that are the same, and parts that only narrow a referenced schema.
    pub(super) fn simplify(&self, schema: &Value) -> Value {
        let Some(map) = schema.as_object() else { return schema.clone() };
        if map.get("nullable") == Some(&Value::Bool(true)) {
            let mut inner = map.clone();
            inner.remove("nullable");
            return self.simplify(&json!({ "anyOf": [inner, { "type": "null" }] }));
        }
        let keys: Vec<&str> = map.keys().map(String::as_str).filter(|key| is_structural(key)).collect();
        match (keys.as_slice(), map) {
            (["$ref"], map) => json!({ "$ref": map.get("$ref") }),
            (["allOf"] | ["allOf", "type"], map) => self.simplify_all(list(map, "allOf")),
            (["anyOf"], map) => self.simplify_any(list(map, "anyOf")),
            (["oneOf"], map) => self.simplify_any(list(map, "oneOf")),
            _ => schema.clone(),
        }
    }

    fn simplify_any(&self, schemas: &[Value]) -> Value {
        let mut all: Vec<Value> = Vec::new();
        for schema in schemas.iter().map(|schema| self.simplify(schema)) {
            let nested =
                schema.as_object().filter(|map| map.len() == 1).map(|map| list(map, "anyOf").to_vec());
            let several = nested.filter(|nested| !nested.is_empty()).unwrap_or_else(|| vec![schema]);
            for schema in several {
                if !all.contains(&schema) {
                    all.push(schema);
                }
            }
        }
        only(&mut all).unwrap_or_else(|| json!({ "anyOf": all }))
    }

    fn simplify_all(&self, schemas: &[Value]) -> Value {
        let mut all: Vec<Value> = Vec::new();
        for schema in schemas.iter().map(|schema| self.simplify(schema)) {
            if !all.contains(&schema) && schema != Value::Bool(true) {
                all.push(schema);
            }
        }
        let named: Vec<&Value> = all.iter().filter(|schema| reference(schema).is_some()).collect();
        if let [named] = named.as_slice()
            && let Some(target) = self.kinds(named).object
            && all.iter().filter(|schema| schema != named).all(|schema| self.narrows(schema, &target))
        {
            return (*named).clone();
        }
        only(&mut all).unwrap_or_else(|| json!({ "allOf": all }))
    }

    /// Tells whether a schema describes only properties that an object has anyway.
    fn narrows(&self, schema: &Value, target: &Object) -> bool {
        let object = self.kinds(schema).object;
        object.is_some_and(|object| object.properties.keys().all(|name| target.properties.contains_key(name)))
    }

    /// Returns the kinds of values that a schema accepts.
    pub(super) fn kinds(&self, schema: &Value) -> Kinds {
        self.kinds_within(schema, &mut Vec::new())
    }

    fn kinds_within(&self, schema: &Value, within: &mut Vec<String>) -> Kinds {
        let Some(map) = schema.as_object() else { return Kinds::anything() };
        let mut kinds = own_kinds(map);
        let is_time = map.get("format").is_some_and(|format| format == "date-time");
        kinds.integer |= is_time && !self.is_strict && kinds.string.is_some();
        if let Some(reference) = reference(schema) {
            let target = self.at(reference).filter(|_| !within.iter().any(|outer| outer == reference));
            let target = target.map_or_else(Kinds::anything, |target| {
                within.push(reference.to_owned());
                let kinds = self.kinds_within(target, within);
                within.pop();
                kinds
            });
            kinds = kinds.both(target);
        }
        for part in list(map, "allOf") {
            kinds = kinds.both(self.kinds_within(part, within));
        }
        for key in ["anyOf", "oneOf"] {
            let mut alternatives = list(map, key).iter().map(|schema| self.kinds_within(schema, within));
            if let Some(first) = alternatives.next() {
                kinds = kinds.both(alternatives.fold(first, Kinds::either));
            }
        }
        kinds.null |= map.get("nullable") == Some(&Value::Bool(true));
        kinds
    }

    /// Returns the schema of a property that a JSON pointer names.
    pub(super) fn property(&self, schema: &Value, pointer: &str) -> Option<Value> {
        let mut schema = schema.clone();
        for name in pointer.split('/').skip(1) {
            let name = name.replace("~1", "/").replace("~0", "~");
            schema = self.kinds(&schema).object?.properties.remove(&name)?.schema;
        }
        Some(schema)
    }
}

/// Returns the kinds that the keywords of a schema allow, without those that name other schemas for the same value.
fn own_kinds(map: &Map<String, Value>) -> Kinds {
    let mut kinds = Kinds::default();
    let types = match map.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let values = match (map.get("enum"), map.get("const")) {
        (Some(Value::Array(values)), _) => values.as_slice(),
        (_, Some(value)) => std::slice::from_ref(value),
        _ => &[],
    };
    let has = |kind: &str| types.contains(&kind);
    let untyped = types.is_empty();
    kinds.null = has("null") || values.contains(&Value::Null);
    kinds.boolean = has("boolean") || untyped && values.iter().any(Value::is_boolean);
    kinds.integer = has("integer") || untyped && values.iter().any(Value::is_i64);
    kinds.number = has("number") || untyped && values.iter().any(Value::is_f64);
    let texts = values.iter().filter_map(Value::as_str).map(str::to_owned);
    kinds.string = match texts.collect::<std::collections::BTreeSet<_>>() {
        texts if !texts.is_empty() => Some(Strings::OneOf(texts)),
        _ if literal(map).is_some() => literal(map),
        _ => has("string").then_some(Strings::Any),
    };
    let items = map.get("items").filter(|items| !items.is_array() && !map.contains_key("prefixItems"));
    if has("array") || untyped && map.contains_key("items") {
        kinds.array = Some(items.cloned().unwrap_or(Value::Bool(true)));
    }
    if has("object") || untyped && (map.contains_key("properties") || map.contains_key("required")) {
        kinds.object = Some(own_object(map));
    }
    kinds.any = kinds.is_nothing();
    kinds
}

/// Returns the text that a pattern without operators allows: `^order.paid$` is one.
fn literal(map: &Map<String, Value>) -> Option<Strings> {
    let text = map.get("pattern")?.as_str()?.strip_prefix('^')?.strip_suffix('$')?.replace("\\.", ".");
    let is_literal = text.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-:/".contains(letter));
    (is_literal && !text.is_empty()).then(|| Strings::OneOf([text].into()))
}

fn own_object(map: &Map<String, Value>) -> Object {
    let required = list(map, "required");
    let properties = map.get("properties").and_then(Value::as_object).into_iter().flatten();
    let properties = properties.map(|(name, schema)| {
        let required = required.iter().any(|required| required == name);
        (name.clone(), Property { schema: schema.clone(), required })
    });
    let additional = map.get("additionalProperties").filter(|schema| schema.is_object());
    Object { properties: properties.collect(), additional: additional.cloned() }
}

/// Returns a schema without what does not decide which values it accepts, such as descriptions.
pub(super) fn bare(schema: &Value) -> Value {
    match schema {
        Value::Array(schemas) => schemas.iter().map(bare).collect(),
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| is_structural(key))
            .map(|(key, value)| match value.as_object().filter(|_| NAMED.contains(&key.as_str())) {
                // The keys are names, not keywords.
                Some(named) => {
                    let named = named.iter().map(|(name, schema)| (name.clone(), bare(schema)));
                    (key.clone(), named.collect::<Map<_, _>>().into())
                }
                None => (key.clone(), bare(value)),
            })
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}

/// Returns the reference in a schema.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()
}

pub(super) fn list<'v>(map: &'v Map<String, Value>, key: &str) -> &'v [Value] {
    map.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn only(all: &mut Vec<Value>) -> Option<Value> {
    if all.len() == 1 { all.pop() } else { None }
}

/// Tells whether a keyword decides which values a schema accepts.
fn is_structural(key: &str) -> bool {
    !key.starts_with("x-") && !ANNOTATIONS.contains(&key)
}

const ANNOTATIONS: [&str; 14] = [
    "$comment",
    "$id",
    "$schema",
    "default",
    "deprecated",
    "description",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "readOnly",
    "title",
    "writeOnly",
    "xml",
];

/// The keywords whose members have names of their own.
const NAMED: [&str; 4] = ["$defs", "definitions", "patternProperties", "properties"];

/// A bound on references to references.
const MOST_REFERENCES: usize = 32;
