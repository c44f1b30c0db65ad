use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Answer, Condition, Pattern, Place};
use crate::provider::Confidence;
use crate::scheme::Text;

/// What a provider sends to find out whose endpoint it is, and what it has to be answered. See the
/// [module](crate::handshake).
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Handshake {
    /// Its name, in logs and counters. Unique in its provider.
    pub name: Text,
    /// Where the facts come from, if not from where those of the provider do.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub doc: Text,
    /// How far the facts can be trusted: those of a handshake are often from another source than the signature's.
    #[serde(default)]
    pub confidence: Confidence,
    /// What has to be so before it is answered.
    pub trust: Trust,
    /// The method of its requests.
    pub method: Method,
    /// What is so of all of its requests, and of no delivery.
    #[serde(default = "none", skip_serializing_if = "is_none")]
    pub when: Cow<'static, [Condition]>,
    /// The answer. Without one it is an ordinary delivery: the handler gets it, verified, and answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The form of the text that the answer holds an HMAC of. Required where that text is chosen by the sender and
    /// covered by no signature, because the answer to the body of a delivery would be its signature. Other text is
    /// refused with 400, and so is a delivery whose signed content has this form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Pattern>,
    /// The status for a token or an origin that is not the right one. None is 403.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<u16>,
}

impl Handshake {
    /// A provider without any.
    pub const NONE: Cow<'static, [Self]> = Cow::Borrowed(&[]);

    /// Handshakes written in Rust.
    #[must_use]
    pub const fn list(handshakes: &'static [Self]) -> Cow<'static, [Self]> {
        Cow::Borrowed(handshakes)
    }
}

/// What has to be so before a handshake is answered. In TOML and JSON `"signed"`, `"secret"`, `"echo"`, or with a place
/// `{ token = "query:hub.verify_token" }`, `{ origin = … }`, `{ issues-secret = … }`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Trust {
    /// It is verified first, like any delivery.
    Signed,
    /// The answer proves the secret, and shows nothing of it: everybody may ask.
    Secret,
    /// The token in this place is one that the receiver was given. Compared in constant time.
    Token(Place),
    /// The origin in this place is one that the receiver allows.
    Origin(Place),
    /// Nothing: anybody can ask. Answered only where the endpoint was configured for it.
    Echo,
    /// Nothing: it brings the secret itself, in this place. Answered once a
    /// [`SecretSink`](crate::receiver::SecretSink) has stored it.
    IssuesSecret(Place),
}

impl Trust {
    /// The value that this is about.
    #[must_use]
    pub const fn place(&self) -> Option<&Place> {
        match self {
            Self::Token(at) | Self::Origin(at) | Self::IssuesSecret(at) => Some(at),
            Self::Signed | Self::Secret | Self::Echo => None,
        }
    }

    /// The word for it, as in declarations.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Secret => "secret",
            Self::Token(_) => "token",
            Self::Origin(_) => "origin",
            Self::Echo => "echo",
            Self::IssuesSecret(_) => "issues-secret",
        }
    }
}

/// The method of a request, as far as handshakes have it.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `OPTIONS`
    Options,
    /// `POST`
    Post,
}

impl Method {
    /// As it is in a request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Post => "POST",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const fn none() -> Cow<'static, [Condition]> {
    Cow::Borrowed(&[])
}

fn is_none(conditions: &[Condition]) -> bool {
    conditions.is_empty()
}
