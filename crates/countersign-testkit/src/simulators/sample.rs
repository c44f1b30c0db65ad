//! Makes a realistic event of any provider, with every value at the place that the declaration names.

mod bodies;
mod body;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use countersign::scheme::{Check, Location, Template, Text, TimestampField, TimestampFormat};
use countersign::{Provider, UnixTime, ValueKind};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::{Value, json};

use super::clock::{http_date, rfc3339};
use super::{Message, scripts};
use body::Body;

pub use bodies::SampleOrigin;
pub use body::SampleError;

/// A sample event of a provider.
///
/// [`Sample::origin`] says where its body comes from: the events of the founding providers have the bodies of their simulators,
/// those of GitHub the ones that it publishes, and common events of widely used providers have realistic ones.
/// [`Sample::event_types`] lists them. Others are minimal: id, type and timestamp at the declared places, and data that is named
/// after the type.
///
/// ```
/// use countersign::{UnixTime, providers};
/// use countersign_testkit::simulators::Sample;
/// use serde_json::json;
///
/// let sample = Sample::new(&providers::STRIPE, "invoice.paid").with_id("evt_1").with("/data/object/total", json!(1299));
/// let message = sample.message(UnixTime::from_secs(1_700_000_000))?;
/// let body: serde_json::Value = serde_json::from_slice(&message.body)?;
/// assert_eq!((&body["id"], &body["type"], &body["data"]["object"]["total"]), (&json!("evt_1"), &json!("invoice.paid"), &json!(1299)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Sample<'p> {
    provider: Cow<'p, Provider>,
    event_type: String,
    id: String,
    body: Option<Value>,
    values: Vec<(String, Value)>,
}

impl<'p> Sample<'p> {
    /// Creates a sample of an event of this type.
    pub fn new(provider: &'p Provider, event_type: impl Into<String>) -> Self {
        Self {
            provider: Cow::Borrowed(provider),
            event_type: event_type.into(),
            id: "evt_sample".to_owned(),
            body: None,
            values: Vec::new(),
        }
    }

    /// Returns the types of the events whose samples have official or realistic bodies, the most common one first. Empty for
    /// most providers.
    #[must_use]
    pub fn event_types(provider: &Provider) -> Vec<&'static str> {
        let scripted = scripts::event_types(&provider.slug);
        if scripted.is_empty() { bodies::types(&provider.slug) } else { scripted }
    }

    /// Returns the first of [`event_types`](Self::event_types), the only type that a declaration allows, or
    /// `sample.created`.
    #[must_use]
    pub fn default_event_type(provider: &Provider) -> String {
        let realistic = Self::event_types(provider).first().map(|first| (*first).to_owned());
        let checks = provider.scheme.checks.iter();
        let mut of_type = checks.filter(|check| Some(&check.at) == provider.event.event_type.as_ref());
        let constant = || of_type.find_map(constant);
        realistic.or_else(constant).unwrap_or_else(|| "sample.created".to_owned())
    }

    /// Returns where the bodies of a provider's events of this type come from, unless [`with_body`](Self::with_body) sets
    /// another one.
    #[must_use]
    pub fn origin(provider: &Provider, event_type: &str) -> SampleOrigin {
        if !Self::event_types(provider).contains(&event_type) {
            SampleOrigin::Minimal
        } else if bodies::are_official(&provider.slug) {
            SampleOrigin::Official
        } else {
            SampleOrigin::Realistic
        }
    }

    /// Sets the id. The default is `evt_sample`.
    pub fn with_id(self, id: impl Into<String>) -> Self {
        Self { id: id.into(), ..self }
    }

    /// Sets the body: a JSON document, or an object with the fields of a form. Id, type and timestamp in it are replaced.
    pub fn with_body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// Sets a value in the body: at a JSON pointer, or in a field of a form.
    pub fn with(mut self, at: impl Into<String>, value: Value) -> Self {
        self.values.push((at.into(), value));
        self
    }

    /// Makes the event, which happened at `time`.
    ///
    /// # Errors
    ///
    /// [`SampleError`] if a value given by [`with`](Self::with) or by the declaration has no place in the body.
    pub fn message(&self, time: UnixTime) -> Result<Message, SampleError> {
        let provider = &*self.provider;
        let places = signed_places(provider);
        let mut body =
            Body::new(provider, templates(provider).any(|one| one.needs_form().unwrap_or_default()));
        match &self.body {
            Some(whole) => body.set_whole(whole.clone()),
            None => {
                let (slug, event_type) = (&provider.slug, &self.event_type);
                let example =
                    scripts::example(slug, event_type, time).or_else(|| bodies::body(slug, event_type));
                body.set_data(example.unwrap_or_else(|| data(&self.event_type)))?;
            }
        }
        self.fill(&mut body, &places, time)?;
        for (at, value) in &self.values {
            body.set(at, value.clone())?;
        }
        let mut message = Message::new(&*self.id, &*self.event_type, body.render());
        message.headers = headers(provider, &places, body.content_type());
        for place in &places {
            if let Location::SignatureItem(tag) = place {
                message.items.push((tag.to_string(), SIGNED_VALUE.to_owned()));
            }
        }
        Ok(message.with_labels_of_body())
    }

    /// Puts the values that the declaration names into the body.
    fn fill(&self, body: &mut Body, places: &[Location], time: UnixTime) -> Result<(), SampleError> {
        let (scheme, event) = (&self.provider.scheme, &self.provider.event);
        for requirement in &*event.require {
            let applies = requirement.types.is_empty()
                || requirement.types.split('|').any(|one| one == self.event_type);
            let value = match requirement.is {
                ValueKind::Rfc3339 => json!(rfc3339(time)),
                ValueKind::Object => json!({}),
                _ => json!(
                    requirement.values.split('|').next().filter(|one| !one.is_empty()).unwrap_or("sample")
                ),
            };
            if applies {
                body.add(&Location::Json(requirement.at.clone()), value)?;
            }
        }
        for place in places.iter().filter(|place| place.is_in_body()) {
            body.add(place, json!(SIGNED_VALUE))?;
        }
        for check in &*scheme.checks {
            if let Some(value) = constant(check) {
                body.put(&check.at, json!(value))?;
            }
        }
        for (at, value) in [(&event.id, &self.id), (&event.event_type, &self.event_type)] {
            if let Some(at) = at {
                body.put(at, json!(value))?;
            }
        }
        if let Some(field) = &scheme.timestamp {
            body.put(&field.at, timestamp(field, time))?;
        }
        Ok(())
    }
}

/// Returns the templates of the signed content and of the checks.
fn templates(provider: &Provider) -> impl Iterator<Item = &Template> {
    std::iter::once(&provider.scheme.content).chain(provider.scheme.checks.iter().map(|check| &check.equals))
}

/// Returns the places of the values in the signed content, in the checks, and among the components of a signed message. A
/// list of signed headers is no value: the signer writes it.
fn signed_places(provider: &Provider) -> Vec<Location> {
    let scheme = &provider.scheme;
    let is_list = |place: &Location| match place {
        Location::SignatureItem(tag) => scheme.content.as_str().contains(&format!("{{headers:sig:{tag}}}")),
        _ => false,
    };
    // A template that does not parse is reported when the message is signed.
    let places = templates(provider).flat_map(|template| template.places().unwrap_or_default());
    let components = scheme.message_signature.iter().flat_map(|rules| rules.components.split('|'));
    let components = components.filter(|name| !name.starts_with('@') && *name != "content-digest");
    let headers = components.map(|name| Location::Header(Text::Owned(name.to_owned())));
    places.filter(|place| !is_list(place)).chain(headers).collect()
}

/// Returns minimal data of an event: `invoice.paid` is an invoice whose status is `paid`.
fn data(event_type: &str) -> Value {
    let mut words = event_type.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let noun = words.next().unwrap_or_default().to_lowercase();
    let status = words.next_back().unwrap_or("sample");
    json!({ "object": noun, "reference": format!("{noun}_1"), "status": status.to_lowercase() })
}

/// Returns the value of a check that is the same for all requests.
fn constant(check: &Check) -> Option<String> {
    let text = check.equals.as_str();
    let is_constant = check.digest.is_none() && !text.contains('{');
    let first = if check.separator.is_empty() { text } else { text.split(&*check.separator).next()? };
    is_constant.then(|| format!("{}{first}", check.prefix))
}

fn timestamp(field: &TimestampField, time: UnixTime) -> Value {
    match field.format {
        TimestampFormat::Milliseconds => json!(time.as_millis()),
        TimestampFormat::Rfc3339 | TimestampFormat::Rfc3339Utc => json!(rfc3339(time)),
        TimestampFormat::HttpDate => json!(http_date(time)),
        _ => json!(time.as_secs()),
    }
}

/// Returns the headers that the scheme signs and that no signer writes.
fn headers(provider: &Provider, places: &[Location], content_type: &'static str) -> HeaderMap {
    let by_signer = |name: &str| {
        let event = &provider.event;
        let timestamp = provider.scheme.timestamp.as_ref().map(|field| &field.at);
        let checks = provider.scheme.checks.iter().map(|check| &check.at);
        let places = [event.id.as_ref(), event.event_type.as_ref(), timestamp].into_iter().flatten();
        places.chain(checks).any(|at| {
            at.alternatives().iter().any(|at| match at {
                Location::Header(names) => names.split(',').any(|one| one.trim() == name),
                _ => false,
            })
        })
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    for place in places {
        if let Location::Header(name) = place
            && !by_signer(name)
            && let Ok(name) = HeaderName::try_from(&**name)
            && !headers.contains_key(&name)
        {
            headers.insert(name, HeaderValue::from_static(SIGNED_VALUE));
        }
    }
    headers
}

/// The value of a signed header or member that has no meaning of its own.
const SIGNED_VALUE: &str = "sample";
