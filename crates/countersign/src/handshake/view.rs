use super::body_kind::BodyKind;
use super::steps::{Step, Steps};
use super::{Place, Values};
use crate::form;
use crate::head::Headers;

/// The parts of a request's head that handshakes use.
pub(crate) struct View<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: Vec<(String, String)>,
    body_kind: BodyKind,
}

impl<'a> View<'a> {
    pub(crate) fn new<H: Headers>(steps: &Steps, method: &'a str, target: &'a str, headers: &H) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut found = Vec::new();
        if !steps.headers.is_empty() {
            headers.for_each(|name, value| {
                if let (true, Ok(value)) = (steps.headers.contains(name), std::str::from_utf8(value)) {
                    found.push((name.to_owned(), value.to_owned()));
                }
            });
        }
        Self { method, path, query, headers: found, body_kind: BodyKind::of(headers) }
    }

    /// Returns the value at this place, unless it is in the body.
    fn value(&self, place: &Place) -> Option<String> {
        match place {
            Place::Query(name) => form::field(self.query.as_bytes(), name),
            Place::Header(name) => {
                self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.clone())
            }
            Place::Path => Some(self.path.to_owned()),
            Place::Json(_) | Place::Form(_) | Place::FirstOf(_) => None,
        }
    }

    /// Returns the values of the head that the step needs, if the head meets its conditions.
    pub(crate) fn recognise(&self, step: &Step) -> Option<Values> {
        if step.handshake.method.as_str() != self.method {
            return None;
        }
        let head = step.head.iter().map(|place| (place.clone(), self.value(place))).collect();
        let values = Values { head, body_kind: self.body_kind };
        let conditions = step.handshake.when.iter().filter(|condition| !condition.place().is_in_body());
        conditions
            .into_iter()
            .all(|condition| condition.holds(values.get(condition.place(), &[]).as_deref()))
            .then_some(values)
    }
}
