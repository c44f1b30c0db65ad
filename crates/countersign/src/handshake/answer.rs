use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::scheme::{Text, text};

/// The answer to a handshake: a status, headers and a body. Headers and body are text with placeholders.
///
/// | placeholder | stands for |
/// |---|---|
/// | `{query:hub.challenge}`, or another [`Place`](super::Place) | the value at this place, at most 1 KiB |
/// | `{hmac-sha256-hex:…}` `{hmac-sha256-base64:…}` `{hmac-sha1-hex:…}` | the HMAC of a value under the endpoint's secret |
/// | `{sha256-hex:…}` | the SHA-256 of a value |
/// | `{key}` | the name that precedes the key in the secret, if [`KeyFormat::after`](crate::scheme::KeyFormat::after) is set |
/// | `{setting:service_id}` | the value that was [set](crate::receiver::HandshakePolicy::with_setting) on the receiver under this name |
/// | `{setting:allowed_rate\|*}` | the same, or `*` if it was not set |
///
/// An HMAC of a value that the sender chose needs [`Handshake::challenge`](super::Handshake::challenge).
///
/// A hash may cover several values, joined by `+`: `{sha256-hex:query:code+verify-token+url}`. `verify-token` is the first verify
/// token of the receiver, and `url` the public URL without its query.
///
/// `{{` and `}}` stand for the braces themselves.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Answer {
    /// The status. Default 200.
    pub status: u16,
    /// Headers besides those that belong to the body.
    #[serde(skip_serializing_if = "is_none")]
    pub headers: Cow<'static, [AnswerHeader]>,
    /// The format of the body.
    pub format: AnswerFormat,
    /// The body. Default empty.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub body: Text,
}

/// A header of an answer.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AnswerHeader {
    /// The name, lower case.
    pub name: Text,
    /// The value, with placeholders as in the body.
    pub value: Text,
}

/// The format of an answer's body. Every answer with a body has `X-Content-Type-Options: nosniff`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AnswerFormat {
    /// `text/plain`. Values are inserted unchanged.
    #[default]
    Text,
    /// `application/json`. Placeholders stand between quotes; values are escaped.
    Json,
}

impl Answer {
    /// Creates an answer of 200 with plain text.
    #[must_use]
    pub const fn text(body: &'static str) -> Self {
        Self::new(200, AnswerFormat::Text, body)
    }

    /// Creates an answer of 200 with JSON.
    #[must_use]
    pub const fn json(body: &'static str) -> Self {
        Self::new(200, AnswerFormat::Json, body)
    }

    /// Creates an answer that consists of a status.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self::new(status, AnswerFormat::Text, "")
    }

    /// Creates an answer with headers and an empty body.
    #[must_use]
    pub const fn headers(status: u16, headers: &'static [AnswerHeader]) -> Self {
        Self { status, headers: Cow::Borrowed(headers), format: AnswerFormat::Text, body: text("") }
    }

    /// Creates an answer of 200 with headers and JSON.
    #[must_use]
    pub const fn headers_and_json(headers: &'static [AnswerHeader], body: &'static str) -> Self {
        Self { status: 200, headers: Cow::Borrowed(headers), format: AnswerFormat::Json, body: text(body) }
    }

    const fn new(status: u16, format: AnswerFormat, body: &'static str) -> Self {
        Self { status, headers: Cow::Borrowed(&[]), format, body: text(body) }
    }
}

impl AnswerHeader {
    /// Creates a header from literals.
    #[must_use]
    pub const fn new(name: &'static str, value: &'static str) -> Self {
        Self { name: text(name), value: text(value) }
    }
}

impl Default for Answer {
    fn default() -> Self {
        Self::status(200)
    }
}

fn is_none(headers: &[AnswerHeader]) -> bool {
    headers.is_empty()
}
