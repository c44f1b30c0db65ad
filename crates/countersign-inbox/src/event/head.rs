use std::error::Error;
use std::fmt;
use std::str;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::printable::push_path;

/// The part of a request before its body, as it was received: everything that is needed to verify it again.
///
/// It may contain credentials, if the provider sends them: redact it before display.
#[derive(Clone, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct StoredHead {
    /// The method in upper case.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// All headers.
    pub headers: HeaderMap,
}

impl StoredHead {
    /// Creates the head of a request.
    #[must_use]
    pub fn new(method: impl Into<String>, target: impl Into<String>, headers: HeaderMap) -> Self {
        Self { method: method.into(), target: target.into(), headers }
    }

    /// Returns the stored form, readable for operators: a line `POST /path`, then a line `name: value` per header.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let length: usize =
            self.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 3).sum();
        let mut bytes = Vec::with_capacity(self.method.len() + self.target.len() + 2 + length);
        for part in [self.method.as_bytes(), b" ", self.target.as_bytes(), b"\n"] {
            bytes.extend_from_slice(part);
        }
        for (name, value) in &self.headers {
            // Header values contain no line feed.
            for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"] {
                bytes.extend_from_slice(part);
            }
        }
        bytes
    }

    /// Returns the path for people who may not see credentials, at most 2,000 bytes of it. Segments that may be tokens, with at least
    /// 16 bytes and a digit or letters of both cases, are lengths, because endpoints have addresses such as `/hooks/TOKEN`. The
    /// query is left out.
    #[must_use]
    pub fn masked_path(&self) -> String {
        let mut path = String::new();
        push_path(&mut path, self.target.split('?').next().unwrap_or_default(), LONGEST_PATH);
        path
    }

    /// Returns the approximate memory of the head, in bytes: its texts, and the entry of each header in the map.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        let texts = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ENTRY);
        self.method.len() + self.target.len() + texts.sum::<usize>()
    }

    /// Returns the approximate memory of a copy, in bytes: names and values are shared.
    #[cfg(feature = "runtime")]
    pub(crate) fn copied_bytes(&self) -> usize {
        self.method.len() + self.target.len() + self.headers.len() * ENTRY
    }

    /// Parses the stored form.
    ///
    /// # Errors
    ///
    /// [`HeadError`] if [`to_bytes`](Self::to_bytes) does not produce such bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, HeadError> {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let first = lines.next().and_then(|line| str::from_utf8(line).ok()).ok_or(HeadError)?;
        let (method, target) = first.split_once(' ').ok_or(HeadError)?;
        let mut headers = HeaderMap::new();
        for line in lines.filter(|line| !line.is_empty()) {
            let colon = line.windows(2).position(|pair| pair == b": ").ok_or(HeadError)?;
            let (name, value) = line.split_at(colon);
            let name = HeaderName::from_bytes(name).map_err(|_| HeadError)?;
            let value = HeaderValue::from_bytes(value.get(2..).unwrap_or_default()).map_err(|_| HeadError)?;
            headers.append(name, value);
        }
        Ok(Self::new(method, target, headers))
    }
}

/// The stored head is malformed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct HeadError;

impl fmt::Display for HeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stored head of the request is invalid: was it changed by hand?")
    }
}

impl Error for HeadError {}

impl fmt::Debug for StoredHead {
    /// Omits values, which may be credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredHead")
            .field("method", &self.method)
            .field("path", &self.masked_path())
            .field("headers", &self.headers.keys().map(HeaderName::as_str).collect::<Vec<_>>())
            .finish()
    }
}

/// A header in a map, without its texts: the entry, its share of the index, and two allocations.
const ENTRY: usize = 192;
const LONGEST_PATH: usize = 2000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("x-a", "1"), ("x-a", " 2: b"), ("x-empty", "")] {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers.append("x-latin", HeaderValue::from_bytes(b"caf\xe9").unwrap());
        let head = StoredHead::new("POST", "/hooks?a=b c", headers);
        assert_eq!(StoredHead::from_bytes(&head.to_bytes()), Ok(head));
    }

    #[test]
    fn a_path_is_shown_without_what_may_be_a_token() {
        let path = |target: &str| StoredHead::new("POST", target, HeaderMap::new()).masked_path();
        assert_eq!(path("/hooks/0123456789abcdef/in?token=abc"), "/hooks/[16 bytes]/in");
        assert_eq!(path("/hooks/stripe-billing-production"), "/hooks/stripe-billing-production");
        assert!(path(&"/a".repeat(10_000)).len() <= LONGEST_PATH + 3);
    }

    #[test]
    fn nonsense_is_an_error_and_values_are_not_shown() {
        for nonsense in [&b""[..], b"POST", b"POST /\nx", b"POST /\nna me: 1", b"\xff /"] {
            assert_eq!(StoredHead::from_bytes(nonsense), Err(HeadError), "{nonsense:?}");
        }
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_static("Bearer abc"));
        let shown = format!("{:?}", StoredHead::new("POST", "/hooks/0123456789abcdef?token=abc", headers));
        assert!(!shown.contains("abc") && shown.contains("authorization"), "{shown}");
    }
}
