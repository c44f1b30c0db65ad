//! A scenario, and its result.

use std::pin::Pin;

use serde::Serialize;

use super::answer::{Answer, Expect};
use super::bench::Bench;

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
    Course(for<'b> fn(&'b Bench) -> Pin<Box<dyn Future<Output = Finding> + 'b>>),
}

/// The requests of a scenario, or the reason why there are none.
pub(super) type Prepared = Result<Vec<super::attempt::Attempt>, Skipped>;
/// The steps of a scenario, or the reason why it was not run.
pub(super) type Finding = Result<Findings, Skipped>;

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

/// The reason why a scenario has no result.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Skipped {
    /// Something is missing that the caller can give.
    NotAsked(String),
    /// The declaration of the provider has no place for it.
    DoesNotApply(String),
}

/// The course of a scenario.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) steps: Vec<Step>,
    pub(super) notes: Vec<String>,
}

/// A request or a state, its expectation and the observation.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Step {
    pub(super) sent: String,
    pub(super) expected: String,
    pub(super) answered: String,
    pub(super) ok: bool,
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

impl Step {
    pub(super) fn of(sent: impl Into<String>, expect: Expect, answer: &Answer) -> Self {
        Self {
            sent: sent.into(),
            expected: expect.to_string(),
            answered: answer.to_string(),
            ok: answer.meets(expect),
        }
    }

    pub(super) fn new(
        sent: impl Into<String>,
        expected: impl Into<String>,
        answered: impl Into<String>,
        ok: bool,
    ) -> Self {
        Self { sent: sent.into(), expected: expected.into(), answered: answered.into(), ok }
    }
}

impl Findings {
    pub(super) fn is_ok(&self) -> bool {
        self.steps.iter().all(|step| step.ok)
    }

    pub(super) fn step(&mut self, sent: impl Into<String>, expect: Expect, answer: &Answer) {
        self.steps.push(Step::of(sent, expect, answer));
    }
}

impl From<Vec<Step>> for Findings {
    fn from(steps: Vec<Step>) -> Self {
        Self { steps, notes: Vec::new() }
    }
}

impl Skipped {
    pub(super) fn not_asked(reason: impl Into<String>) -> Self {
        Self::NotAsked(reason.into())
    }

    pub(super) fn does_not_apply(reason: impl Into<String>) -> Self {
        Self::DoesNotApply(reason.into())
    }
}

impl From<String> for Skipped {
    /// A request that cannot be made is not asked about.
    fn from(problem: String) -> Self {
        Self::NotAsked(problem)
    }
}
