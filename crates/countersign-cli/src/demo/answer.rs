//! The responses of a receiver.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A response: a rejection has a kind, a handled delivery has a variant and a key.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Answer {
    status: u16,
    kind: Option<String>,
    variant: Option<String>,
    key: Option<String>,
}

/// The body of a response: the handler's, or a problem document.
#[derive(Default, Deserialize, Serialize)]
struct Reply {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    variant: Option<String>,
    key: Option<String>,
}

impl Answer {
    pub(super) fn handled(variant: &str, key: &str) -> Self {
        Self { status: 200, kind: None, variant: Some(variant.to_owned()), key: Some(key.to_owned()) }
    }

    pub(super) fn rejected(status: u16, kind: &str) -> Self {
        Self { status, kind: Some(kind.to_owned()), variant: None, key: None }
    }

    /// Creates the result for a request without a response, with the reason.
    pub(super) fn none(why: String) -> Self {
        Self { status: 0, kind: Some(why), variant: None, key: None }
    }

    pub(super) fn from_reply(status: u16, body: &[u8]) -> Self {
        let Reply { title, variant, key } = serde_json::from_slice(body).unwrap_or_default();
        Self { status, kind: title, variant, key }
    }

    /// Returns the body of a handler's response.
    pub(super) fn to_reply(&self) -> String {
        let reply = Reply { title: None, variant: self.variant.clone(), key: self.key.clone() };
        serde_json::to_string(&reply).unwrap_or_default()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        for word in [&self.kind, &self.variant].into_iter().flatten() {
            write!(f, " {word}")?;
        }
        self.key.iter().try_for_each(|key| write!(f, " ({key})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_read_back() {
        let handled = Answer::handled("Ping", "new");
        assert_eq!(Answer::from_reply(200, handled.to_reply().as_bytes()), handled);
        let rejected = Answer::rejected(401, "signature_mismatch");
        assert_eq!(Answer::from_reply(401, br#"{"title":"signature_mismatch","status":401}"#), rejected);
        assert_ne!(Answer::from_reply(401, b""), rejected);
    }
}
