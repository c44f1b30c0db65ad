//! Looks up the fields of an event in its body.

use std::sync::Arc;

use bytes::Bytes;

use super::source::Source;
use crate::budget::Counted;
use crate::content::{self, Unwrapped};
use crate::form;
use crate::json::{Scalar, lookup, lookup_all};

/// The fields found in the body.
#[derive(Clone)]
pub(crate) struct BodyFields {
    pub(crate) id: Option<Scalar>,
    pub(crate) event_type: Option<Scalar>,
    /// The content of the body, if the body is a JWT, gzip or a form.
    pub(crate) payload: Option<Bytes>,
    /// The reason for a missing payload.
    pub(crate) problem: Option<&'static str>,
    /// The bytes of the payload in the budget of a receiver.
    pub(crate) counted: Option<Arc<Counted>>,
}

/// The places of the fields.
#[derive(Clone, Copy)]
pub(super) struct Fields<'p> {
    pub(super) id: Option<&'p Source>,
    pub(super) event_type: Option<&'p Source>,
    /// The form field that holds the event.
    pub(super) payload: Option<&'p str>,
    pub(super) body_limit: usize,
}

impl BodyFields {
    /// Looks up id and type, if they are in the body, and one further value.
    pub(super) fn with(fields: Fields<'_>, body: &[u8], more: Option<&Source>) -> (Self, Option<Scalar>) {
        let sources = [fields.id, fields.event_type, more];
        if fields.payload.is_some() || content::is_gzip(body) {
            return Self::unwrapped(fields, body, sources);
        }
        let [id, event_type, more] = look_up(sources, body, body);
        (Self { id, event_type, payload: None, problem: None, counted: None }, more)
    }

    #[cold]
    fn unwrapped(fields: Fields<'_>, body: &[u8], sources: [Option<&Source>; 3]) -> (Self, Option<Scalar>) {
        let Unwrapped { form, json, problem } = content::unwrap(body, fields.body_limit, fields.payload);
        let payload = json.or_else(|| form.clone());
        let form = form.as_deref().unwrap_or(body);
        let text = payload.as_deref().unwrap_or(body);
        // Looked up separately: the offsets are not those of the body.
        let own = |scalar: Scalar| match scalar {
            Scalar::Slice(_) => Scalar::Text(scalar.as_str(text).to_owned()),
            own => own,
        };
        let found = if problem.is_some() { [const { None }; 3] } else { look_up(sources, text, form) };
        let [id, event_type, more] = found.map(|found| found.map(own));
        (Self { id, event_type, payload, problem, counted: None }, more)
    }
}

/// Looks up the values of the sources in one pass over the JSON. An empty value counts as absent.
fn look_up(sources: [Option<&Source>; 3], json: &[u8], form: &[u8]) -> [Option<Scalar>; 3] {
    let mut found = [const { None }; 3];
    if sources.iter().flatten().all(|source| matches!(source.in_body(), [] | [_])) {
        let paths = sources.map(|source| match source?.in_body() {
            [Source::Json(path)] => Some(path.as_slice()),
            _ => None,
        });
        if paths.iter().any(Option::is_some) {
            found = lookup(json, paths);
        }
        for (found, source) in found.iter_mut().zip(sources) {
            if let Some([Source::Form(name)]) = source.map(Source::in_body) {
                *found = form::field(form, name).map(Scalar::Text);
            }
        }
        return found.map(|found| found.filter(|found| !found.is_empty()));
    }
    lookup_alternatives(sources, json, form)
}

/// Looks up the values of sources with several places.
#[cold]
fn lookup_alternatives(sources: [Option<&Source>; 3], json: &[u8], form: &[u8]) -> [Option<Scalar>; 3] {
    let places = sources.map(|source| source.map(Source::in_body).unwrap_or_default());
    let all = places.iter().flat_map(|places| places.iter());
    let paths: Vec<_> =
        all.filter_map(|place| if let Source::Json(path) = place { Some(&**path) } else { None }).collect();
    let mut in_json = lookup_all(json, &paths).into_iter();
    places.map(|places| {
        let mut values = places.iter().map(|place| match place {
            Source::Json(_) => in_json.next().flatten(),
            Source::Form(name) => form::field(form, name).map(Scalar::Text),
            _ => None,
        });
        let found = values.by_ref().find(|found| found.as_ref().is_some_and(|found| !found.is_empty()));
        // Each value belongs to its place: values after the first are skipped.
        values.for_each(drop);
        found.flatten()
    })
}
