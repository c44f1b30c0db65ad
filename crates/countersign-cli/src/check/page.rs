//! The report as files: JUnit XML for CI, and a page for people.

use askama::Template;

use super::report::{Outcome, Report};
use super::scenario::Verdict;

/// The report in the format of JUnit.
#[derive(Template)]
#[template(path = "check.xml", escape = "html")]
pub(super) struct Junit<'r> {
    pub(super) report: &'r Report,
}

/// The report as a page without scripts.
#[derive(Template)]
#[template(path = "check.html")]
pub(super) struct Page<'r> {
    pub(super) report: &'r Report,
}

impl Report {
    fn count(&self) -> usize {
        self.scenarios.len()
    }

    const fn skipped(&self) -> usize {
        self.not_asked + self.does_not_apply
    }

    fn secs(&self) -> f64 {
        self.scenarios.iter().map(Outcome::secs).sum()
    }
}

impl Outcome {
    fn secs(&self) -> f64 {
        std::time::Duration::from_millis(self.millis).as_secs_f64()
    }

    const fn is_failed(&self) -> bool {
        matches!(self.verdict, Verdict::Failed)
    }

    /// Returns the verdict in words.
    const fn verdict_text(&self) -> &'static str {
        match self.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::NotAsked => "not asked",
            Verdict::DoesNotApply => "does not apply",
        }
    }

    /// Returns the name of the verdict's style.
    const fn class(&self) -> &'static str {
        match self.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::NotAsked => "open",
            Verdict::DoesNotApply => "none",
        }
    }
}
