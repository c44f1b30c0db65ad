//! The commands.

use clap::{Args, Parser, Subcommand};

use crate::args::{DeclarationArgs, SecretArgs};
use crate::check::cli::CheckArgs;
use crate::demo::cli::{DemoArgs, DemoReceiverArgs};
use crate::explain::ExplainArgs;
use crate::identify::IdentifyArgs;
use crate::inbox::cli::InboxCommand;
use crate::provider::ProviderArgs;
use crate::providers::cli::ProvidersArgs;
use crate::sign::SignArgs;
use crate::simulate::cli::SimulateArgs;
use crate::trigger::TriggerArgs;
use crate::types::cli::TypesArgs;
use crate::verify::VerifyArgs;

/// Verifies, signs and receives webhooks.
#[derive(Parser)]
#[command(
    name = "countersign",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 fine, 1 rejected or not there, 2 options or configuration that cannot work."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the providers of the catalogue
    Providers(ProvidersArgs),
    /// Show how a provider signs, and the confidence in the facts
    Provider(ProviderArgs),
    /// Print the JSON Schema of declarations, for editors and other programs
    Schema,
    /// Generate Rust types for the events of a provider that publishes schemas
    Types(TypesArgs),
    /// Verify a delivery
    Verify(VerifyArgs),
    /// Find the reason why a delivery does not verify, by trying known mistakes
    Explain(ExplainArgs),
    /// Find the providers that a captured request fits, best first
    Identify(IdentifyArgs),
    /// Sign a delivery as the provider does
    Sign(SignArgs),
    /// Send one event to a receiver, signed as the provider does
    Trigger(TriggerArgs),
    /// Say whether a receiver is ready: genuine and forged deliveries, duplicates, failures, crashes
    Check(Box<CheckArgs>),
    /// Send events to a receiver as a provider does: signed, retried, in order or not
    Simulate(Box<SimulateArgs>),
    /// Receive deliveries, and print the genuine ones
    Listen(ListenArgs),
    /// Inspect a durable inbox; replay, discard and purge its events
    #[command(subcommand)]
    Inbox(InboxCommand),
    /// Simulate the founding providers against axum and actix over HTTP, and a durable inbox that is killed
    Demo(DemoArgs),
    /// The process that `demo` kills
    #[command(hide = true)]
    DemoReceiver(DemoReceiverArgs),
}

/// Prints each accepted delivery to standard output as one line of JSON, and rejections to standard error. Stops on
/// ctrl-c.
#[derive(Args)]
pub(crate) struct ListenArgs {
    #[command(flatten)]
    pub(crate) declaration: DeclarationArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    /// Address to listen on; port 0 selects a free one
    #[arg(long, default_value = "127.0.0.1:3000")]
    pub(crate) addr: String,
    /// Path of the endpoint [default: /webhooks/SLUG]
    #[arg(long, value_parser = path)]
    pub(crate) path: Option<String>,
    /// Public origin of this receiver, for providers that sign the URL: https://hooks.example.com
    #[arg(long, value_name = "URL", value_parser = origin)]
    pub(crate) public_url: Option<String>,
    /// The token that was given to the provider for its handshake (Meta, Strava, …)
    #[arg(long, value_name = "TOKEN")]
    pub(crate) verify_token: Option<String>,
    /// Answer unauthenticated handshakes by echoing them (Dropbox, Microsoft Graph, Okta, …)
    #[arg(long)]
    pub(crate) echo: bool,
    /// Accept timestamps within this many seconds of now, in both directions [default: the provider's]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) tolerance: Option<u64>,
    /// Print in a format for people
    #[arg(long)]
    pub(crate) pretty: bool,
}

/// Parses a path without characters that a router treats as a pattern.
fn path(text: &str) -> Result<String, &'static str> {
    if !text.starts_with('/') {
        return Err("a path starts with `/`");
    }
    if text.contains(['{', '}', '?', '#']) || text.parse::<http::Uri>().is_err() {
        return Err("not a path of a URL");
    }
    Ok(text.to_owned())
}

fn origin(text: &str) -> Result<String, &'static str> {
    let uri = text.parse::<http::Uri>().ok();
    let scheme = uri.as_ref().and_then(http::Uri::scheme_str);
    match scheme {
        Some("http" | "https") => Ok(text.to_owned()),
        _ => Err("expected an origin such as https://hooks.example.com"),
    }
}
