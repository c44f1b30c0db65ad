//! A scenario, and its result.

use std::pin::Pin;

use serde::Serialize;

use super::finding::{Finding, Prepared};
use super::harness::Harness;

/// A situation that a receiver must handle.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    /// The expectation as a sentence.
    pub(super) title: &'static str,
    /// The consequence of a failure.
    pub(super) why: &'static str,
    /// The cure of a failure.
    pub(super) cure: &'static str,
    /// The conditions without which it is not asked.
    pub(super) needs: &'static [Need],
    /// The scenarios whose failure explains a failure of this one.
    pub(super) after: &'static [&'static str],
    pub(super) run: Run,
}

/// The requests of a scenario.
#[derive(Clone, Copy)]
pub(super) enum Run {
    /// Single requests, each with its expected answer.
    Requests(fn(&super::forge::Forge) -> Prepared),
    /// A course of its own.
    Course(for<'b> fn(&'b Harness) -> Pin<Box<dyn Future<Output = Finding> + 'b>>),
}

/// A condition of a scenario.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Need {
    /// A count of effects.
    Effects,
    /// A command that ends the receiver and starts it again.
    Restart,
    /// Commands that make the receiver's work fail, and work again.
    Failure,
    /// The receiver's log.
    Logs,
    /// A second secret that the receiver accepts.
    Previous,
    /// A secret that the receiver no longer accepts.
    Retired,
    /// The provider sends an id.
    Id,
    /// The provider sends a type.
    EventType,
    /// The provider sends a timestamp, and deliveries may not be older than a tolerance.
    Age,
    /// The same, and not from the future.
    Future,
    /// The provider documents a limit on the time until the answer.
    AckLimit,
    /// The provider sends handshakes.
    Handshakes,
    /// The body is JSON.
    Json,
    /// The signature covers the body.
    SignedBody,
}

/// The verdict on a scenario.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Passed,
    Failed,
    NotAsked,
    DoesNotApply,
}
