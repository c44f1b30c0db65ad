//! Tries the fields in another kind of body: a form instead of JSON, or JSON instead of a form.

use std::sync::Arc;

use countersign::Provider;
use countersign::scheme::{Location, Pointer, Template, Text};
use http::header::{CONTENT_TYPE, HeaderValue};

use super::Cause;
use super::case::{Case, Guess, Guesses};

pub(super) fn likely(case: &Case) -> Guesses<'_> {
    let is_json = case.body.trim_ascii_start().starts_with(b"{");
    let essence = case.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let says_form = essence.to_ascii_lowercase().contains("form");
    let to_form = (says_form || !is_json).then(|| as_form(&case.provider)).flatten();
    let to_json = is_json.then(|| as_json(&case.provider)).flatten();
    let guess = |cause, provider: Provider, content_type: Option<&'static str>| {
        let provider = Arc::new(provider);
        Guess::new(cause, move |case| {
            case.provider = Arc::clone(&provider);
            if let Some(content_type) = content_type {
                case.headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            }
        })
    };
    let form = (!says_form).then_some("application/x-www-form-urlencoded");
    let guesses = [
        to_form.map(|provider| guess(FORM, provider, form)),
        to_json.map(|provider| guess(JSON, provider, Some("application/json"))),
    ];
    Box::new(guesses.into_iter().flatten())
}

/// Returns the declaration with form fields in the place of JSON values, or `None` if it reads no JSON values.
fn as_form(provider: &Provider) -> Option<Provider> {
    let field = |at: &Location| match at {
        Location::Json(pointer) => {
            Some(Location::Form(Text::Owned(pointer.as_str().rsplit('/').next()?.to_owned())))
        }
        _ => None,
    };
    let placeholder = |name: &str| {
        let pointer = name.strip_prefix("json:")?.trim_start_matches('?');
        Some(format!("{{form:{}}}", pointer.rsplit('/').next()?))
    };
    changed(provider, field, placeholder)
}

/// Returns the declaration with JSON values in the place of form fields.
fn as_json(provider: &Provider) -> Option<Provider> {
    let member = |at: &Location| match at {
        Location::Form(name) => Pointer::try_from(format!("/{name}")).ok().map(Location::Json),
        _ => None,
    };
    let placeholder = |name: &str| {
        // Content derived from all form fields has no counterpart in JSON.
        let places = Template::from(format!("{{{name}}}")).places().ok()?;
        let [Location::Form(field)] = places.as_slice() else { return None };
        Some(format!("{{json:/{field}}}"))
    };
    changed(provider, member, placeholder)
}

fn changed(
    provider: &Provider,
    other: impl Fn(&Location) -> Option<Location>,
    placeholder: impl Fn(&str) -> Option<String>,
) -> Option<Provider> {
    let mut new = provider.clone();
    let scheme = &mut new.scheme;
    let stamp = scheme.timestamp.as_mut().map(|field| &mut field.at);
    let event = &mut new.event;
    for at in
        [&mut scheme.signature.at].into_iter().chain(stamp).chain(&mut event.id).chain(&mut event.event_type)
    {
        if let Some(other) = other(at) {
            *at = other;
        }
    }
    let content = scheme.content.as_str();
    let mut text = String::new();
    for piece in content.split_inclusive('}') {
        let (before, name) = piece.rsplit_once('{').unwrap_or((piece, ""));
        match placeholder(name.trim_end_matches('}')) {
            Some(other) => text.extend([before, &other]),
            None => text.push_str(piece),
        }
    }
    let is_read = scheme.signature.at != provider.scheme.signature.at || text != content;
    scheme.content = Template::from(text);
    is_read.then_some(new)
}

const FORM: Cause = Cause::new(
    "body_is_form",
    "the delivery is a form, and the declaration reads its fields from JSON, which this provider sends elsewhere: \
     verify it with a declaration that has `form:` for `json:`",
);
const JSON: Cause = Cause::new(
    "body_is_json",
    "the delivery is JSON, and the declaration reads its fields from a form: \
     verify it with a declaration that has `json:` for `form:`",
);
