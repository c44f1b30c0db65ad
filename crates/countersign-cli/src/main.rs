//! The `countersign` command: verifies, signs and receives webhooks from a terminal.

mod args;
mod catalogue;
mod cli;
mod demo;
mod error;
mod listen;
mod output;
mod provider;
mod providers;
mod sign;
mod verdict;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::error::{CliError, LastWords};
use crate::output::stderr;
use crate::verdict::Rejected;

/// How a command ended that could do its work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Outcome {
    /// Exit code 0.
    Fine,
    /// Exit code 1: the delivery is rejected, or a row of the demo differs.
    Negative,
}

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| {
        if error.use_stderr() && is_verify_for_machines(std::env::args_os()) {
            let _ = output::json(&Rejected::new(error::INVALID_CONFIG));
        }
        error.exit()
    });
    match run(&cli.command) {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Negative) => ExitCode::from(1),
        Err(error) => {
            stderr!("{}", LastWords(error));
            ExitCode::from(2)
        }
    }
}

fn run(command: &Command) -> Result<Outcome, CliError> {
    match command {
        Command::Providers(args) => providers::run(args),
        Command::Provider(args) => provider::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Sign(args) => sign::run(args),
        Command::Listen(args) => listen::run(args),
        Command::Demo(args) => demo::run(args),
    }
}

/// Whether a program waits for the verdict of `verify --json`: it gets one for options that do not parse, too.
fn is_verify_for_machines(mut args: impl Iterator<Item = OsString>) -> bool {
    args.nth(1).is_some_and(|command| command == "verify") && args.any(|arg| arg == "--json")
}
