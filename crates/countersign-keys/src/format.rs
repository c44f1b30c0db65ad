//! Extracts the keys from a response.

mod pem;
mod published;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countersign::UnixTime;
use serde_json::Value;

use crate::error::FetchError;
use crate::pins::Pattern;

pub(crate) use published::Published;

/// The format of the keys at an address, for [`HttpKeys::per_key`](crate::HttpKeys::per_key) and
/// [`HttpKeys::published`](crate::HttpKeys::published).
#[derive(Clone, Debug)]
#[must_use]
pub struct KeySetFormat {
    shape: Shape,
    pointer: Option<String>,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    Jwks,
    Jwk,
    Pem,
}

impl KeySetFormat {
    /// Selects a JSON Web Key Set (RFC 7517).
    pub const fn jwks() -> Self {
        Self { shape: Shape::Jwks, pointer: None }
    }

    /// Selects a single JSON Web Key. With Plaid's member `expired_at`, it is not used after that time.
    pub const fn jwk() -> Self {
        Self { shape: Shape::Jwk, pointer: None }
    }

    /// Selects a public key or a certificate in PEM, optionally encoded in Base64 again. Of a chain the first
    /// certificate counts.
    pub const fn pem() -> Self {
        Self { shape: Shape::Pem, pointer: None }
    }

    /// Reads the keys inside JSON, at this JSON Pointer (RFC 6901): `/data/public_key`.
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Returns the keys of a response. If `subjects` is not empty, it must be a certificate for one of them.
    pub(crate) fn read(&self, body: &[u8], subjects: &[Pattern]) -> Result<Published, FetchError> {
        let text = std::str::from_utf8(body).map_err(|_| FetchError::unusable("it is not UTF-8"))?;
        let inner;
        let text = match &self.pointer {
            Some(pointer) => {
                inner = member(text, pointer)?;
                inner.as_str()
            }
            None => text,
        };
        match self.shape {
            Shape::Jwks => Published::from_jwks(text, UnixTime::from_millis(i64::MAX)),
            Shape::Jwk => {
                let key: Value = serde_json::from_str(text).map_err(no_json)?;
                let until = key.get("expired_at").and_then(Value::as_i64).map(UnixTime::from_secs);
                let until = until.unwrap_or(UnixTime::from_millis(i64::MAX));
                Published::from_jwks(&format!(r#"{{"keys":[{text}]}}"#), until)
            }
            Shape::Pem if text.contains(pem::BEGIN) => pem::read(text, subjects),
            Shape::Pem => pem::read(&decoded(text)?, subjects),
        }
    }

    /// Returns whether the name of a key in a request selects among the keys of a response.
    pub(crate) const fn is_set(&self) -> bool {
        matches!(self.shape, Shape::Jwks)
    }
}

/// Returns the text, or the JSON, at a place in JSON.
fn member(text: &str, pointer: &str) -> Result<String, FetchError> {
    let value: Value = serde_json::from_str(text).map_err(no_json)?;
    match value.pointer(pointer) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(value) => Ok(value.to_string()),
        None => Err(FetchError::unusable(format!("it has no `{pointer}`"))),
    }
}

/// Decodes Base64, in one or several lines.
fn decoded(text: &str) -> Result<String, FetchError> {
    let digits: String = text.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(digits).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|text| text.contains(pem::BEGIN))
        .ok_or_else(|| FetchError::unusable("it is not PEM"))
}

fn no_json(error: serde_json::Error) -> FetchError {
    FetchError::unusable(format!("it is not JSON: {error}"))
}

#[cfg(test)]
mod tests;
