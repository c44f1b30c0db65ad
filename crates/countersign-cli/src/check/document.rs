//! A body that is not bytes yet.

use countersign::Provider;
use countersign::scheme::Location;
use serde_json::Value;

use super::layout::Layout;
use super::places;

/// A body that is not bytes yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Document {
    Json(Value),
    Form(Vec<(String, String)>),
    Bytes(Vec<u8>),
}

impl Document {
    /// Parses JSON or a form. Other bytes stay bytes.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        match serde_json::from_slice(bytes) {
            Ok(document) => Self::Json(document),
            Err(_) if bytes.contains(&b'=') && bytes.is_ascii() => {
                let fields = form_urlencoded::parse(bytes.trim_ascii());
                Self::Form(fields.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
            }
            Err(_) => Self::Bytes(bytes.to_vec()),
        }
    }

    pub(super) const fn content_type(&self) -> &'static str {
        match self {
            Self::Json(_) => "application/json",
            Self::Form(_) => "application/x-www-form-urlencoded",
            Self::Bytes(_) => "application/octet-stream",
        }
    }

    pub(super) fn into_bytes(self, layout: Layout) -> Vec<u8> {
        match self {
            Self::Json(document) => layout.render(&document),
            Self::Form(fields) => {
                form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
            }
            Self::Bytes(bytes) => bytes,
        }
    }

    pub(super) fn get(&self, place: &Location) -> Option<String> {
        place.alternatives().iter().find_map(|at| match (self, at) {
            (Self::Json(body), Location::Json(pointer)) => match body.pointer(pointer.as_str())? {
                Value::String(text) => Some(text.clone()),
                Value::Null => None,
                other => Some(other.to_string()),
            },
            (Self::Form(fields), Location::Form(name)) => {
                fields.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
            }
            _ => None,
        })
    }

    /// Sets or removes the value, if its place is in the body: where there is one, or at the first place.
    pub(super) fn set(&mut self, place: &Location, value: Option<&str>) {
        let places = place.alternatives();
        let chosen = places.iter().find(|at| self.get(at).is_some()).or_else(|| places.first());
        match (self, chosen, value) {
            (Self::Json(body), Some(Location::Json(pointer)), Some(value)) => {
                let is_number = body.pointer(pointer.as_str()).is_some_and(Value::is_number);
                let number = value.parse::<i64>().ok().filter(|_| is_number).map(Value::from);
                let _ = places::put(body, pointer.as_str(), number.unwrap_or_else(|| value.into()));
            }
            (Self::Json(body), Some(Location::Json(pointer)), None) => {
                drop(places::remove(body, pointer.as_str()));
            }
            (Self::Form(fields), Some(Location::Form(name)), value) => {
                fields.retain(|(other, _)| other != name);
                fields.extend(value.map(|value| (name.clone().into_owned(), value.to_owned())));
            }
            _ => {}
        }
    }

    /// Adds a member to the body and to its data, or a field.
    pub(super) fn mark(&mut self, provider: &Provider, name: &str, value: &str) {
        match self {
            Self::Json(body) => {
                let data = provider.event.data.as_ref().map_or("", |data| data.as_str());
                for pointer in [data, ""] {
                    if let Some(Value::Object(members)) = body.pointer_mut(pointer) {
                        members.insert(name.to_owned(), value.into());
                    }
                }
            }
            Self::Form(fields) => fields.push((name.to_owned(), value.to_owned())),
            Self::Bytes(_) => {}
        }
    }

    /// Replaces the data by data of another shape.
    pub(super) fn misshape(&mut self, provider: &Provider) {
        let data = provider.event.data.as_ref().filter(|data| !data.as_str().is_empty());
        match (self, data) {
            (Self::Json(body), Some(data)) => {
                if let Some(data) = body.pointer_mut(data.as_str()) {
                    *data = Value::from(8);
                }
            }
            (Self::Json(Value::Object(members)), None) => {
                members.values_mut().for_each(|member| *member = Value::from(8));
            }
            (Self::Form(fields), _) => fields.iter_mut().for_each(|(_, value)| "?".clone_into(value)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_body_is_json_a_form_or_bytes() {
        assert_eq!(Document::parse(br#"{"a":1}"#), Document::Json(json!({"a": 1})));
        assert_eq!(Document::parse(b"a=1&b=x+y").into_bytes(Layout::Compact), b"a=1&b=x+y");
        assert_eq!(Document::parse(b"\xff="), Document::Bytes(b"\xff=".to_vec()));
    }

    #[test]
    fn a_value_is_set_where_there_is_one() {
        let mut document = Document::Json(json!({"type": "old", "at": 17}));
        document.set(&Location::try_from("json:/event/type|/type".to_owned()).unwrap(), Some("new"));
        document.set(&Location::json("/at"), Some("18"));
        document.set(&Location::json("/id"), Some("19"));
        assert_eq!(document, Document::Json(json!({"type": "new", "at": 18, "id": "19"})));
        document.set(&Location::json("/id"), None);
        assert_eq!(document.get(&Location::json("/id")), None);
    }
}
