use serde_json::json;

use crate::event::EventId;

/// A request of an operator to see the stored request of an event: values of headers, and the body. They may contain
/// personal data, so that [`OpsStore::reveal`](crate::OpsStore::reveal) writes an entry of the audit log before it
/// returns them.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Reveal {
    /// The id of the event.
    pub event: EventId,
    /// The actor, for the audit log.
    pub actor: String,
    /// Whether credentials and signatures are shown, too, for the audit log.
    pub credentials: bool,
    /// The reason, for the audit log.
    pub reason: Option<String>,
}

impl Reveal {
    /// Reveals everything but [credentials](crate::StoredHead::is_confidential) and
    /// [bodies that may contain them](crate::StoredHead::is_body_confidential).
    #[must_use]
    pub fn new(event: EventId, actor: impl Into<String>) -> Self {
        Self { event, actor: actor.into(), credentials: false, reason: None }
    }

    /// Reveals credentials and signatures, too.
    #[must_use]
    pub const fn with_credentials(mut self) -> Self {
        self.credentials = true;
        self
    }

    /// Sets the reason.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Returns the detail of the audit log next to the action and the actor, as JSON: the event as a
    /// [filter](crate::Change::detail), the reason, and whether credentials were shown.
    #[must_use]
    pub fn detail(&self) -> String {
        let filter = json!({ "ids": [self.event] });
        json!({ "credentials": self.credentials, "filter": filter, "reason": self.reason }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_log_says_what_was_seen_and_why() {
        let reveal = Reveal::new(EventId::new(7), "ada");
        assert_eq!(reveal.detail(), r#"{"credentials":false,"filter":{"ids":[7]},"reason":null}"#);
        let reveal = reveal.with_credentials().with_reason("ticket \"12\"");
        let expected = r#"{"credentials":true,"filter":{"ids":[7]},"reason":"ticket \"12\""}"#;
        assert_eq!(reveal.detail(), expected);
    }
}
