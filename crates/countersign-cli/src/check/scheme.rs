//! `countersign check-scheme`: says what a declaration signs, and tries it.

pub(crate) mod cli;
mod keys;
mod parts;
mod report;
#[cfg(test)]
mod tests;
mod trial;

use countersign::Provider;

use self::cli::CheckSchemeArgs;
use self::report::Report;
use super::args::EventArgs;
use crate::args::read_declaration;
use crate::error::CliError;
use crate::{Outcome, output};

#[cfg(test)]
pub(super) use keys::{Given, forge};

pub(crate) fn run(args: &CheckSchemeArgs) -> Result<Outcome, CliError> {
    let set = |provider: Provider, (name, value): &(String, String)| provider.with_parameter(name, value);
    let provider = args.parameters.iter().fold(read_declaration(&args.file)?, set);
    let event = EventArgs { event: args.event.clone(), body: None, values: Vec::new() };
    let given = keys::Given { secrets: args.secrets.texts()?, public: args.public.load_any()? };
    let report = Report::of(provider, &event, given)?;
    if args.json {
        output::json(&report)?;
    } else {
        output::text(&report)?;
    }
    let is_refused = args.deny_warnings && report.has_warnings();
    Ok(if report.is_ok() && !is_refused { Outcome::Fine } else { Outcome::Negative })
}
