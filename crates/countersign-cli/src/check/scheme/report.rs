use std::fmt;

use countersign::Provider;
use serde::Serialize;

use super::keys::{Given, forge};
use super::parts::{Part, parts};
use super::trial::trials;
use crate::check::args::EventArgs;
use crate::check::finding::Step;
use crate::error::CliError;
use crate::output::{BAD, Cell, DIM, GOOD, STRONG, Table, UNSURE, printable};

/// The coverage of a declaration, and the results of its round trip.
#[derive(Serialize)]
pub(super) struct Report {
    ok: bool,
    provider: String,
    #[serde(skip)]
    name: String,
    parts: Vec<Part>,
    warnings: Vec<String>,
    /// The reason why the round trip was not made.
    not_made: Option<String>,
    trials: Vec<Step>,
}

impl Report {
    pub(super) fn of(provider: Provider, event: &EventArgs, given: Given) -> Result<Self, CliError> {
        let slug = provider.slug.clone();
        let config = || CliError::config(slug.as_ref());
        let coverage = provider.coverage().map_err(config())?;
        let warnings = provider.warnings().map_err(config())?;
        let made = forge(&provider, event, given)?.and_then(|forge| {
            let genuine = forge.genuine()?;
            Ok((forge, genuine))
        });
        let sample = made.as_ref().ok().map(|(forge, genuine)| (forge, genuine));
        let mut parts = parts(&provider, coverage, sample);
        let trials = sample.map(|(forge, genuine)| trials(forge, genuine, &mut parts)).unwrap_or_default();
        Ok(Self {
            ok: made.is_ok() && trials.iter().all(|step| step.ok),
            provider: provider.slug.into_owned(),
            name: provider.name.into_owned(),
            parts,
            warnings: warnings.iter().map(ToString::to_string).collect(),
            not_made: made.err(),
            trials,
        })
    }

    pub(super) const fn is_ok(&self) -> bool {
        self.ok
    }

    pub(super) const fn has_warnings(&self) -> bool {
        !self.warnings.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{STRONG}{}{STRONG:#} {DIM}({}){DIM:#}\n", printable(&self.name), self.provider)?;
        let mut table = Table::new(["PART", "WHERE", "SIGNED", "HOW", "A CHANGED COPY IS"]);
        for Part { part, at, is_signed, how, changed, .. } in &self.parts {
            let (word, style) = if *is_signed { ("yes", GOOD) } else { ("no", BAD) };
            table.push([
                Cell::new(part.as_str()),
                Cell::new(at.as_str()).in_style(DIM),
                Cell::new(word).in_style(style),
                Cell::new(how.as_str()),
                Cell::new(changed.as_deref().unwrap_or("not tried")).in_style(DIM),
            ]);
        }
        write!(f, "{table}")?;
        self.warnings.iter().try_for_each(|warning| writeln!(f, "\n{UNSURE}warning{UNSURE:#} {warning}"))?;
        if let Some(reason) = &self.not_made {
            return writeln!(f, "\n{BAD}no round trip{BAD:#}: {reason}");
        }
        let (style, word) = if self.ok { (GOOD, "passed") } else { (BAD, "failed") };
        writeln!(f, "\n{style}round trip {word}{style:#}: {} requests", self.trials.len())?;
        for Step { sent, expected, answered, .. } in self.trials.iter().filter(|step| !step.ok) {
            writeln!(f, "  {BAD}{sent}{BAD:#}: expected {expected}, was {answered}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use countersign::providers;

    use super::*;

    #[test]
    fn every_declaration_refuses_a_change_of_each_part_that_it_covers() {
        let mut problems = Vec::new();
        let (mut made, mut all) = (0, 0);
        for provider in providers::all() {
            let event = EventArgs { event: None, body: None, values: Vec::new() };
            let report = Report::of(provider.clone(), &event, Given::default()).unwrap();
            let json = serde_json::to_value(&report).unwrap();
            all += 1;
            if !json["not_made"].is_null() {
                continue;
            }
            made += 1;
            if !report.is_ok() {
                problems.push(printable(&anstream::adapter::strip_str(&report.to_string()).to_string()));
            }
        }
        assert!(problems.is_empty(), "{problems:#?}");
        assert!(made * 10 > all * 9, "{made} of {all} were tried");
    }
}
