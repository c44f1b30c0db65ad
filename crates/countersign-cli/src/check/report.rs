//! The report: text for people, JSON for machines.

use std::fmt;
use std::time::Duration;

use anstyle::Style;
use serde::Serialize;

use super::finding::{Finding, Findings, Skipped, Step};
use super::scenario::{Scenario, Verdict};
use crate::output::{BAD, Cell, DIM, GOOD, STRONG, Table, UNSURE};

/// The results of a run.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) ok: bool,
    pub(super) url: String,
    pub(super) provider: String,
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) not_asked: usize,
    pub(super) does_not_apply: usize,
    pub(super) scenarios: Vec<Outcome>,
}

/// The result of a scenario.
#[derive(Serialize)]
pub(super) struct Outcome {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) verdict: Verdict,
    /// The reason why it was not run.
    pub(super) reason: Option<String>,
    pub(super) why: &'static str,
    pub(super) cure: &'static str,
    pub(super) steps: Vec<Step>,
    pub(super) notes: Vec<String>,
    pub(super) millis: u64,
}

impl Outcome {
    pub(super) fn new(scenario: &Scenario, finding: Finding, took: Duration) -> Self {
        let (verdict, reason, findings) = match finding {
            // Nothing was observed.
            Ok(findings) if findings.steps.is_empty() => {
                (Verdict::NotAsked, Some("nothing could be sent".to_owned()), findings)
            }
            Ok(findings) if findings.is_ok() && !findings.open.is_empty() => (
                Verdict::NotAsked,
                Some(format!("asked in part, without {}", findings.open.join("; "))),
                findings,
            ),
            Ok(findings) if findings.is_ok() => (Verdict::Passed, None, findings),
            Ok(findings) => (Verdict::Failed, None, findings),
            Err(Skipped::Broken(reason)) => {
                let findings = Findings { notes: vec![reason.clone()], ..Findings::default() };
                (Verdict::Failed, Some(reason), findings)
            }
            Err(Skipped::NotAsked(reason)) => (Verdict::NotAsked, Some(reason), Findings::default()),
            Err(Skipped::DoesNotApply(reason)) => (Verdict::DoesNotApply, Some(reason), Findings::default()),
        };
        Self {
            name: scenario.name,
            title: scenario.title,
            verdict,
            reason,
            why: scenario.why,
            cure: scenario.cure,
            steps: findings.steps,
            notes: findings.notes,
            millis: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

impl Report {
    /// Creates the report. The scenarios that the caller named have to be asked.
    pub(super) fn new(url: &str, provider: &str, scenarios: Vec<Outcome>, named: &[&str]) -> Self {
        let count = |verdict| scenarios.iter().filter(|outcome| outcome.verdict == verdict).count();
        let (passed, failed) = (count(Verdict::Passed), count(Verdict::Failed));
        let mut asked_for = scenarios.iter().filter(|outcome| named.contains(&outcome.name));
        let is_open = asked_for.any(|outcome| outcome.verdict == Verdict::NotAsked);
        Self {
            // Nothing asked is nothing passed.
            ok: failed == 0 && passed > 0 && !is_open,
            url: url.to_owned(),
            provider: provider.to_owned(),
            passed,
            failed,
            not_asked: count(Verdict::NotAsked),
            does_not_apply: count(Verdict::DoesNotApply),
            scenarios,
        }
    }

    /// Returns the numbers in a sentence.
    pub(super) fn summary(&self) -> String {
        let Self { passed, failed, not_asked, does_not_apply, .. } = self;
        format!("{passed} passed, {failed} failed; {not_asked} not asked, {does_not_apply} do not apply")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::list();
        for outcome in &self.scenarios {
            let (mark, style) = mark(outcome.verdict);
            let text = outcome.reason.as_deref().unwrap_or(outcome.title);
            let label = match outcome.verdict {
                Verdict::NotAsked => "not asked: ",
                Verdict::DoesNotApply => "does not apply: ",
                Verdict::Passed | Verdict::Failed => "",
            };
            table.push([
                Cell::new(mark).in_style(style),
                Cell::new(outcome.name),
                Cell::new(format!("{label}{text}")).in_style(if label.is_empty() {
                    Style::new()
                } else {
                    DIM
                }),
            ]);
        }
        write!(f, "{table}")?;
        for outcome in &self.scenarios {
            for note in outcome.notes.iter().filter(|_| outcome.verdict == Verdict::Passed) {
                write!(f, "\n{UNSURE}note{UNSURE:#} on {}: {note}", outcome.name)?;
            }
        }
        if self
            .scenarios
            .iter()
            .any(|outcome| outcome.verdict == Verdict::Passed && !outcome.notes.is_empty())
        {
            writeln!(f)?;
        }
        for outcome in self.scenarios.iter().filter(|outcome| outcome.verdict == Verdict::Failed) {
            outcome.explain(f)?;
        }
        let style = if self.ok { GOOD } else { BAD };
        writeln!(f, "\n{style}{}{style:#}", self.summary())
    }
}

impl Outcome {
    /// Writes what was sent, expected and answered, why it matters and what to do.
    fn explain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{BAD}✗{BAD:#} {STRONG}{}{STRONG:#}: {}", self.name, self.title)?;
        for step in &self.steps {
            let style = if step.ok { DIM } else { BAD };
            writeln!(f, "  {DIM}sent{DIM:#}      {}", step.sent)?;
            writeln!(f, "  {DIM}expected{DIM:#}  {}", step.expected)?;
            writeln!(f, "  {DIM}answered{DIM:#}  {style}{}{style:#}", step.answered)?;
        }
        for note in &self.notes {
            writeln!(f, "  {DIM}note{DIM:#}      {note}")?;
        }
        writeln!(f, "  {DIM}why{DIM:#}       {}", self.why)?;
        writeln!(f, "  {DIM}cure{DIM:#}      {}", self.cure)
    }
}

const fn mark(verdict: Verdict) -> (&'static str, Style) {
    match verdict {
        Verdict::Passed => ("✓", GOOD),
        Verdict::Failed => ("✗", BAD),
        Verdict::NotAsked => ("?", UNSURE),
        Verdict::DoesNotApply => ("-", DIM),
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenarios;
    use super::*;

    #[test]
    fn a_scenario_that_was_asked_in_part_is_no_pass() {
        let scenario = scenarios::all().next().unwrap();
        let step = |ok| Step::new("the handshake `one`", "2xx", "200", ok);
        let outcome = |ok, open: &[&str]| {
            let open = open.iter().map(|reason| (*reason).to_owned()).collect();
            Outcome::new(
                scenario,
                Ok(Findings { steps: vec![step(ok)], open, ..Findings::default() }),
                Duration::ZERO,
            )
        };
        assert_eq!(outcome(true, &[]).verdict, Verdict::Passed);
        assert_eq!(outcome(false, &["two: give --echo"]).verdict, Verdict::Failed);
        let partly = outcome(true, &["two: give --echo"]);
        assert_eq!(partly.reason.as_deref(), Some("asked in part, without two: give --echo"));
        assert_eq!((partly.verdict, partly.steps.len()), (Verdict::NotAsked, 1));
        let text = Report::new("http://127.0.0.1/", "acme", vec![partly], &[]);
        assert!(!text.ok && text.to_string().contains("not asked: asked in part, without two: give --echo"));
    }

    #[test]
    fn an_option_that_does_not_work_is_a_failure_and_one_that_is_missing_is_no_pass() {
        let scenario = scenarios::all().next().unwrap();
        let report = |finding, named: &[&str]| {
            let passed = Outcome {
                verdict: Verdict::Passed,
                ..Outcome::new(scenario, Ok(Findings::default()), Duration::ZERO)
            };
            let outcome = Outcome::new(scenario, Err(finding), Duration::ZERO);
            Report::new("http://127.0.0.1/", "acme", vec![passed, outcome], named)
        };
        let broken = report(Skipped::Broken("--effects: `x` failed".to_owned()), &[]);
        assert!(!broken.ok && broken.failed == 1 && broken.to_string().contains("--effects: `x` failed"));
        let missing = || Skipped::not_asked("give --effects");
        assert!(report(missing(), &[]).ok);
        assert!(!report(missing(), &[scenario.name]).ok);
        assert!(report(Skipped::does_not_apply("no id"), &[scenario.name]).ok);
    }
}
