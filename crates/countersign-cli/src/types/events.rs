//! Finds the events in a document: a JSON Schema, OpenAPI with webhooks, or AsyncAPI.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::kinds::Strings;
use super::schema::{Document, list, reference};

/// An event of a document.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// Its types; an event may have several.
    pub(super) types: Vec<String>,
    pub(super) docs: String,
    /// The schema of its data.
    pub(super) schema: Value,
}

/// The places of the parts of an event.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// JSON pointers of the type in a body, the first that is there counts.
    pub(super) event_type: Vec<String>,
    /// The JSON pointer of the data in a body.
    pub(super) data: Option<String>,
    /// The JSON pointer of the type in what describes an event: an operation, a message or a schema.
    pub(super) name_at: Option<String>,
}

/// Something that describes an event: an operation, a message or a schema.
struct Found<'d> {
    key: String,
    description: &'d Value,
    schema: Value,
}

impl Event {
    /// Returns the event whose data has the schema at a JSON pointer.
    pub(super) fn at(document: &Document, name: &str, pointer: &str) -> Result<Self, String> {
        let reference = format!("#{pointer}");
        if document.at(&reference).is_none() {
            return Err(format!("--event {name}={pointer}: there is nothing at {pointer} in the document"));
        }
        let schema = json!({ "$ref": reference });
        Ok(Self { types: vec![name.to_owned()], docs: String::new(), schema })
    }
}

impl Places {
    /// Returns the events of a document, in the order of their types. Those with the same type are one event.
    pub(super) fn events(&self, document: &Document) -> Result<Vec<Event>, String> {
        let mut events: BTreeMap<Vec<String>, Event> = BTreeMap::new();
        let found = self.found(document).into_iter().flat_map(|found| self.split(document, found));
        for found in found {
            let event = self.event(document, found)?;
            match events.get_mut(&event.types) {
                Some(known) if known.schema != event.schema => {
                    known.schema = json!({ "anyOf": [known.schema.take(), event.schema] });
                }
                Some(_) => {}
                None => {
                    events.insert(event.types.clone(), event);
                }
            }
        }
        Ok(events.into_values().collect())
    }

    fn found<'d>(&self, document: &'d Document) -> Vec<Found<'d>> {
        let root = document.root();
        let mut found = if root.get("asyncapi").is_some() {
            messages(document)
        } else if root.get("openapi").is_some() || root.get("swagger").is_some() {
            webhooks(document)
        } else {
            alternatives(document)
        };
        if let Some(name_at) = &self.name_at {
            let is_named =
                |found: &Found<'_>| found.description.pointer(name_at).is_some_and(Value::is_string);
            if !found.iter().any(is_named) {
                found = schemas(document);
            }
            found.retain(is_named);
        }
        found
    }

    /// Returns the alternatives of a body that is one of several events, if each says its type.
    fn split<'d>(&self, document: &Document, found: Found<'d>) -> Vec<Found<'d>> {
        let simple = document.simplify(document.resolve(&found.schema));
        let alternatives = simple.as_object().map_or(&[][..], |map| list(map, "anyOf"));
        let is_typed = |schema: &Value| self.types(document, schema).is_some();
        if self.name_at.is_some() || alternatives.is_empty() || !alternatives.iter().all(is_typed) {
            return vec![found];
        }
        let Found { key, description, .. } = found;
        let alternatives = alternatives.iter().cloned();
        alternatives.map(|schema| Found { key: key.clone(), description, schema }).collect()
    }

    fn event(&self, document: &Document, found: Found<'_>) -> Result<Event, String> {
        let Found { key, description, schema } = found;
        let named = self.name_at.as_ref().and_then(|name_at| description.pointer(name_at)?.as_str());
        let types = match named {
            Some(name) => vec![name.to_owned()],
            None => self.types(document, &schema).unwrap_or_else(|| vec![stem(&key).to_owned()]),
        };
        let docs = ["summary", "description"].map(|key| description.get(key).and_then(Value::as_str));
        let docs = docs.into_iter().flatten().next().unwrap_or_default().to_owned();
        let schema = match &self.data {
            None => schema,
            Some(data) => document.property(&schema, data).ok_or_else(|| {
                let name = types.join(", ");
                format!("--data {data}: the schema of `{name}` has no such property")
            })?,
        };
        Ok(Event { types, docs, schema })
    }

    /// Returns the types that the schema of a body allows, if it allows certain ones only.
    fn types(&self, document: &Document, schema: &Value) -> Option<Vec<String>> {
        self.event_type.iter().find_map(|pointer| {
            match document.kinds(&document.property(schema, pointer)?).string? {
                Strings::OneOf(types) => Some(types.into_iter().collect()),
                Strings::Any => None,
            }
        })
    }
}

/// The webhooks of OpenAPI, and its callbacks.
fn webhooks(document: &Document) -> Vec<Found<'_>> {
    let root = document.root();
    let callbacks = members(root.get("paths")).flat_map(|(_, path)| {
        members(Some(document.resolve(path)))
            .flat_map(|(_, operation)| members(operation.get("callbacks")))
            .flat_map(|(name, callback)| {
                members(Some(document.resolve(callback))).map(move |(_, path)| (name, path))
            })
    });
    let webhooks = members(root.get("webhooks").or_else(|| root.get("x-webhooks")));
    webhooks
        .chain(callbacks)
        .filter_map(|(name, path)| {
            let operations = document.resolve(path).as_object()?;
            let (schema, operation) = METHODS.iter().find_map(|method| {
                let operation = operations.get(*method)?;
                let body = document.resolve(operation.get("requestBody")?);
                Some((json_of(body.get("content")?)?.get("schema")?.clone(), operation))
            })?;
            Some(Found { key: name.clone(), description: operation, schema })
        })
        .collect()
}

/// Returns the media type that is JSON.
fn json_of(content: &Value) -> Option<&Value> {
    let mut types = content.as_object()?.iter().filter(|(name, _)| name.contains("json"));
    types.next().map(|(_, media)| media)
}

/// The messages of AsyncAPI 2 and 3.
fn messages(document: &Document) -> Vec<Found<'_>> {
    let root = document.root();
    let mut found: Vec<Found<'_>> = Vec::new();
    let add = |key: &str, message: &'_ Value| {
        let message = document.resolve(message);
        let payload = message.get("payload")?;
        // AsyncAPI 3 may name the format of the schema.
        let schema =
            payload.get("schema").filter(|_| payload.get("schemaFormat").is_some()).unwrap_or(payload);
        let name = message.get("name").and_then(Value::as_str).unwrap_or(key);
        Some((name.to_owned(), schema.clone()))
    };
    for (key, message) in members(root.pointer("/components/messages")) {
        if let Some((key, schema)) = add(key, message) {
            found.push(Found { key, description: document.resolve(message), schema });
        }
    }
    for (channel, item) in members(root.get("channels")) {
        let item = document.resolve(item);
        let of_2 =
            ["publish", "subscribe"].into_iter().filter_map(|operation| item.get(operation)?.get("message"));
        let of_2 = of_2.flat_map(|message| match message.as_object().map(|map| list(map, "oneOf")) {
            Some(several) if !several.is_empty() => several.iter().collect(),
            _ => vec![message],
        });
        let of_3 = members(item.get("messages")).map(|(_, message)| message);
        for message in of_2.chain(of_3).filter(|message| !is_component(message)) {
            if let Some((key, schema)) = add(channel, message) {
                found.push(Found { key, description: document.resolve(message), schema });
            }
        }
    }
    found
}

fn is_component(message: &Value) -> bool {
    reference(message).is_some_and(|reference| reference.starts_with("#/components/messages/"))
}

/// The alternatives of a JSON Schema, or the schema itself.
fn alternatives(document: &Document) -> Vec<Found<'_>> {
    let root = document.root();
    let all = ["oneOf", "anyOf"].map(|key| root.as_object().map_or(&[][..], |map| list(map, key)));
    let all = all.into_iter().flatten().map(|schema| {
        let key = reference(schema).and_then(|reference| reference.rsplit('/').next());
        let title = document.resolve(schema).get("title").and_then(Value::as_str);
        let key = key.or(title).unwrap_or("event").to_owned();
        Found { key, description: document.resolve(schema), schema: schema.clone() }
    });
    let all: Vec<Found<'_>> = all.collect();
    let is_schema = ["type", "properties", "allOf", "$ref"].iter().any(|key| root.get(key).is_some());
    if all.is_empty() && is_schema {
        let title = root.get("title").and_then(Value::as_str).unwrap_or("event");
        return vec![Found { key: title.to_owned(), description: root, schema: json!({ "$ref": "#" }) }];
    }
    all
}

/// The schemas of a document that have a name.
fn schemas(document: &Document) -> Vec<Found<'_>> {
    let places = ["/components/schemas", "/definitions", "/$defs"];
    let named = |place: &'static str| {
        members(document.root().pointer(place)).map(move |(name, description)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            let schema = json!({ "$ref": format!("#{place}/{name}") });
            Found { key: name, description, schema }
        })
    };
    places.into_iter().flat_map(named).collect()
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

/// Returns the type of an event in the name of its schema: `push` in `push_event`.
fn stem(name: &str) -> &str {
    let ends = ["_event", "-event", "$event", ".event", "Event"];
    ends.iter().find_map(|end| name.strip_suffix(end)).filter(|stem| !stem.is_empty()).unwrap_or(name)
}

const METHODS: [&str; 4] = ["post", "put", "patch", "get"];
