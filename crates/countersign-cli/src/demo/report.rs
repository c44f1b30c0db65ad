//! The requests of the demo with their expected and actual responses.

use std::fmt;

use anstyle::Style;
use indicatif::{ProgressBar, ProgressStyle};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::answer::Answer;
use super::inbox::Step;
use crate::output::{BAD, Cell, GOOD, STRONG, Table};

/// All rows of the demo, and the steps of the inbox.
pub(super) struct Report {
    pub(super) rows: Vec<Row>,
    pub(super) steps: Vec<Step>,
}

/// A request, and the responses of both receivers.
pub(super) struct Row {
    pub(super) provider: &'static str,
    pub(super) sent: &'static str,
    pub(super) expected: Answer,
    pub(super) axum: Answer,
    pub(super) actix: Answer,
}

impl Report {
    pub(super) fn is_ok(&self) -> bool {
        self.answers().all(|answer| answer.ok) && self.steps.iter().all(|step| step.ok)
    }

    fn answers(&self) -> impl Iterator<Item = OneAnswer<'_>> {
        self.rows.iter().flat_map(Row::answers)
    }
}

impl Report {
    fn inbox(&self) -> Table<4> {
        let mut table = Table::list();
        let title =
            [Cell::new(""), Cell::new("a durable inbox").in_style(STRONG), Cell::new(""), Cell::new("")];
        table.push(title);
        for step in &self.steps {
            let (mark, style) = mark(step.ok);
            table.push([
                Cell::new(mark).in_style(style),
                Cell::new(step.sent),
                Cell::new(step.expected),
                Cell::new(step.observed.as_str()).in_style(style),
            ]);
        }
        table
    }
}

impl Row {
    fn answers(&self) -> [OneAnswer<'_>; 2] {
        [("axum", &self.axum), ("actix", &self.actix)].map(|(framework, answered)| OneAnswer {
            provider: self.provider,
            sent: self.sent,
            framework,
            expected: &self.expected,
            answered,
            ok: *answered == self.expected,
        })
    }
}

/// One request to one receiver, as a row for machines.
#[derive(Serialize)]
struct OneAnswer<'r> {
    provider: &'static str,
    sent: &'static str,
    framework: &'static str,
    expected: &'r Answer,
    answered: &'r Answer,
    ok: bool,
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_struct("Report", 3)?;
        report.serialize_field("ok", &self.is_ok())?;
        report.serialize_field("rows", &self.answers().collect::<Vec<_>>())?;
        report.serialize_field("inbox", &self.steps)?;
        report.end()
    }
}

impl fmt::Display for Report {
    /// Writes one line if both receivers respond alike, otherwise two.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new(["", "SENT", "EXPECTED", "ANSWERED BY AXUM AND ACTIX"]);
        let mut provider = "";
        for row in &self.rows {
            if row.provider != provider {
                provider = row.provider;
                table.push(["", "", "", ""].map(Cell::new));
                table.push([
                    Cell::new(""),
                    Cell::new(provider).in_style(STRONG),
                    Cell::new(""),
                    Cell::new(""),
                ]);
            }
            let same = row.axum == row.actix;
            for answer in row.answers().into_iter().take(if same { 1 } else { 2 }) {
                table.push(answer.cells(same));
            }
        }
        writeln!(f, "{table}")?;
        writeln!(f, "{}", self.inbox())?;
        let (all, differ) = (self.answers().count(), self.answers().filter(|answer| !answer.ok).count());
        match differ {
            0 => writeln!(f, "{GOOD}{all} requests, each answered as expected{GOOD:#}"),
            _ => writeln!(f, "{BAD}{differ} of {all} answers are not the expected ones{BAD:#}"),
        }?;
        match self.steps.iter().filter(|step| !step.ok).count() {
            0 => writeln!(
                f,
                "{GOOD}a durable inbox, killed: nothing lost, and only what was interrupted ran again{GOOD:#}"
            ),
            differ => writeln!(f, "{BAD}steps of the inbox that did not end as expected: {differ}{BAD:#}"),
        }
    }
}

impl OneAnswer<'_> {
    fn cells(&self, same: bool) -> [Cell; 4] {
        let (mark, style) = mark(self.ok);
        let answered =
            if same { self.answered.to_string() } else { format!("{}: {}", self.framework, self.answered) };
        [
            Cell::new(mark).in_style(style),
            Cell::new(self.sent),
            Cell::new(self.expected.to_string()),
            Cell::new(answered).in_style(style),
        ]
    }
}

const fn mark(ok: bool) -> (&'static str, Style) {
    if ok { ("✓", GOOD) } else { ("✗", BAD) }
}

/// Creates a progress bar of so many steps, displayed on a terminal only.
pub(super) fn bar(steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30.green} {pos}/{len} {msg}");
    ProgressBar::new(steps as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_differs_is_told_from_the_others() {
        let expected = Answer::rejected(401, "signature_mismatch");
        let [axum, actix] = [expected.clone(), Answer::handled("Ping", "new")];
        let row = Row { provider: "acme", sent: "tampered body", expected, axum, actix };
        let report = Report { rows: vec![row], steps: Vec::new() };
        assert!(!report.is_ok());
        let said = anstream::adapter::strip_str(&report.to_string()).to_string();
        assert!(
            said.contains("✓  tampered body  401 signature_mismatch  axum: 401 signature_mismatch\n"),
            "{said}"
        );
        assert!(said.contains("✗  tampered body  401 signature_mismatch  actix: 200 Ping (new)\n"), "{said}");
        assert!(said.contains("1 of 2 answers are not the expected ones\n"), "{said}");
    }

    #[test]
    fn a_step_of_the_inbox_that_differs_is_told_from_the_others() {
        let step = |observed: &str| Step::new("five more", "5 × 200, 5 new", observed);
        let good = Report { rows: Vec::new(), steps: vec![step("5 × 200, 5 new")] };
        assert!(good.is_ok());
        let bad = Report { rows: Vec::new(), steps: vec![step("5 × 200, 5 new"), step("5 × 503, 0 new")] };
        assert!(!bad.is_ok());
        let said = anstream::adapter::strip_str(&bad.to_string()).to_string();
        assert!(said.contains("✓  five more        5 × 200, 5 new  5 × 200, 5 new\n"), "{said}");
        assert!(said.contains("✗  five more        5 × 200, 5 new  5 × 503, 0 new\n"), "{said}");
        assert!(said.ends_with("steps of the inbox that did not end as expected: 1\n"), "{said}");
    }
}
