//! The `countersign` command: verifies, signs and receives webhooks from a terminal.
//!
//! # Features
//!
//! | Name | Description | Default? |
//! |---|---|---|
//! | `console` | `countersign console`: the operations page of an inbox | yes |
//! | `demo` | `countersign demo`: both frameworks, and an inbox that is killed | yes |
//! | `postgres` | `countersign inbox` on PostgreSQL | yes |
//! | `sqlite` | `countersign inbox` on a file | yes |
//! | `tui` | the full screens of `countersign listen --tui` and `countersign inbox watch` | yes |
//!
//! # Minimum supported Rust version
//!
//! 1.94, or 1.89 without `postgres`.

mod args;
mod capture;
mod catalogue;
mod check;
mod cli;
mod completions;
#[cfg(feature = "console")]
mod console;
#[cfg(feature = "demo")]
mod demo;
mod described;
mod destination;
#[cfg(all(
    test,
    feature = "console",
    feature = "demo",
    feature = "postgres",
    feature = "sqlite",
    feature = "tui"
))]
mod documented;
mod error;
mod example;
mod explain;
mod facts;
mod family;
#[cfg(feature = "tui")]
mod full_screen;
#[cfg(test)]
mod guides;
mod identify;
#[cfg(feature = "_inbox")]
mod inbox;
mod listen;
mod load;
mod man;
mod output;
mod provider;
mod providers;
mod replay;
mod resign;
mod schema;
mod sign;
mod simulate;
mod trigger;
mod types;
mod verdict;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use countersign::__private::Causes;

use crate::cli::{Cli, Command};
use crate::error::CliError;
pub(crate) use crate::error::Outcome;
use crate::explain::Explanation;
use crate::output::{BAD, stderr};
use crate::verdict::Rejected;

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| {
        if error.use_stderr() {
            answer_machines(std::env::args_os());
        }
        error.exit()
    });
    match run(&cli.command) {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Negative) => ExitCode::from(1),
        Err(error) => {
            stderr!("{BAD}error:{BAD:#} {}", Causes::of(&error));
            ExitCode::from(2)
        }
    }
}

fn run(command: &Command) -> Result<Outcome, CliError> {
    match command {
        Command::Providers(args) => providers::run(args),
        Command::Provider(args) => provider::run(args),
        Command::Schema => schema::run(),
        Command::Types(args) => types::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Identify(args) => identify::run(args),
        Command::Sign(args) => sign::run(args),
        Command::Simulate(args) => simulate::run(args),
        Command::Trigger(args) => trigger::run(args),
        #[cfg(feature = "_inbox")]
        Command::Inbox(command) => inbox::run(command),
        #[cfg(feature = "console")]
        Command::Console(args) => console::run(args),
        Command::Check(args) => check::run(args),
        Command::CheckScheme(args) => check::scheme::run(args),
        Command::Listen(args) => listen::run(args),
        Command::Replay(args) => replay::run(args),
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(args),
        #[cfg(feature = "demo")]
        Command::DemoReceiver(args) => demo::receive(args),
        Command::Completions(args) => completions::run(args, Cli::command()),
        Command::Man(args) => man::run(args, Cli::command()),
    }
}

/// Prints a JSON answer for options that do not parse, for programs that wait for the output of `verify --json` or
/// `explain --json`.
fn answer_machines(mut args: impl Iterator<Item = OsString>) {
    let command = args.nth(1).unwrap_or_default();
    let _ = match command.to_str() {
        Some("verify") if args.any(|arg| arg == "--json") => {
            output::json(&Rejected::new(error::INVALID_CONFIG))
        }
        Some("explain") if args.any(|arg| arg == "--json") => {
            output::json(&Explanation::invalid(error::INVALID_CONFIG, "the options cannot work".to_owned()))
        }
        _ => Ok(()),
    };
}
