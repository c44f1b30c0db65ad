//! The reasons for the health of an endpoint.

use std::fmt;

use super::alert::AlertCause;
use crate::ops::Limit;

/// A condition of an endpoint that people should know of.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum HealthCause {
    /// A condition of which an inbox [alerts](crate::InboxBuilder::on_alert), counted over all processes.
    Alert(AlertCause),
    /// A large share of the requests is rejected. Stores count these by the hour.
    Rejections {
        /// The number of rejected requests since the beginning of the hour before this one.
        rejected: u64,
        /// The number of verified deliveries within the last hour.
        verified: u64,
        /// The [kind](countersign::ErrorKind::as_str) of the latest rejection.
        kind: String,
    },
    /// Stored events no longer verify: a secret was removed too early.
    Unverified {
        /// The number of events.
        count: u64,
    },
    /// An operator has [opened](crate::ControlChange::open_circuit) the circuit: no attempt begins.
    CircuitOpenedByOperator {
        /// The name of the endpoint or of the subscription.
        source: String,
    },
    /// An operator has [limited](crate::ControlChange::limit) the attempts. The name is that of the limit, such as `orders` for
    /// `orders/billing`.
    Limited(Limit),
}

impl fmt::Display for HealthCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alert(cause) => cause.fmt(f),
            Self::Rejections { rejected, verified, kind } => {
                let requests = if *rejected == 1 { "request was" } else { "requests were" };
                let deliveries = if *verified == 1 { "was" } else { "were" };
                write!(
                    f,
                    "{rejected} {requests} rejected in this hour and the one before, the latest as {kind}; {verified} {deliveries} verified within an hour"
                )
            }
            Self::Unverified { count: 1 } => {
                f.write_str("a stored event no longer verifies: a secret was removed too early")
            }
            Self::Unverified { count } => {
                write!(f, "{count} stored events no longer verify: a secret was removed too early")
            }
            Self::CircuitOpenedByOperator { source } => {
                write!(f, "the circuit of `{source}` is open: an operator has opened it")
            }
            Self::Limited(Limit { source, limit, actor, reason, .. }) => {
                let (attempts, seconds) = (limit.attempts(), limit.per().as_secs_f64());
                write!(f, "`{source}` is limited to {attempts} attempts in {seconds} s, by {actor}")?;
                reason.iter().try_for_each(|reason| write!(f, ": {reason}"))
            }
        }
    }
}
