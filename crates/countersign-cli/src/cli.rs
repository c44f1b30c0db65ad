//! The options of each command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, value_parser};
use countersign::Proof;

use crate::args::{
    DeclarationArgs, FaultArgs, LoadArgs, Optional, Other, RequestArgs, SecretArgs, SenderArgs, label, rate,
};
use crate::check::cli::CheckArgs;
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

#[derive(Args)]
pub(crate) struct ProvidersArgs {
    /// Print the declarations, as an array
    #[arg(long)]
    pub(crate) json: bool,
    /// Print docs/providers.md
    #[arg(long, conflicts_with_all = ["json", "grep", "tier", "signed_id"])]
    pub(crate) docs: bool,
    /// List the declarations that contain this text in slug, name, source, notes, header or signed content; case is ignored
    #[arg(long, value_name = "TEXT")]
    pub(crate) grep: Option<String>,
    /// List the declarations with this proof: sdk, vectors, page, secondary or memory; may be repeated
    #[arg(long, value_name = "PROOF", value_parser = proof)]
    pub(crate) tier: Vec<Proof>,
    /// List the declarations whose signature covers the id
    #[arg(long)]
    pub(crate) signed_id: bool,
}

fn proof(text: &str) -> Result<Proof, String> {
    let known = Proof::ALL.map(|proof| proof.to_string());
    Proof::ALL
        .into_iter()
        .find(|proof| proof.to_string() == text)
        .ok_or_else(|| format!("expected one of {}", known.join(", ")))
}

#[derive(Args)]
pub(crate) struct ProviderArgs {
    /// Slug of the provider, for example `stripe`
    #[arg(required_unless_present = "scheme")]
    pub(crate) slug: Option<String>,
    /// A declaration of your own, in TOML or JSON
    #[arg(long, value_name = "FILE", conflicts_with = "slug")]
    pub(crate) scheme: Option<PathBuf>,
    /// Print the declaration in the format of `--scheme`
    #[arg(long)]
    pub(crate) json: bool,
}

/// Prints a module with an `EventCatalog` and the types of its events, made of a JSON Schema, of the webhooks and callbacks
/// of OpenAPI, or of the messages of AsyncAPI. The same document always makes the same module, formatted as rustfmt does.
/// The module uses `countersign`, `serde` and `serde_json`; fields that the schema does not have are ignored.
#[derive(Args)]
pub(crate) struct TypesArgs {
    /// The document, in JSON or YAML
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: PathBuf,
    /// Write these events only: a type, or TYPE=/pointer for data whose schema is there in the document; may be repeated
    #[arg(long, value_name = "TYPE[=/POINTER]")]
    pub(crate) event: Vec<String>,
    /// Take the places of type and data from this provider of the catalogue
    #[arg(long, value_name = "SLUG")]
    pub(crate) provider: Option<String>,
    /// Place of the type in a body, whose schema names it [default: that of the provider, or `/type` and its like]
    #[arg(long, value_name = "/POINTER", value_parser = pointer)]
    pub(crate) type_at: Option<String>,
    /// Place of the data in a body; empty for all of it [default: that of the provider, or all of it]
    #[arg(long, value_name = "/POINTER", value_parser = pointer)]
    pub(crate) data: Option<String>,
    /// Place of the type in an operation, a message or a schema: /x-github/subcategory
    #[arg(long, value_name = "/POINTER", value_parser = pointer)]
    pub(crate) name_at: Option<String>,
    /// Name of the catalogue
    #[arg(long, value_name = "NAME", default_value = "Events", value_parser = type_name)]
    pub(crate) name: String,
    /// Trust the schema: required fields are there and not null, and points in time are texts
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Exits with 0 if the delivery is accepted, 1 if it is rejected, 2 if the options are invalid.
#[derive(Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) declaration: DeclarationArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// Accept timestamps within this many seconds of `--at`, in both directions [default: the provider's]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) tolerance: Option<u64>,
    /// Print the verdict as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Exits with 0 if the unchanged delivery is accepted, 1 if it is not, 2 if the options are invalid.
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
    /// Accept timestamps within this many seconds of `--at`, in both directions [default: the provider's]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) tolerance: Option<u64>,
    /// Print the explanation as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// With a secret, the providers for which it verifies come first. Exits with 1 if the request fits no provider.
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

/// Prints one `name: value` per line, the format that curl reads:
/// `countersign sign … | curl -H @- --data-binary @body.json URL`
#[derive(Args)]
pub(crate) struct SignArgs {
    #[command(flatten)]
    pub(crate) declaration: DeclarationArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// Id of the delivery, if it is a header [default: a new one, if it is signed]
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) id: Option<String>,
    /// Type of the event, if it is a header
    #[arg(long, value_name = "TYPE", allow_hyphen_values = true)]
    pub(crate) event_type: Option<String>,
    /// Print the headers as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Sends to this machine only, unless a host is allowed. The body has id, type and timestamp where the provider has them, and
/// small sample data. Exits with 0 if the response is 2xx, 1 if it is not, 2 if the options are invalid.
#[derive(Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct TriggerArgs {
    /// Slug of the provider, for example `stripe`
    #[arg(required_unless_present = "scheme")]
    pub(crate) provider: Option<String>,
    /// Type of the event, for example `invoice.paid`
    pub(crate) event: String,
    #[command(flatten)]
    pub(crate) sender: SenderArgs,
    /// Id of the delivery [default: a new one]
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) id: Option<String>,
    /// Print the response as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Sends to this machine only, unless a host is allowed. Preflix, Redpin, PrintPrice and Proxiant send the events of their script
/// and retry as their pages say; other providers send a sample event, with the retries of their declaration. What is given up
/// is in the operations queue, which is printed. Exits with 0 if each event was acknowledged, 1 if not, 2 if the options are
/// invalid.
#[derive(Args)]
pub(crate) struct SimulateArgs {
    /// Slug of the provider, for example `preflix`
    #[arg(required_unless_present = "scheme")]
    pub(crate) provider: Option<String>,
    #[command(flatten)]
    pub(crate) sender: SenderArgs,
    /// Type of an event; may be repeated [default: the script of the provider, or a sample]
    #[arg(long, value_name = "TYPE")]
    pub(crate) event: Vec<String>,
    /// The number of times that the script or the events are sent
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = value_parser!(u32).range(1..=100_000))]
    pub(crate) count: u32,
    /// Events per unit of simulated time: 10/s, 5/min, 2/h, 1/d
    #[arg(long, default_value = "10/s", value_parser = rate)]
    pub(crate) rate: f64,
    /// The largest number of requests at the same time [default: 8, or 64 for a load]
    #[arg(long, value_name = "NUMBER", value_parser = value_parser!(u16).range(1..=1024))]
    pub(crate) concurrency: Option<u16>,
    /// Let the clock of the provider run this many times as fast: at 1000, an hour takes 3.6 s
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,
    /// The seed of ids, data and faults; the same one repeats a run [default: another one each time]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// Subscribe to these types only: audit.completed, audit.*; may be repeated
    #[arg(long, value_name = "TYPE")]
    pub(crate) subscribe: Vec<String>,
    /// Subscribe to events with this top-level value only: event_version=2, environment=sandbox; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = label)]
    pub(crate) only: Vec<(String, String)>,
    /// Write the operations queue to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) save_failed: Option<PathBuf>,
    /// Send the events of this file, which --save-failed wrote
    #[arg(long, value_name = "FILE", conflicts_with_all = ["event", "values", "load"])]
    pub(crate) replay: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) faults: FaultArgs,
    #[command(flatten)]
    pub(crate) load: LoadArgs,
    /// Print each attempt, too
    #[arg(long)]
    pub(crate) attempts: bool,
    /// Print the result as one line of JSON, with each attempt
    #[arg(long)]
    pub(crate) json: bool,
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

/// Exits with 1 if any response differs from the expected one.
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// Print every request and its responses as one line of JSON
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

fn speed(text: &str) -> Result<f64, &'static str> {
    let speed = text.parse::<f64>().ok().filter(|speed| (1.0..=1e9).contains(speed));
    speed.ok_or("expected a number from 1 to 1000000000")
}

fn pointer(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.starts_with('/') {
        Ok(text.to_owned())
    } else {
        Err("a JSON pointer starts with `/`")
    }
}

fn type_name(text: &str) -> Result<String, &'static str> {
    let is_name = text.starts_with(|letter: char| letter.is_ascii_uppercase())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric());
    if is_name { Ok(text.to_owned()) } else { Err("the name of a Rust type is expected, such as `Events`") }
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
