use std::fmt;
use std::time::Duration;

use countersign::UnixTime;
use serde_json::{Value, json};

use super::{Pause, Precondition, RateLimit};

/// A request of an operator to limit the attempts at the events of an endpoint, or to open or close its circuits.
///
/// It holds for the endpoint and its [subscriptions](crate::Subscription), as a [pause](crate::PauseChange) does; each subscription has the
/// limit by itself. It is stored, and each process follows within five seconds, those that start later, too.
///
/// ```
/// use std::time::Duration;
///
/// use countersign_inbox::{ControlChange, OpsStore, RateLimit};
///
/// async fn spare_the_bank(store: &impl OpsStore) -> Result<(), Box<dyn std::error::Error>> {
///     let limit = RateLimit::new(10, Duration::from_secs(60))?;
///     let change = ControlChange::limit("orders", limit, "ada").with_reason("the bank is slow");
///     store.set_control(&change).await?;
///     store.set_control(&ControlChange::unlimit("orders", "ada")).await?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ControlChange {
    /// The name of the endpoint or of the subscription.
    pub source: String,
    /// The operation.
    pub action: ControlAction,
    /// The actor, for the audit log.
    pub actor: String,
    /// The reason, for the audit log.
    pub reason: Option<String>,
    /// The condition under which it is made: on the limit, or on the latest operation on the circuits.
    pub precondition: Precondition,
}

/// An operation on the rate limit or the circuits of an endpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ControlAction {
    /// Limits the attempts that each process begins, instead of the limit that its code sets, if there is one.
    Limit(RateLimit),
    /// Removes the limit of this name that an operator has set: that of a shorter name or of the code holds again.
    Unlimit,
    /// Opens the circuit in each process: no attempt begins for this time, and a single event is tried afterwards. If it succeeds, the
    /// circuit closes.
    OpenCircuit {
        /// The time until the trial.
        duration: Duration,
    },
    /// Closes the circuits that are open, without a trial.
    CloseCircuit,
}

/// The limits and circuits of the endpoints of a store.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Controls {
    /// The limits that operators have set, by name.
    pub limits: Vec<Limit>,
    /// The latest operation on circuits of each name, unless it was an opening whose time is over.
    pub commands: Vec<CircuitCommand>,
    /// The circuits that are not closed, by name and worker: those that workers have reported within the last minute.
    pub circuits: Vec<OpenCircuit>,
}

/// A rate limit that an operator has set.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Limit {
    /// The name of the endpoint or of the subscription.
    pub source: String,
    /// The limit of each process.
    pub limit: RateLimit,
    /// The time at which it was set, by the clock of the store.
    pub since: UnixTime,
    /// The actor.
    pub actor: String,
    /// The reason.
    pub reason: Option<String>,
}

/// An operation on circuits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CircuitCommand {
    /// A number that grows with each operation. Workers follow each operation once.
    pub id: i64,
    /// The name of the endpoint or of the subscription.
    pub source: String,
    /// The remaining time of an opening; `None` if the circuits are closed.
    pub left: Option<Duration>,
}

/// A circuit that is not closed, as its worker sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CircuitReport {
    /// The name of the endpoint or of the subscription.
    pub source: String,
    /// The time until the trial; zero if the circuit is half open.
    pub left: Duration,
    /// Whether it is half open: a single event is tried.
    pub is_half_open: bool,
    /// The [pattern](crate::error_pattern) of the failures that opened it; `None` if an operator did.
    pub pattern: Option<String>,
}

/// A stored [`CircuitReport`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OpenCircuit {
    /// The name of the worker.
    pub worker: String,
    /// The time of the report, by the clock of the store.
    pub seen_at: UnixTime,
    /// The report.
    pub report: CircuitReport,
}

impl ControlChange {
    /// Limits the attempts that each process begins at the events of an endpoint. The name is not checked.
    #[must_use]
    pub fn limit(source: impl Into<String>, limit: RateLimit, actor: impl Into<String>) -> Self {
        Self::new(source.into(), ControlAction::Limit(limit), actor.into())
    }

    /// Removes the limit of this name.
    #[must_use]
    pub fn unlimit(source: impl Into<String>, actor: impl Into<String>) -> Self {
        Self::new(source.into(), ControlAction::Unlimit, actor.into())
    }

    /// Opens the circuits of an endpoint for this time, whether its code has set a [`CircuitBreaker`](crate::CircuitBreaker) or not.
    #[must_use]
    pub fn open_circuit(source: impl Into<String>, duration: Duration, actor: impl Into<String>) -> Self {
        Self::new(source.into(), ControlAction::OpenCircuit { duration }, actor.into())
    }

    /// Closes the circuits of an endpoint that are open.
    #[must_use]
    pub fn close_circuit(source: impl Into<String>, actor: impl Into<String>) -> Self {
        Self::new(source.into(), ControlAction::CloseCircuit, actor.into())
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
    /// [filter](crate::Change::detail), the reason, the attempts and the seconds of a limit, or the seconds of an opening.
    #[must_use]
    pub fn detail(&self) -> String {
        let (attempts, seconds) = match self.action {
            ControlAction::Limit(limit) => {
                (Value::from(limit.attempts()), Value::from(limit.per().as_secs_f64()))
            }
            ControlAction::OpenCircuit { duration } => (Value::Null, Value::from(duration.as_secs_f64())),
            ControlAction::Unlimit | ControlAction::CloseCircuit => (Value::Null, Value::Null),
        };
        let filter = json!({ "source": self.source });
        json!({ "filter": filter, "reason": self.reason, "attempts": attempts, "seconds": seconds })
            .to_string()
    }

    const fn new(source: String, action: ControlAction, actor: String) -> Self {
        Self { source, action, actor, reason: None, precondition: Precondition::Any }
    }
}

impl ControlAction {
    /// Returns the name for output and for the audit log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Limit(_) => "limit",
            Self::Unlimit => "unlimit",
            Self::OpenCircuit { .. } => "open_circuit",
            Self::CloseCircuit => "close_circuit",
        }
    }
}

impl fmt::Display for ControlAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Limit {
    /// Returns the version for a [`Precondition`]: each limit of a name has another one than the one that it replaces.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.since.as_millis()
    }
}

impl CircuitCommand {
    /// Returns the version for a [`Precondition`].
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.id
    }
}

impl Controls {
    /// Returns the limit that holds for an endpoint or a subscription, if an operator has set one: that of the longest
    /// [name](Pause::names_for).
    #[must_use]
    pub fn limit(&self, source: &str) -> Option<&Limit> {
        Pause::names_for(source).find_map(|name| self.limits.iter().find(|limit| limit.source == name))
    }

    /// Returns the openings that no worker has reported: each follows within seconds, unless none runs.
    pub fn unreported(&self) -> impl Iterator<Item = &CircuitCommand> {
        self.commands.iter().filter(|command| {
            let is_reported =
                |of: &OpenCircuit| Pause::names_for(&of.report.source).any(|name| name == command.source);
            command.left.is_some() && !self.circuits.iter().any(is_reported)
        })
    }

    /// Returns the latest operation on the circuits of an endpoint or a subscription.
    #[must_use]
    pub fn command(&self, source: &str) -> Option<&CircuitCommand> {
        let of_name = |name| self.commands.iter().find(move |command| command.source == name);
        Pause::names_for(source).filter_map(of_name).max_by_key(|command| command.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_log_says_what_was_changed() {
        let limit = RateLimit::new(10, Duration::from_secs(60)).unwrap();
        let details = [
            ControlChange::limit("a", limit, "ada").with_reason("slow"),
            ControlChange::open_circuit("a", Duration::from_secs(90), "ada"),
            ControlChange::close_circuit("a", "ada"),
        ]
        .map(|change| change.detail());
        let expected = [
            r#"{"attempts":10,"filter":{"source":"a"},"reason":"slow","seconds":60.0}"#,
            r#"{"attempts":null,"filter":{"source":"a"},"reason":null,"seconds":90.0}"#,
            r#"{"attempts":null,"filter":{"source":"a"},"reason":null,"seconds":null}"#,
        ];
        assert_eq!(details, expected);
    }

    #[test]
    fn the_longest_name_has_the_limit_and_the_latest_command_counts() {
        let limit = |source: &str, attempts| Limit {
            source: source.to_owned(),
            limit: RateLimit::new(attempts, Duration::from_secs(1)).unwrap(),
            since: UnixTime::from_secs(0),
            actor: String::new(),
            reason: None,
        };
        let command = |id, source: &str| CircuitCommand { id, source: source.to_owned(), left: None };
        let controls = Controls {
            limits: vec![limit("a", 1), limit("a/b", 2)],
            commands: vec![command(7, "a"), command(3, "a/b"), command(9, "ab")],
            circuits: Vec::new(),
        };
        let found = ["a", "a/b", "a/b/c", "a/c", "ab"].map(|source| {
            let limit = controls.limit(source).map(|of| of.limit.attempts());
            (limit, controls.command(source).map(|of| of.id))
        });
        let of_a = (Some(1), Some(7));
        assert_eq!(found, [of_a, (Some(2), Some(7)), (Some(2), Some(7)), of_a, (None, Some(9))]);
    }

    #[test]
    fn an_opening_is_unreported_until_a_worker_of_the_endpoint_or_of_a_subscription_reports_it() {
        let command = |source: &str, left: Option<u64>| CircuitCommand {
            id: 1,
            source: source.to_owned(),
            left: left.map(Duration::from_secs),
        };
        let commands = vec![command("a", Some(9)), command("b", Some(9)), command("c", None)];
        let report = CircuitReport {
            source: "a/billing".to_owned(),
            left: Duration::ZERO,
            is_half_open: true,
            pattern: None,
        };
        let circuit = OpenCircuit { worker: "worker-1".to_owned(), seen_at: UnixTime::from_secs(0), report };
        let controls = Controls { limits: Vec::new(), commands, circuits: vec![circuit] };
        assert_eq!(controls.unreported().map(|of| &*of.source).collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn a_limit_is_within_its_bounds() {
        let day = Duration::from_secs(24 * 3600);
        for (attempts, per) in [(0, day), (100_001, day), (1, Duration::ZERO), (1, day * 2)] {
            assert_eq!(RateLimit::new(attempts, per).unwrap_err().field(), "rate_limit");
        }
        assert_eq!(
            RateLimit::new(100_000, day).map(|limit| (limit.attempts(), limit.per())).ok(),
            Some((100_000, day))
        );
    }
}
