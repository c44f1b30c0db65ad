//! `countersign check-scheme`: says what a declaration signs, and tries it.

mod keys;
mod parts;
mod report;
mod trial;

use std::path::PathBuf;

use clap::Args;
use countersign::Provider;

use self::report::Report;
use super::args::EventArgs;
use crate::args::{Optional, Public, SecretArgs, label, read_declaration};
use crate::error::CliError;
use crate::{Outcome, output};

#[cfg(test)]
pub(super) use keys::{Given, forge};

/// Prints for each part of a request whether the signature covers it and how, and what weakens the declaration. Then signs a
/// sample request, verifies it, and verifies copies of it: one for each part, which is changed. A part that the declaration
/// covers must be refused once it is changed.
#[derive(Args)]
#[command(
    after_help = "Exits with 0 if the round trip passed, 1 if it did not, 2 if the declaration cannot work.\n\n\
    With --json: {\"ok\", \"provider\", \"parts\": [{\"part\", \"at\", \"is_signed\", \"how\", \"changed\"}, …], \"warnings\": [text, …], \
    \"not_made\": reason or null,\n\"trials\": [{\"sent\", \"expected\", \"answered\", \"ok\"}, …]}."
)]
pub(crate) struct CheckSchemeArgs {
    /// The declaration, in TOML or JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A parameter that the declaration leaves open; may be repeated [default: a sample value]
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = label)]
    parameters: Vec<(String, String)>,
    #[command(flatten)]
    secrets: SecretArgs<Optional>,
    #[command(flatten)]
    public: SecretArgs<Public>,
    /// Type of the event in the sample request [default: one that the declaration allows]
    #[arg(long, value_name = "TYPE")]
    event: Option<String>,
    /// Exit with 1 if there are warnings
    #[arg(long)]
    deny_warnings: bool,
    /// Print the result as one line of JSON
    #[arg(long)]
    json: bool,
}

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
