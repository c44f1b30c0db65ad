use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::wire::{Step, Wire};

/// A request, independent of frameworks.
#[derive(Clone, Debug)]
#[must_use]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// The headers, as a server passes them on.
    pub headers: HeaderMap,
    /// The body, in the pieces in which it arrives.
    pub body: Wire,
}

impl Request {
    /// Creates a `POST` of a body of known length, in one piece.
    pub fn post(target: impl Into<String>, headers: HeaderMap, body: Bytes) -> Self {
        Self { method: Method::POST, target: target.into(), headers, body: Wire::default() }.with_body(body)
    }

    /// Returns the bytes of the body.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.body.bytes()
    }

    /// Sets the method.
    pub fn with_method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// Sets path and query.
    pub fn with_target(self, target: impl Into<String>) -> Self {
        Self { target: target.into(), ..self }
    }

    /// Sets the body, and its length.
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        self.headers.insert(CONTENT_LENGTH, body.len().into());
        self.body = Wire::new([Step::Data(body)]);
        self
    }

    /// Changes the body, and its length.
    pub fn map_body(self, change: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut body = self.bytes().to_vec();
        change(&mut body);
        self.with_body(body)
    }

    /// Splits the body into chunks of this many bytes, some of them empty, without announcing the length.
    pub fn in_chunks_of(mut self, bytes: usize) -> Self {
        let body = self.bytes();
        let chunks = body.chunks(bytes).map(|chunk| Step::Data(body.slice_ref(chunk)));
        self.body = Wire::new(chunks.flat_map(|chunk| [Step::Data(Bytes::new()), chunk]));
        self.headers.remove(CONTENT_LENGTH);
        self.with(TRANSFER_ENCODING.as_str(), "chunked")
    }

    /// Stalls for ever after the first half of the body.
    pub fn stalling(self) -> Self {
        self.ending(Step::Stall)
    }

    /// Breaks the connection after the first half of the body.
    pub fn breaking(self) -> Self {
        self.ending(Step::Break)
    }

    /// Sends nothing of the body, and never ends.
    pub fn without_body(mut self) -> Self {
        self.body = Wire::new([Step::Stall]);
        self
    }

    /// Sets this header to one value.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(header_name(name), header_value(value));
        self
    }

    /// Adds a value of this header.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.append(header_name(name), header_value(value));
        self
    }

    /// Removes this header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Changes this header.
    pub fn map(self, name: &str, change: impl FnOnce(String) -> String) -> Self {
        let value = change(self.header(name));
        self.with(name, &value)
    }

    /// Returns the value of this header, which must be present.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        let value = self.headers.get(name).unwrap_or_else(|| panic!("no header {name}: {:?}", self.headers));
        value.to_str().unwrap().to_owned()
    }

    fn ending(mut self, end: Step) -> Self {
        let body = self.bytes();
        self.body = Wire::new([Step::Data(body.slice(..body.len() / 2)), end]);
        self
    }
}

fn header_name(name: &str) -> HeaderName {
    name.parse().unwrap()
}

fn header_value(value: &str) -> HeaderValue {
    value.parse().unwrap()
}
