//! Bodies: JSON, forms, and forms with JSON in one of their fields.

use std::error::Error;
use std::fmt;

use countersign::Provider;
use countersign::scheme::Location;
use serde_json::{Map, Value, json};

/// A body under construction.
pub(super) struct Body {
    kind: Kind,
    json: Value,
    form: Vec<(String, String)>,
    /// The path to the item that is signed, if items are signed one by one.
    item: Vec<String>,
    /// The path of the data.
    data: Vec<String>,
    /// Whether the data is a text with JSON: a scheme that signs the value there signs text.
    data_is_text: bool,
}

#[derive(PartialEq)]
enum Kind {
    Json,
    Form,
    /// JSON in this field of a form.
    JsonInForm(String),
}

impl Body {
    pub(super) fn new(provider: &Provider, signs_form: bool) -> Self {
        let (scheme, event) = (&provider.scheme, &provider.event);
        let timestamp = scheme.timestamp.as_ref().map(|field| &field.at);
        let places = [Some(&scheme.signature.at), event.id.as_ref(), event.event_type.as_ref(), timestamp];
        let is_form = |at: &Location| matches!(at.alternatives().first(), Some(Location::Form(_)));
        // A payload in a form is an alternative to JSON, unless what is signed can be nowhere else.
        let in_payload = signs_form || matches!(scheme.signature.at, Location::Json(_));
        let kind = match &event.payload {
            Some(Location::Form(field)) if in_payload => Kind::JsonInForm(field.to_string()),
            _ if signs_form || places.into_iter().flatten().any(is_form) => Kind::Form,
            _ => Kind::Json,
        };
        let item = scheme.for_each.as_ref().map(|each| steps(each.as_str())).unwrap_or_default();
        let item = item.into_iter().map(|step| if step == "*" { "0".to_owned() } else { step }).collect();
        let data = event.data.as_ref().map(|data| steps(data.as_str())).unwrap_or_default();
        let json = if kind == Kind::Form { Value::Null } else { json!({}) };
        let data_at = event.data.as_ref().map(|data| Location::Json(data.clone()));
        let data_is_text =
            data_at.is_some_and(|at| scheme.content.places().is_ok_and(|places| places.contains(&at)));
        Self { kind, json, form: Vec::new(), item, data, data_is_text }
    }

    pub(super) fn content_type(&self) -> &'static str {
        match self.kind {
            Kind::Json => "application/json",
            Kind::Form | Kind::JsonInForm(_) => "application/x-www-form-urlencoded",
        }
    }

    /// Sets the whole body.
    pub(super) fn set_whole(&mut self, body: Value) {
        if self.kind == Kind::Form {
            let fields = body.as_object().into_iter().flatten();
            self.form = fields.map(|(name, value)| (name.clone(), text(value))).collect();
        } else {
            self.json = body;
        }
    }

    /// Puts the data of the event where the declaration has it. `data` is the whole body if that is an example.
    pub(super) fn set_data(&mut self, data: Value) -> Result<(), SampleError> {
        match &self.kind {
            Kind::Form => {
                for (name, value) in data.as_object().into_iter().flatten() {
                    self.form.push((name.clone(), text(value)));
                }
                Ok(())
            }
            _ if has_data(&data, &self.data) => {
                self.json = data;
                Ok(())
            }
            _ => {
                let path = [&*self.item, &*self.data].concat();
                let data = if self.data_is_text { Value::String(data.to_string()) } else { data };
                put(&mut self.json, &path, data)
            }
        }
    }

    /// Puts a value at a place of the declaration, if that is in the body. Of several places it is the first, unless the
    /// value is at another one.
    pub(super) fn put(&mut self, at: &Location, value: Value) -> Result<(), SampleError> {
        let is_there = at.alternatives().iter().skip(1).any(|at| match at {
            Location::Json(pointer) => {
                lookup(&self.json, &self.path(&steps(pointer.as_str()))) == Some(&value)
            }
            _ => false,
        });
        if is_there {
            return Ok(());
        }
        match at.alternatives().first() {
            Some(Location::Json(pointer)) if self.kind != Kind::Form => {
                let path = self.path(&steps(pointer.as_str()));
                put(&mut self.json, &path, value)
            }
            Some(Location::Form(name)) if self.kind == Kind::Form => {
                self.form.retain(|(other, _)| other != name);
                self.form.push((name.to_string(), text(&value)));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Puts a value at a place of the declaration, if that is in the body and has no value.
    pub(super) fn add(&mut self, at: &Location, value: Value) -> Result<(), SampleError> {
        let is_there = match at.alternatives().first() {
            Some(Location::Json(pointer)) => {
                lookup(&self.json, &self.path(&steps(pointer.as_str()))).is_some()
            }
            Some(Location::Form(name)) => self.form.iter().any(|(other, _)| other == name),
            _ => true,
        };
        if is_there { Ok(()) } else { self.put(at, value) }
    }

    /// Puts a value of the user at a JSON pointer, a path with dots, or a field of a form.
    pub(super) fn set(&mut self, at: &str, value: Value) -> Result<(), SampleError> {
        if self.kind == Kind::Form {
            let name = at.trim_start_matches('/');
            return self.put(&Location::Form(name.to_owned().into()), value);
        }
        let path = if at.starts_with('/') || at.is_empty() {
            steps(at)
        } else {
            at.split('.').map(str::to_owned).collect()
        };
        put(&mut self.json, &path, value)
    }

    pub(super) fn render(&self) -> String {
        match &self.kind {
            Kind::Json => self.json.to_string(),
            Kind::Form => form(self.form.iter().map(|(name, value)| (&**name, &**value))),
            Kind::JsonInForm(field) => form([(&**field, &*self.json.to_string())]),
        }
    }

    /// Returns the path from the root: pointers of a declaration that signs items one by one start at an item.
    fn path(&self, steps: &[String]) -> Vec<String> {
        let is_in_item = !self.item.is_empty() && steps.first() != self.item.first();
        if is_in_item { [&*self.item, steps].concat() } else { steps.to_vec() }
    }
}

/// Returns whether the value is a whole body with its data in place.
fn has_data(value: &Value, data: &[String]) -> bool {
    data.is_empty() || lookup(value, data).is_some()
}

fn form<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Returns a value as the text of a field.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Splits a JSON pointer into its steps.
fn steps(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}

fn lookup<'v>(value: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, step| match value {
        Value::Object(members) => members.get(step),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Sets a value, and makes the objects and arrays on the way, in place of values that have no members. A step that is a number
/// is a position in an array.
fn put(at: &mut Value, path: &[String], value: Value) -> Result<(), SampleError> {
    let Some((step, rest)) = path.split_first() else {
        // Members of the data stay beside those of the envelope.
        match (at, value) {
            (Value::Object(members), Value::Object(added)) => members.extend(added),
            (at, value) => *at = value,
        }
        return Ok(());
    };
    let position = step.parse::<usize>();
    let is_scalar = !at.is_object() && !at.is_array();
    if is_scalar {
        *at = if position.is_ok() { Value::Array(Vec::new()) } else { Value::Object(Map::new()) };
    }
    match (at, position) {
        (Value::Object(members), _) => put(members.entry(step).or_insert(Value::Null), rest, value),
        (Value::Array(items), Ok(position)) if position <= MAX_POSITION => {
            if items.len() <= position {
                items.resize(position + 1, Value::Null);
            }
            items.get_mut(position).map_or(Ok(()), |item| put(item, rest, value))
        }
        (Value::Array(_), _) => {
            Err(SampleError::new(format!("{step:?} is not a position in an array: use 0 to {MAX_POSITION}")))
        }
        _ => Ok(()),
    }
}

/// The reason why there is no sample: a value has no place in the body.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SampleError {
    problem: String,
}

impl SampleError {
    pub(super) fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into() }
    }
}

impl fmt::Display for SampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl Error for SampleError {}

/// The last position that is made in an array.
const MAX_POSITION: usize = 99;
