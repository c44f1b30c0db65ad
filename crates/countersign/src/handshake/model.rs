use std::borrow::Cow;
use std::fmt;
use std::mem::{forget, replace};

use serde::{Deserialize, Serialize};

use super::{Answer, Condition, Pattern, Place};
use crate::provider::Confidence;
use crate::scheme::{Text, text};

/// An endpoint-verification request and the response it expects. See the [module](crate::handshake).
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Handshake {
    /// The name, in logs and counters. Unique within its provider.
    pub name: Text,
    /// The source of the facts, if it differs from that of the provider.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub doc: Text,
    /// The confidence in the facts, whose source often differs from that of the signature.
    #[serde(default)]
    pub confidence: Confidence,
    /// The condition under which it is answered.
    pub trust: Trust,
    /// The method of its requests.
    pub method: Method,
    /// The conditions that all of its requests meet, and no delivery.
    #[serde(default = "none", skip_serializing_if = "is_none")]
    pub when: Cow<'static, [Condition]>,
    /// The answer. Without one the handshake is an ordinary delivery: the handler receives it, verified, and
    /// answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The form of the text that the answer contains an HMAC of. Required if the sender chooses that text and no
    /// signature covers it: otherwise the answer to the body of a delivery would be its signature. Other text is
    /// refused with 400, and a delivery whose signed content has this form is rejected.
    ///
    /// If deliveries are signed with SHA-256 of their secret and the content, it is also the form of the sender's part
    /// of each SHA-256 in the answer that includes the verify token or a setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Pattern>,
    /// The status for a wrong verify token or origin. `None` means 403.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<u16>,
}

impl Handshake {
    /// Creates a handshake that every request with this method meets, and that is an ordinary delivery: see
    /// [`with_conditions`](Self::with_conditions) and [`with_answer`](Self::with_answer).
    #[must_use]
    pub const fn new(name: &'static str, trust: Trust, method: Method) -> Self {
        Self {
            name: text(name),
            doc: text(""),
            confidence: Confidence::Memory,
            trust,
            method,
            when: none(),
            answer: None,
            challenge: None,
            refused: None,
        }
    }

    /// Sets the source of the facts, and the confidence in them. By default the confidence is `Memory`.
    #[must_use]
    pub const fn with_source(mut self, confidence: Confidence, doc: &'static str) -> Self {
        self.confidence = confidence;
        forget(replace(&mut self.doc, text(doc)));
        self
    }

    /// Sets the conditions that all requests meet, and no delivery.
    #[must_use]
    pub const fn with_conditions(mut self, conditions: &'static [Condition]) -> Self {
        forget(replace(&mut self.when, Cow::Borrowed(conditions)));
        self
    }

    /// Sets the answer.
    #[must_use]
    pub const fn with_answer(mut self, answer: Answer) -> Self {
        forget(self.answer.replace(answer));
        self
    }

    /// Sets the form of the text that the answer contains an HMAC of: see [`challenge`](Self::challenge).
    #[must_use]
    pub const fn with_challenge(mut self, challenge: Pattern) -> Self {
        forget(self.challenge.replace(challenge));
        self
    }

    /// Sets the status for a wrong verify token or origin, instead of 403.
    #[must_use]
    pub const fn with_refusal(mut self, status: u16) -> Self {
        self.refused = Some(status);
        self
    }
}

/// The condition under which a handshake is answered. In TOML and JSON `"signed"`, `"secret"`, `"echo"`, or with a
/// place
/// `{ verify-token = "query:hub.verify_token" }`, `{ origin = … }`, `{ issues-secret = … }`.
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Trust {
    /// The request is verified first, like a delivery.
    Signed,
    /// No condition: the answer proves the secret and does not reveal it.
    Secret,
    /// The verify token at this place is one of the receiver's. Compared in constant time.
    VerifyToken(Place),
    /// The origin at this place is one that the receiver allows.
    Origin(Place),
    /// No condition: any sender can ask. Answered only if the endpoint has it enabled.
    Echo,
    /// No condition: the request contains the secret itself, at this place. Answered once a
    /// [`SecretSink`](crate::receiver::SecretSink) has stored it.
    IssuesSecret(Place),
}

impl Trust {
    /// Returns the place of the value that the condition refers to.
    #[must_use]
    pub const fn place(&self) -> Option<&Place> {
        match self {
            Self::VerifyToken(at) | Self::Origin(at) | Self::IssuesSecret(at) => Some(at),
            Self::Signed | Self::Secret | Self::Echo => None,
        }
    }

    /// Returns the word for it in declarations.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Secret => "secret",
            Self::VerifyToken(_) => "verify-token",
            Self::Origin(_) => "origin",
            Self::Echo => "echo",
            Self::IssuesSecret(_) => "issues-secret",
        }
    }
}

/// The request method of a handshake.
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
    /// Returns the name of the method in a request.
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
