//! A request as it is sent, and changes of it.

use countersign::Provider;
use countersign::scheme::{Format, Location};
use serde_json::Value;

use super::places;

/// A request, before it becomes bytes.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    /// Names in lower case, in the order in which they are sent; names may repeat.
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
    /// The id of the delivery, if the provider sends any.
    pub(super) id: String,
    /// The signatures in it, for the search in logs.
    pub(super) signatures: Vec<String>,
}

/// The course of a request's body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Course {
    /// All of it, with its length.
    Whole,
    /// The length says this number of bytes, and only the body follows.
    Announced(u64),
    /// Chunks, after the body, until this number of bytes is sent or the receiver answers.
    Endless(u64),
    /// Half of it; then nothing until the receiver answers.
    Stalled,
    /// Half of it; then the connection ends.
    Aborted,
}

impl Message {
    /// Returns the bytes of the head.
    pub(super) fn head(&self, host: &str, course: Course) -> Vec<u8> {
        let Self { method, target, .. } = self;
        let mut head =
            format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n").into_bytes();
        for (name, value) in &self.headers {
            head.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        let length = match course {
            Course::Endless(_) => "transfer-encoding: chunked".to_owned(),
            Course::Announced(bytes) => format!("content-length: {bytes}"),
            Course::Whole | Course::Stalled | Course::Aborted => {
                format!("content-length: {}", self.body.len())
            }
        };
        head.extend(format!("{length}\r\n\r\n").into_bytes());
        head
    }

    pub(super) fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }

    /// Sets this header to one value, or removes it.
    pub(super) fn with_header(mut self, name: &str, value: Option<&[u8]>) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.extend(value.map(|value| (name.to_owned(), value.to_vec())));
        self
    }

    /// Sends this header twice, with these values in this order.
    pub(super) fn with_both(mut self, name: &str, values: [&[u8]; 2]) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.extend(values.map(|value| (name.to_owned(), value.to_vec())));
        self
    }

    pub(super) fn with_method(self, method: &str) -> Self {
        Self { method: method.to_owned(), ..self }
    }

    pub(super) fn with_target(self, target: String) -> Self {
        Self { target, ..self }
    }

    pub(super) fn with_body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    pub(super) fn with_content_type(self, content_type: Option<&str>) -> Self {
        self.with_header("content-type", content_type.map(str::as_bytes))
    }

    pub(super) fn path(&self) -> &str {
        self.target.split(['?', '#']).next().unwrap_or_default()
    }

    /// Returns the value at this place.
    pub(super) fn get(&self, provider: &Provider, at: &Location) -> Option<String> {
        match at {
            Location::Header(names) => {
                let value = names.split(',').find_map(|name| self.header(name.trim()))?;
                String::from_utf8(value.to_vec()).ok()
            }
            Location::Json(pointer) => places::json(&self.body, pointer.as_str()),
            Location::Form(name) => places::form(&self.body, name),
            Location::Query(name) => places::query(&self.target, name),
            Location::SignatureItem(tag) => {
                let (field, assign) = self.field(provider)?;
                places::item(&field, &assign, tag).and_then(|range| field.get(range).map(str::to_owned))
            }
            Location::FirstOf(all) => all.iter().find_map(|at| self.get(provider, at)),
            _ => None,
        }
    }

    /// Returns the message with another value at this place, or without one. Returns `None` if there is no value.
    pub(super) fn with(&self, provider: &Provider, at: &Location, value: Option<&str>) -> Option<Self> {
        self.get(provider, at)?;
        let message = self.clone();
        Some(match at {
            Location::Header(names) => {
                let name = names.split(',').map(str::trim).find(|name| self.header(name).is_some())?;
                message.with_header(name, value.map(str::as_bytes))
            }
            Location::Json(pointer) => {
                let body = places::with_json(&self.body, pointer.as_str(), value.map(Value::from))?;
                message.with_body(body)
            }
            Location::Form(name) => message.with_body(places::with_form(&self.body, name, value)),
            Location::Query(name) => message.with_target(places::with_query(&self.target, name, value)),
            Location::SignatureItem(tag) => {
                let (mut field, assign) = self.field(provider)?;
                let range = places::item(&field, &assign, tag)?;
                field.replace_range(range, value.unwrap_or_default());
                self.with(provider, &provider.scheme.signature.at, Some(&field))?
            }
            Location::FirstOf(all) => return all.iter().find_map(|at| self.with(provider, at, value)),
            _ => return None,
        })
    }

    /// Returns the signature field, and the text between tags and values in it.
    fn field(&self, provider: &Provider) -> Option<(String, String)> {
        let signature = &provider.scheme.signature;
        let Format::List { assign, .. } = &signature.format else { return None };
        let at = signature.at.alternatives().first()?;
        Some((self.get(provider, at)?, assign.clone().into_owned()))
    }
}
