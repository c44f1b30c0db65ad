//! The result of a scenario.

use serde::Serialize;

use super::answer::{Answer, Expect};
use super::attempt::Attempt;

/// The requests of a scenario, or the reason why there are none.
pub(super) type Prepared = Result<Vec<Attempt>, Skipped>;
/// The steps of a scenario, or the reason why it was not run.
pub(super) type Finding = Result<Findings, Skipped>;

/// The reason why a scenario has no result.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Skipped {
    /// Something is missing that the caller can give.
    NotAsked(String),
    /// Something that the caller gave does not work: that is a failure.
    Broken(String),
    /// The declaration of the provider has no place for it.
    DoesNotApply(String),
}

/// The course of a scenario.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) steps: Vec<Step>,
    pub(super) notes: Vec<String>,
    /// The parts of the scenario that were not asked, with their reasons. With one, it is no pass.
    pub(super) open: Vec<String>,
}

/// A request or a state, its expectation and the observation.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Step {
    pub(super) sent: String,
    pub(super) expected: String,
    pub(super) answered: String,
    pub(super) ok: bool,
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
        Self { steps, ..Self::default() }
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
