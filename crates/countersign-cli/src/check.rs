//! `countersign check`: says whether a receiver is ready.

mod answer;
mod args;
mod attempt;
#[cfg(test)]
mod catalogue_tests;
pub(crate) mod cli;
mod commands;
mod crash;
mod document;
mod effects;
mod finding;
mod forge;
mod handshake_places;
mod harness;
mod layout;
mod logs;
mod message;
mod needs;
mod page;
pub(crate) mod places;
mod reference;
mod report;
mod runner;
mod sample;
mod scenario;
mod scenarios;
pub(crate) mod scheme;
mod setup;
mod tamper;
mod wire;

use std::fs;
use std::path::Path;

use askama::Template;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::runtime::Runtime;

use self::cli::CheckArgs;
use self::page::{Junit, Page};
use self::report::Report;
use crate::error::CliError;
use crate::{Outcome, output};

pub(crate) fn run(args: &CheckArgs) -> Result<Outcome, CliError> {
    let runtime = Runtime::new().map_err(CliError::io("cannot start"))?;
    let report = runtime.block_on(check(args))?;
    if let Some(path) = &args.junit {
        write(path, &Junit { report: &report })?;
    }
    if let Some(path) = &args.html {
        write(path, &Page { report: &report })?;
    }
    if args.json {
        output::json(&report)?;
    } else {
        output::text(&report)?;
    }
    Ok(if report.ok { Outcome::Fine } else { Outcome::Negative })
}

async fn check(args: &CheckArgs) -> Result<Report, CliError> {
    let CheckArgs { only, skip, .. } = args;
    let is_wanted = |name| {
        (only.is_empty() || only.contains(&name) || name == scenarios::GENUINE) && !skip.contains(&name)
    };
    let scenarios: Vec<_> = scenarios::all().filter(|scenario| is_wanted(scenario.name)).collect();
    let harness = setup::harness(args)?;
    let bar = ProgressBar::new(scenarios.len() as u64).with_style(style());
    let outcomes = runner::run(&harness, &scenarios, |outcome| {
        bar.set_message(outcome.name);
        bar.inc(1);
    })
    .await;
    bar.finish_and_clear();
    Ok(Report::new(&args.url, &harness.forge.provider.slug, outcomes, only))
}

fn write(path: &Path, template: &impl Template) -> Result<(), CliError> {
    let cannot = || CliError::io(format!("cannot write {}", path.display()));
    let text = template.render().map_err(|error| cannot()(std::io::Error::other(error)))?;
    fs::write(path, text).map_err(cannot())
}

/// Returns the style of the progress bar, displayed on a terminal only.
fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{bar:30.green} {pos}/{len} {msg}");
    style.unwrap_or_else(|_| ProgressStyle::default_bar())
}
