use std::time::Duration;
use std::{fmt, iter};

use countersign::UnixTime;
use serde::Serialize;
use serde_json::json;

use super::Precondition;

/// A pause of an endpoint and its [subscriptions](crate::Subscription): no event of them is claimed, while deliveries are accepted as
/// before.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pause {
    /// The name that was paused, of an endpoint or of a subscription.
    pub source: String,
    /// The time of the latest request for the pause, by the clock of the store.
    pub since: UnixTime,
    /// The time at which it ends by itself; `None` if it lasts until the endpoint is resumed.
    pub until: Option<UnixTime>,
    /// The actor.
    pub actor: String,
    /// The reason.
    pub reason: Option<String>,
}

/// A request of an operator to pause or to resume an endpoint.
///
/// A pause of `stripe` holds for `stripe/billing` and all other names that begin with `stripe/`, too, and a resume of `stripe`
/// ends this pause alone: `stripe/billing` may have one of its own. A pause affects all processes. Attempts that run end normally, and leases are renewed meanwhile; deliveries are
/// accepted, and their events wait. Waiting does not count as an attempt, but towards the
/// [age](crate::InboxBuilder::with_max_age) above which a failing event becomes a dead letter.
///
/// ```
/// use std::time::Duration;
///
/// use countersign_inbox::{OpsStore, PauseChange, StoreError};
///
/// async fn migrate(store: &impl OpsStore) -> Result<(), StoreError> {
///     let hour = Duration::from_secs(3600);
///     let pause = PauseChange::pause("orders", "ada").with_duration(hour).with_reason("the database moves");
///     store.set_pause(&pause).await?;
///     // Move the database.
///     store.set_pause(&PauseChange::resume("orders", "ada")).await?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PauseChange {
    /// The name of the endpoint.
    pub source: String,
    /// The operation.
    pub action: PauseAction,
    /// The actor, for the audit log.
    pub actor: String,
    /// The reason, for the audit log.
    pub reason: Option<String>,
    /// The condition under which it is made.
    pub precondition: Precondition,
}

/// An operation on the pause of an endpoint.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub enum PauseAction {
    /// Pauses the endpoint, or replaces the end, the actor and the reason of its pause.
    Pause {
        /// The time after which the pause ends by itself; `None` if it lasts until the endpoint is resumed.
        duration: Option<Duration>,
    },
    /// Ends the pause of this name. Events that are due can be claimed at once, unless another pause holds for them.
    Resume,
}

impl Pause {
    /// Returns the names whose pauses hold for the events of an endpoint or a subscription: its own, and each part of it before a
    /// `/`, the longest first. Stores look these names up.
    pub fn names_for(source: &str) -> impl Iterator<Item = &str> {
        let parents = source.rmatch_indices('/').filter_map(|(at, _)| source.get(..at));
        iter::once(source).chain(parents)
    }

    /// Returns the version for a [`Precondition`]: each pause of a name has another one than the one that it replaces.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.since.as_millis()
    }

    /// Returns whether the pause holds for the events of this endpoint or subscription, until its end.
    #[must_use]
    pub fn holds_for(&self, source: &str) -> bool {
        Self::names_for(source).any(|name| name == self.source)
    }

    /// Returns whether the pause has not ended by itself.
    #[must_use]
    pub fn is_active(&self, now: UnixTime) -> bool {
        self.until.is_none_or(|until| until > now)
    }
}

impl PauseChange {
    /// Pauses an endpoint and its subscriptions, or a single subscription, until it is resumed. The name is not checked: an
    /// endpoint may be paused before its first delivery.
    #[must_use]
    pub fn pause(source: impl Into<String>, actor: impl Into<String>) -> Self {
        Self::new(source.into(), PauseAction::Pause { duration: None }, actor.into())
    }

    /// Ends the pause of this name.
    #[must_use]
    pub fn resume(source: impl Into<String>, actor: impl Into<String>) -> Self {
        Self::new(source.into(), PauseAction::Resume, actor.into())
    }

    /// Sets the time after which a pause ends by itself. It has no effect on a resume.
    #[must_use]
    pub fn with_duration(mut self, duration: Duration) -> Self {
        if let PauseAction::Pause { duration: of_pause } = &mut self.action {
            *of_pause = Some(duration);
        }
        self
    }

    /// Sets the reason.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Sets the condition under which the change is made. By default it is made in any case.
    #[must_use]
    pub const fn with_precondition(mut self, precondition: Precondition) -> Self {
        self.precondition = precondition;
        self
    }

    /// Returns the detail of the audit log next to the action and the actor, as JSON: the endpoint as a
    /// [filter](crate::Change::detail), the reason, and the duration of a pause in seconds.
    #[must_use]
    pub fn detail(&self) -> String {
        let seconds = match self.action {
            PauseAction::Pause { duration } => duration.map(|duration| duration.as_secs_f64()),
            PauseAction::Resume => None,
        };
        json!({ "filter": { "source": self.source }, "reason": self.reason, "seconds": seconds }).to_string()
    }

    const fn new(source: String, action: PauseAction, actor: String) -> Self {
        Self { source, action, actor, reason: None, precondition: Precondition::Any }
    }
}

impl PauseAction {
    /// Returns the name for output and for the audit log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pause { .. } => "pause",
            Self::Resume => "resume",
        }
    }
}

impl fmt::Display for PauseAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_log_says_which_endpoint_why_and_for_how_long() {
        let pause = PauseChange::pause("orders", "ada").with_duration(Duration::from_secs(90));
        let expected = r#"{"filter":{"source":"orders"},"reason":"a \"move\"","seconds":90.0}"#;
        assert_eq!(pause.with_reason("a \"move\"").detail(), expected);
        let resume = PauseChange::resume("orders", "ada").with_duration(Duration::from_secs(90));
        assert_eq!(resume.detail(), r#"{"filter":{"source":"orders"},"reason":null,"seconds":null}"#);
    }

    #[test]
    fn a_pause_holds_for_its_name_and_the_names_below_it() {
        let pause = Pause {
            source: "eu/stripe".to_owned(),
            since: UnixTime::from_secs(0),
            until: None,
            actor: String::new(),
            reason: None,
        };
        for source in ["eu/stripe", "eu/stripe/", "eu/stripe/billing", "eu/stripe/a/b"] {
            assert!(pause.holds_for(source), "{source}");
        }
        for source in
            ["", "eu", "eu/", "eu/strip", "eu/stripes", "eu/stripes/billing", "stripe", "eu/stripe-2/a"]
        {
            assert!(!pause.holds_for(source), "{source}");
        }
        assert_eq!(Pause::names_for("a/b/c").collect::<Vec<_>>(), ["a/b/c", "a/b", "a"]);
    }

    #[test]
    fn a_pause_is_over_at_its_end() {
        let at = UnixTime::from_millis;
        let pause =
            |until| Pause { source: String::new(), since: at(0), until, actor: String::new(), reason: None };
        assert!(pause(None).is_active(at(i64::MAX)));
        assert_eq!([9, 10].map(|now| pause(Some(at(10))).is_active(at(now))), [true, false]);
    }
}
