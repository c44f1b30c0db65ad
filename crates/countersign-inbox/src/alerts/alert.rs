use std::fmt;

use serde::Serialize;

/// A condition that began or ended, for people.
///
/// As JSON, for a receiver that forwards it: `{"state":"fired","kind":"dead_letters","source":"orders","count":3}`, with the
/// fields of the [cause](AlertCause). [`Display`](fmt::Display) is one sentence, for a chat.
///
/// Texts of errors are those of handlers: put no secrets and no personal data into them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Alert {
    /// Whether the condition began or ended.
    pub state: AlertState,
    /// The condition, with its latest numbers.
    #[serde(flatten)]
    pub cause: AlertCause,
}

/// The beginning or the end of a condition.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// The condition holds.
    Fired,
    /// The condition, which fired before, holds no longer.
    Resolved,
}

/// A condition that people should know of. `source` is the name of the endpoint; of attempts and stored events, it is the
/// name of the subscription, such as `orders/billing`, if the endpoint has [subscriptions](crate::Subscription).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AlertCause {
    /// Most attempts of this process fail.
    RepeatedFailures {
        /// The endpoint.
        source: String,
        /// The failed attempts of the last 15 minutes.
        failed: u64,
        /// All attempts of the last 15 minutes.
        attempts: u64,
        /// The [pattern](crate::error_pattern) of the latest error, if the store has an
        /// [operator's view](crate::InboxStore::ops).
        pattern: Option<String>,
    },
    /// Events became dead letters in this process.
    DeadLetters {
        /// The endpoint.
        source: String,
        /// The number of events within the last 15 minutes.
        count: u64,
    },
    /// The oldest due event has waited for too long, and the endpoint is not paused.
    BacklogAge {
        /// The endpoint.
        source: String,
        /// Its waiting time in seconds.
        oldest_seconds: u64,
    },
    /// A large share of the requests to this process is rejected.
    RisingRejections {
        /// The endpoint.
        source: String,
        /// The rejected requests of the last 10 minutes.
        rejected: u64,
        /// All requests of the last 10 minutes.
        requests: u64,
        /// The [kind](countersign::ErrorKind::as_str) of the latest rejection.
        reason: Option<String>,
    },
    /// An endpoint that had deliveries within the last 7 days has none any more. Those that a rule leaves out are deliveries.
    SilentEndpoint {
        /// The endpoint.
        source: String,
        /// The time since the last verified delivery in seconds.
        silent_seconds: u64,
    },
    /// A provider still signs with a key that was to be replaced.
    OldKeyInUse {
        /// The endpoint.
        source: String,
        /// The name of the key.
        key: String,
        /// The number of deliveries within the last 7 days, of which one came within the last 6 hours.
        count: u64,
    },
    /// The [circuit breaker](crate::CircuitBreaker) lets no attempt begin in this process.
    CircuitOpen {
        /// The endpoint.
        source: String,
        /// The pattern of the failures.
        pattern: String,
    },
    /// The store does not answer this process.
    StoreUnavailable {
        /// The error, with its causes.
        error: String,
    },
}

impl Alert {
    /// Creates an alert, for tests of notifiers.
    #[must_use]
    pub const fn new(state: AlertState, cause: AlertCause) -> Self {
        Self { state, cause }
    }

    /// Returns a text that is the same for the beginning and the end of a condition, such as `dead_letters/orders`:
    /// receivers recognise by it what several processes send.
    #[must_use]
    pub fn key(&self) -> String {
        self.cause.key()
    }
}

impl AlertCause {
    /// Returns the name of the kind, as in JSON.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::RepeatedFailures { .. } => "repeated_failures",
            Self::DeadLetters { .. } => "dead_letters",
            Self::BacklogAge { .. } => "backlog_age",
            Self::RisingRejections { .. } => "rising_rejections",
            Self::SilentEndpoint { .. } => "silent_endpoint",
            Self::OldKeyInUse { .. } => "old_key_in_use",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::StoreUnavailable { .. } => "store_unavailable",
        }
    }

    /// Returns the endpoint, if the condition is one of an endpoint.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        match self {
            Self::RepeatedFailures { source, .. }
            | Self::DeadLetters { source, .. }
            | Self::BacklogAge { source, .. }
            | Self::RisingRejections { source, .. }
            | Self::SilentEndpoint { source, .. }
            | Self::OldKeyInUse { source, .. }
            | Self::CircuitOpen { source, .. } => Some(source),
            Self::StoreUnavailable { .. } => None,
        }
    }

    pub(super) fn key(&self) -> String {
        let kind = self.kind();
        match (self, self.source()) {
            (Self::OldKeyInUse { source, key, .. }, _) => format!("{kind}/{source}/{key}"),
            (_, Some(source)) => format!("{kind}/{source}"),
            (_, None) => kind.to_owned(),
        }
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            AlertState::Fired => "fired",
            AlertState::Resolved => "resolved",
        };
        write!(f, "{state}: {}", self.cause)
    }
}

impl fmt::Display for AlertCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RepeatedFailures { source, failed, attempts, pattern } => {
                write!(f, "{failed} of {attempts} attempts at `{source}` failed within 15 minutes")?;
                pattern.iter().try_for_each(|pattern| write!(f, ", the latest with: {pattern}"))
            }
            // An event that is replayed and fails again counts again.
            Self::DeadLetters { source, count: 1 } => {
                write!(f, "an event of `{source}` became a dead letter within 15 minutes")
            }
            Self::DeadLetters { source, count } => {
                write!(f, "events of `{source}` became dead letters {count} times within 15 minutes")
            }
            Self::BacklogAge { source, oldest_seconds } => {
                write!(f, "the oldest due event of `{source}` has waited for {oldest_seconds} s")
            }
            Self::RisingRejections { source, rejected, requests, reason } => {
                write!(f, "{rejected} of {requests} requests to `{source}` were rejected within 10 minutes")?;
                reason.iter().try_for_each(|reason| write!(f, ", the latest as {reason}"))
            }
            Self::SilentEndpoint { source, silent_seconds } => {
                write!(f, "`{source}` has had no verified delivery for {silent_seconds} s")
            }
            Self::OldKeyInUse { source, key, count: 1 } => {
                write!(f, "a delivery to `{source}` was signed with the key `{key}` within 7 days")
            }
            Self::OldKeyInUse { source, key, count } => {
                write!(f, "{count} deliveries to `{source}` were signed with the key `{key}` within 7 days")
            }
            Self::CircuitOpen { source, pattern } => {
                write!(f, "the circuit of `{source}` is open: {pattern}")
            }
            Self::StoreUnavailable { error } => write!(f, "the store does not answer: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_count_of_one_is_singular_and_dead_letters_are_counted_by_their_times() {
        let dead = |count| AlertCause::DeadLetters { source: "orders".to_owned(), count }.to_string();
        assert_eq!(dead(1), "an event of `orders` became a dead letter within 15 minutes");
        assert_eq!(dead(7), "events of `orders` became dead letters 7 times within 15 minutes");
        let old = |count| {
            let [source, key] = ["orders", "old"].map(str::to_owned);
            AlertCause::OldKeyInUse { source, key, count }.to_string()
        };
        assert!(old(1).starts_with("a delivery to") && old(2).starts_with("2 deliveries to"), "{}", old(1));
    }

    #[test]
    fn an_alert_is_a_sentence_and_its_key_and_json_name_the_condition() {
        let [source, key, pattern] = ["orders", "old", "timeout"].map(str::to_owned);
        let causes = [
            AlertCause::RepeatedFailures {
                source: source.clone(),
                failed: 3,
                attempts: 4,
                pattern: Some(pattern.clone()),
            },
            AlertCause::DeadLetters { source: source.clone(), count: 3 },
            AlertCause::BacklogAge { source: source.clone(), oldest_seconds: 301 },
            AlertCause::RisingRejections { source: source.clone(), rejected: 3, requests: 4, reason: None },
            AlertCause::SilentEndpoint { source: source.clone(), silent_seconds: 90_000 },
            AlertCause::OldKeyInUse { source: source.clone(), key, count: 3 },
            AlertCause::CircuitOpen { source, pattern },
            AlertCause::StoreUnavailable { error: "down".to_owned() },
        ];
        let mut keys = BTreeSet::new();
        for cause in causes {
            let json = serde_json::to_value(&cause).unwrap();
            assert_eq!(json["kind"], cause.kind());
            assert_eq!(json.get("source").and_then(|source| source.as_str()), cause.source());
            let [fired, resolved] =
                [AlertState::Fired, AlertState::Resolved].map(|state| Alert { state, cause: cause.clone() });
            assert_eq!(fired.key(), resolved.key());
            assert_eq!(
                (fired.to_string(), resolved.to_string()),
                (format!("fired: {cause}"), format!("resolved: {cause}"))
            );
            assert!(keys.insert(fired.key()), "{cause:?}");
        }
        assert!(keys.contains("old_key_in_use/orders/old") && keys.contains("store_unavailable"), "{keys:?}");
    }
}
