use std::fmt;

use serde::Serialize;
use serde_json::json;

use super::Filter;
use crate::event::EventId;

/// What is done to events.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Dead letters, unverified events and events that are done become ready at once, with all attempts before them. The
    /// fence goes on. What has no body any more stays as it is.
    Replay,
    /// Dead letters, unverified events and events that are ready become done without being handled. They stay remembered.
    Discard,
    /// Dead letters and events that are done are deleted: their ids are forgotten, and a duplicate is new again.
    Purge,
}

/// What an operator wants done. What runs is never touched, whatever the filter says.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Change {
    /// What.
    pub action: Action,
    /// To which events; without a state in it, to those that the action can be done to: replay takes dead letters and
    /// unverified events only then.
    pub filter: Filter,
    /// To so many at most, the oldest first.
    pub limit: usize,
    /// To those behind this number only: a bulk change goes on there.
    pub after: Option<EventId>,
    /// By whom, for the audit log.
    pub actor: String,
    /// Why, for the audit log.
    pub reason: Option<String>,
    /// Says what would be done, and does not do it. Nor does the audit log.
    pub dry_run: bool,
}

/// What was done, or would be.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Changed {
    /// To these events, in the order of their numbers.
    pub ids: Vec<EventId>,
}

impl Change {
    /// Up to 500 events.
    #[must_use]
    pub fn new(action: Action, filter: Filter, actor: impl Into<String>) -> Self {
        let (limit, after, reason) = (500, None, None);
        Self { action, filter, limit, after, actor: actor.into(), reason, dry_run: false }
    }

    /// What the audit log says of it, next to the action and the actor: the filter and the reason, as JSON.
    #[must_use]
    pub fn detail(&self) -> String {
        json!({ "filter": self.filter, "reason": self.reason }).to_string()
    }
}

impl Changed {
    /// For stores.
    #[must_use]
    pub const fn new(ids: Vec<EventId>) -> Self {
        Self { ids }
    }
}

impl Action {
    /// As it is printed, and stands in the audit log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Discard => "discard",
            Self::Purge => "purge",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_log_says_what_was_meant_and_why() {
        let filter = Filter { error: Some("timeout".to_owned()), ..Filter::default() };
        let mut change = Change::new(Action::Replay, filter, "me");
        assert_eq!(change.detail(), r#"{"filter":{"error":"timeout"},"reason":null}"#);
        change.reason = Some("\"fixed\"".to_owned());
        assert_eq!(change.detail(), r#"{"filter":{"error":"timeout"},"reason":"\"fixed\""}"#);
    }
}
