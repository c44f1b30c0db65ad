//! Bodies with a value at every place that a declaration names.

use countersign::scheme::{Location, Pointer};
use serde_json::{Value, json};

/// A place in a body.
#[derive(Debug, PartialEq)]
pub(super) enum Place {
    /// The steps of a JSON pointer.
    Json(Vec<String>),
    /// A field of a form.
    Form(String),
}

impl Place {
    /// Returns the place in the body, if the location is in the body.
    pub(super) fn of(at: &Location) -> Result<Option<Self>, String> {
        match at {
            Location::Header(_) | Location::SignatureItem(_) | Location::SignatureIndex(_) => Ok(None),
            Location::Json(pointer) => Ok(Some(Self::pointer(pointer.as_str()))),
            Location::Form(name) => Ok(Some(Self::Form(name.clone().into_owned()))),
            Location::FirstOf(places) => places.first().map_or(Ok(None), Self::of),
            at => Err(format!("no sender of the tests puts anything at {at}")),
        }
    }

    pub(super) fn pointer(pointer: &str) -> Self {
        let steps = pointer.split('/').skip(1);
        Self::Json(steps.map(|step| step.replace("~1", "/").replace("~0", "~")).collect())
    }
}

/// A body under construction.
#[derive(Default)]
pub(super) struct Body {
    taken: Vec<Place>,
    json: Value,
    form: Vec<(String, &'static str)>,
}

impl Body {
    /// Sets a value at a place. An existing value stays.
    pub(super) fn put(&mut self, place: Place, value: &'static str) -> Result<(), String> {
        if self.taken.contains(&place) {
            return Ok(());
        }
        match &place {
            Place::Json(steps) => put(&mut self.json, steps, value.into())?,
            Place::Form(name) => self.form.push((name.clone(), value)),
        }
        self.taken.push(place);
        Ok(())
    }

    pub(super) fn is_form(&self) -> bool {
        !self.form.is_empty()
    }

    /// Returns the body as text. A body without any place still has some content.
    pub(super) fn render(mut self, data: Option<&Pointer>, is_form: bool) -> Result<String, String> {
        if is_form {
            if !self.json.is_null() {
                return Err("no body is both JSON and a form".to_owned());
            }
            self.form.push(("greeting".to_owned(), "hello+w%C3%B6rld"));
            let fields: Vec<_> = self.form.iter().map(|(name, value)| format!("{name}={value}")).collect();
            return Ok(fields.join("&"));
        }
        if let Some(data) = data.filter(|data| self.json.pointer(data.as_str()).is_none()) {
            let Place::Json(steps) = Place::pointer(data.as_str()) else { unreachable!("a pointer is JSON") };
            put(&mut self.json, &steps, json!({"greeting": "hello wörld"}))?;
        }
        if self.json.is_null() {
            self.json = json!({"greeting": "hello wörld"});
        }
        Ok(self.json.to_string())
    }
}

/// Sets a value, creating the objects on the way. A numeric step is a position.
fn put(at: &mut Value, steps: &[String], value: Value) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        let taken = !at.is_null();
        *at = value;
        return if taken { Err("two values in one place".to_owned()) } else { Ok(()) };
    };
    let position = step.parse::<usize>();
    if at.is_null() {
        *at = if position.is_ok() { json!([]) } else { json!({}) };
    }
    match (at, position) {
        (Value::Object(fields), _) => put(fields.entry(step).or_insert(Value::Null), rest, value),
        (Value::Array(items), Ok(position)) => {
            items.resize(items.len().max(position + 1), Value::Null);
            put(&mut items[position], rest, value)
        }
        _ => Err(format!("there is no way to {}", steps.join("/"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(places: &[(&str, &'static str)]) -> Result<String, String> {
        let mut body = Body::default();
        for (pointer, value) in places {
            body.put(Place::pointer(pointer), value)?;
        }
        body.render(Some(&Pointer::new("/data")), false)
    }

    #[test]
    fn every_place_is_made() {
        let made = body(&[("/data/id", "1"), ("/events/0/a~1b", "x"), ("/events/1/c", "y")]).unwrap();
        assert_eq!(made, r#"{"data":{"id":"1"},"events":[{"a/b":"x"},{"c":"y"}]}"#);
        assert_eq!(body(&[("/id", "1")]).unwrap(), r#"{"data":{"greeting":"hello wörld"},"id":"1"}"#);
    }

    #[test]
    fn the_first_value_in_a_place_stays() {
        assert_eq!(body(&[("/data", "1"), ("/data", "2")]).unwrap(), r#"{"data":"1"}"#);
    }

    #[test]
    fn places_that_exclude_each_other_are_refused() {
        for places in [["/a", "/a/b"], ["/a/b", "/a"], ["/a/b", "/a/b/c"], ["/0/a", "/b"]] {
            assert!(body(&places.map(|place| (place, "1"))).is_err(), "{places:?}");
        }
    }
}
