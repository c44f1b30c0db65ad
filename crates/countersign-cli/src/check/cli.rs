//! The options of `countersign check`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::args::{EventArgs, HandshakeArgs};
use crate::args::{DeclarationArgs, HeaderArg, Public, Retired, SecretArgs, header};
use crate::destination::AllowHostArgs;

/// Sends deliveries, genuine ones and forged ones, to a receiver in any language, and says for each scenario whether the
/// receiver does what it should: it accepts (2xx), or it refuses (any other status, or a closed connection).
///
/// Some scenarios need more than a URL. They are not asked without it, and say so: that is no pass.
#[derive(Args)]
#[command(
    after_help = "Exits with 0 if everything that was asked passed, 1 if anything failed, 2 if the options are invalid.\n\n\
    With --json: {\"ok\", \"url\", \"provider\", \"passed\", \"failed\", \"not_asked\", \"does_not_apply\", \"scenarios\": [S, …]} where S \
    has name, title, verdict (passed, failed, not_asked, does_not_apply), reason or null, why, cure, notes, millis and\n\
    steps: [{\"sent\", \"expected\", \"answered\", \"ok\"}, …]."
)]
pub(crate) struct CheckArgs {
    /// URL of the endpoint: http://127.0.0.1:3000/webhooks/acme
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    #[command(flatten)]
    pub(crate) declaration: DeclarationArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    #[command(flatten)]
    pub(crate) retired: SecretArgs<Retired>,
    #[command(flatten)]
    pub(crate) public: SecretArgs<Public>,
    #[command(flatten)]
    pub(crate) event: EventArgs,
    /// Effects of an id: a URL that answers with their number, or a command that prints it; `{id}` stands for the id
    #[arg(long, value_name = "URL|COMMAND")]
    pub(crate) effects: Option<String>,
    /// A command that kills the receiver (kill -9) and starts it again
    #[arg(long, value_name = "COMMAND")]
    pub(crate) restart: Option<String>,
    /// A command that makes the receiver's work fail: it stops the database, for example
    #[arg(long, value_name = "COMMAND", requires = "recover")]
    pub(crate) fail: Option<String>,
    /// A command that makes the receiver's work succeed again
    #[arg(long, value_name = "COMMAND", requires = "fail")]
    pub(crate) recover: Option<String>,
    /// The receiver's log
    #[arg(long, value_name = "FILE")]
    pub(crate) logs: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) handshakes: HandshakeArgs,
    /// Public origin of the receiver, if the provider signs the URL and it is not that of URL: https://hooks.example.com
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// A header of every request, or `@FILE` with one a line; `@-` is standard input. May be repeated
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE|@FILE", value_parser = header())]
    pub(crate) headers: Vec<HeaderArg>,
    /// Tolerance of the receiver for timestamps [default: the provider's]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) tolerance: Option<u64>,
    /// Time to wait for an answer
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = humantime::parse_duration)]
    pub(crate) timeout: Duration,
    /// Time to wait for effects and for the commands; longer than the lease of a worker that is killed
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = humantime::parse_duration)]
    pub(crate) patience: Duration,
    /// Run these scenarios, which have to be asked; may be repeated [default: all]
    #[arg(long, value_name = "SCENARIO", value_delimiter = ',', value_parser = scenario, conflicts_with = "skip")]
    pub(crate) only: Vec<&'static str>,
    /// Do not run these scenarios; may be repeated
    #[arg(long, value_name = "SCENARIO", value_delimiter = ',', value_parser = scenario)]
    pub(crate) skip: Vec<&'static str>,
    #[command(flatten)]
    pub(crate) allowed: AllowHostArgs,
    /// Print the report as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the report as JUnit XML, for CI
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write the report as a page
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

/// Parses the name of a scenario.
fn scenario(text: &str) -> Result<&'static str, String> {
    let mut names = super::scenarios::all().map(|scenario| scenario.name);
    names.find(|name| *name == text).ok_or_else(|| {
        let names: Vec<_> = super::scenarios::all().map(|scenario| scenario.name).collect();
        format!("expected one of {}", names.join(", "))
    })
}
