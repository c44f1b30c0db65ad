use std::fmt;

use countersign::UnixTime;
use serde::Serialize;
use serde_json::json;

use super::{Filter, Page};
use crate::event::{EventId, EventState};

/// An operation on events.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Makes dead letters, unverified events and finished events ready at once, with all their attempts available
    /// again. The fence continues. Events without a stored body are unchanged.
    Replay,
    /// Marks dead letters, unverified events and ready events as done without handling them. They stay remembered.
    Discard,
    /// Deletes dead letters and finished events: their ids are forgotten, and a duplicate is new again.
    Purge,
}

/// A change requested by an operator. Running events are never changed, whatever the filter selects.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Change {
    /// The operation.
    pub action: Action,
    /// The events to change. Without a state in the filter, those to which the action applies; a replay then takes
    /// only dead letters and unverified events.
    pub filter: Filter,
    /// The largest number of events, the oldest first.
    pub limit: usize,
    /// Only events after this id: a bulk change continues there.
    pub after: Option<EventId>,
    /// The largest number of events that a store looks at. The default is [`Page::MOST_READ`]. [`Changed`] says where the search goes on.
    pub most_read: usize,
    /// The actor, for the audit log.
    pub actor: String,
    /// The reason, for the audit log.
    pub reason: Option<String>,
    /// Reports the changes without making them or logging them.
    pub dry_run: bool,
}

/// The changed events, or those that a dry run would change.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Changed {
    /// The ids of the events, in ascending order.
    pub ids: Vec<EventId>,
    /// The id after which the change goes on, if the store has looked at as many events as [`Change::most_read`] allows. Events after it
    /// may fit the filter, too.
    pub goes_on_after: Option<EventId>,
    /// The time of the entry in the audit log, by the clock of the store. `None` if there is none: of a dry run, or if nothing was changed.
    #[serde(skip)]
    pub at: Option<UnixTime>,
    /// The ids of events that another transaction holds, in ascending order: they are left alone, and the change may be repeated for them.
    pub held: Vec<EventId>,
}

impl Change {
    /// The default of the [limit](Self::limit), and the largest number that the command and the operations page change at once: few
    /// enough that the transaction of a store is short.
    pub const LIMIT: usize = 500;

    /// Creates a change of up to [`Change::LIMIT`] events.
    #[must_use]
    pub fn new(action: Action, filter: Filter, actor: impl Into<String>) -> Self {
        let (limit, after, reason) = (Self::LIMIT, None, None);
        let (actor, most_read) = (actor.into(), Page::MOST_READ);
        Self { action, filter, limit, after, most_read, actor, reason, dry_run: false }
    }

    /// Returns the detail of the audit log next to the action and the actor: the filter and the reason, as JSON.
    #[must_use]
    pub fn detail(&self) -> String {
        json!({ "filter": self.filter, "reason": self.reason }).to_string()
    }
}

impl Changed {
    /// Creates a result. For stores.
    #[must_use]
    pub const fn new(ids: Vec<EventId>) -> Self {
        Self { ids, goes_on_after: None, at: None, held: Vec::new() }
    }

    /// Returns the id after which the change goes on, if it may: behind the last event that was changed or looked at.
    #[must_use]
    pub fn next(&self) -> Option<EventId> {
        self.goes_on_after.or_else(|| self.ids.last().copied())
    }

    /// Sets where the change goes on. For stores.
    #[must_use]
    pub const fn with_goes_on_after(mut self, id: Option<EventId>) -> Self {
        self.goes_on_after = id;
        self
    }

    /// Sets the time of the entry in the audit log. For stores.
    #[must_use]
    pub const fn with_at(mut self, at: Option<UnixTime>) -> Self {
        self.at = at;
        self
    }

    /// Sets the events that another transaction holds. For stores.
    #[must_use]
    pub fn with_held(mut self, ids: Vec<EventId>) -> Self {
        self.held = ids;
        self
    }
}

impl Action {
    /// Returns the name for output and for the audit log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Discard => "discard",
            Self::Purge => "purge",
        }
    }

    /// Returns the states of the events that it applies to.
    #[must_use]
    pub const fn states(self) -> &'static [EventState] {
        match self {
            Self::Replay => &[EventState::Done, EventState::Dead, EventState::Unverified],
            Self::Discard => &[EventState::Ready, EventState::Dead, EventState::Unverified],
            Self::Purge => &[EventState::Done, EventState::Dead],
        }
    }

    /// Returns the states of the events that it applies to if a filter has no state.
    #[must_use]
    pub const fn default_states(self) -> &'static [EventState] {
        match self {
            Self::Replay => &[EventState::Dead, EventState::Unverified],
            Self::Discard | Self::Purge => self.states(),
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
    fn an_action_applies_to_its_default_states_and_never_to_what_runs() {
        for action in [Action::Replay, Action::Discard, Action::Purge] {
            assert!(!action.states().contains(&EventState::Running), "{action}");
            assert!(action.default_states().iter().all(|state| action.states().contains(state)), "{action}");
        }
    }

    #[test]
    fn the_audit_log_says_what_was_meant_and_why() {
        let filter = Filter { error: Some("timeout".to_owned()), ..Filter::default() };
        let mut change = Change::new(Action::Replay, filter, "me");
        assert_eq!(change.detail(), r#"{"filter":{"error":"timeout"},"reason":null}"#);
        change.reason = Some("\"fixed\"".to_owned());
        assert_eq!(change.detail(), r#"{"filter":{"error":"timeout"},"reason":"\"fixed\""}"#);
    }
}
