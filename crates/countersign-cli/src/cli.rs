//! The options of each command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::args::{DeclarationArgs, Optional, Other, RequestArgs, SecretArgs};
use crate::inbox::cli::InboxCommand;

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
    /// Show how a provider signs, and how far the facts can be trusted
    Provider(ProviderArgs),
    /// Print the JSON Schema of declarations, for editors and for other programs
    Schema,
    /// Verify a delivery
    Verify(VerifyArgs),
    /// Find out why a delivery does not verify: tries the known mistakes
    Explain(ExplainArgs),
    /// Find out which providers a captured request fits, best first
    Identify(IdentifyArgs),
    /// Sign a delivery as a provider would
    Sign(SignArgs),
    /// Receive deliveries, and print those that are genuine
    Listen(ListenArgs),
    /// Look into a durable inbox; replay, discard and purge what is in it
    #[command(subcommand)]
    Inbox(InboxCommand),
    /// Play the founding providers against axum and actix, over HTTP, and a durable inbox that is killed
    Demo(DemoArgs),
    /// The process that `demo` kills
    #[command(hide = true)]
    DemoReceiver(DemoReceiverArgs),
}

#[derive(Args)]
pub(crate) struct ProvidersArgs {
    /// Print the declarations, as an array
    #[arg(long)]
    pub(crate) json: bool,
    /// Print the table of the README
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
}

#[derive(Args)]
pub(crate) struct ProviderArgs {
    /// Slug of the provider, for instance `stripe`
    pub(crate) slug: String,
    /// Print the declaration, as `--scheme` reads it
    #[arg(long)]
    pub(crate) json: bool,
}

/// Exits with 0 if the delivery is accepted, 1 if it is rejected, 2 if the question makes no sense.
#[derive(Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) declaration: DeclarationArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// Accept timestamps this far from `--at`, both ways [default: the provider's]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) tolerance: Option<u64>,
    /// Print the verdict as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Exits with 0 if the delivery is accepted as it is, 1 if it is not, 2 if the question makes no sense.
#[derive(Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) declaration: DeclarationArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    #[command(flatten)]
    pub(crate) others: SecretArgs<Other>,
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// Accept timestamps this far from `--at`, both ways [default: the provider's]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) tolerance: Option<u64>,
    /// Print the explanation as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// With a secret, the providers that it verifies for come first. Exits with 1 if the request fits nobody.
#[derive(Args)]
pub(crate) struct IdentifyArgs {
    #[command(flatten)]
    pub(crate) secrets: SecretArgs<Optional>,
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// Print the providers as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Prints one `name: value` a line, as curl reads it:
/// `countersign sign … | curl -H @- --data-binary @body.json URL`
#[derive(Args)]
pub(crate) struct SignArgs {
    #[command(flatten)]
    pub(crate) declaration: DeclarationArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// Id of the delivery, where it is a header [default: a new one, where it is signed]
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) id: Option<String>,
    /// Type of the event, where it is a header
    #[arg(long, value_name = "TYPE", allow_hyphen_values = true)]
    pub(crate) event_type: Option<String>,
    /// Print the headers as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Prints each accepted delivery to standard output, as one line of JSON, and what is rejected to standard error.
/// Ends with ctrl-c.
#[derive(Args)]
pub(crate) struct ListenArgs {
    #[command(flatten)]
    pub(crate) declaration: DeclarationArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    /// Where to listen; port 0 is a free one
    #[arg(long, default_value = "127.0.0.1:3000")]
    pub(crate) addr: String,
    /// Path of the endpoint [default: /webhooks/SLUG]
    #[arg(long, value_parser = path)]
    pub(crate) path: Option<String>,
    /// Public origin of this receiver, for providers that sign the URL: https://hooks.example.com
    #[arg(long, value_name = "URL", value_parser = origin)]
    pub(crate) public_url: Option<String>,
    /// The token that the provider was given for its handshake (Meta, Strava, …)
    #[arg(long, value_name = "TOKEN")]
    pub(crate) verify_token: Option<String>,
    /// Answer handshakes that prove nothing, by echoing them (Dropbox, Microsoft Graph, Okta, …)
    #[arg(long)]
    pub(crate) echo: bool,
    /// Accept timestamps this far from now, both ways [default: the provider's]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) tolerance: Option<u64>,
    /// Print for people instead
    #[arg(long)]
    pub(crate) pretty: bool,
}

/// Exits with 1 if any answer is not the expected one.
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// Print every request and its answers as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct DemoReceiverArgs {
    /// The file of the inbox
    pub(crate) file: PathBuf,
    /// The time in Unix seconds
    pub(crate) now: i64,
}

/// A path, with nothing in it that a router takes for a pattern.
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
