//! The options of `countersign listen`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::glob::Glob;
use crate::args::{DeclarationArgs, ResignWith, SecretArgs};
use crate::destination::{AllowHostArgs, ProtocolArgs};

/// Prints each accepted delivery to standard output as one line of JSON, and rejections to standard error. Stops on
/// ctrl-c.
#[derive(Args)]
pub(crate) struct ListenArgs {
    #[command(flatten)]
    pub(super) declaration: DeclarationArgs,
    #[command(flatten)]
    pub(super) secrets: SecretArgs,
    /// Address to listen on; port 0 selects a free one [default: 127.0.0.1:3000, or 127.0.0.1:4000 with --forward]
    #[arg(long)]
    pub(super) addr: Option<String>,
    /// Path of the endpoint [default: /webhooks/ and the name of the provider as given]
    #[arg(long, value_parser = path)]
    pub(super) path: Option<String>,
    /// Public origin of this receiver, for providers that sign the URL: https://hooks.example.com
    #[arg(long, value_name = "URL", value_parser = origin)]
    pub(super) public_url: Option<String>,
    /// The token that was given to the provider for its handshake (Meta, Strava, …)
    #[arg(long, value_name = "TOKEN")]
    pub(super) verify_token: Option<String>,
    /// Answer unauthenticated handshakes by echoing them (Dropbox, Microsoft Graph, Okta, …)
    #[arg(long)]
    pub(super) echo: bool,
    /// Accept timestamps within this many seconds of now, in both directions [default: the provider's]
    #[arg(long, value_name = "SECONDS")]
    pub(super) tolerance: Option<u64>,
    #[command(flatten)]
    pub(super) forward: ForwardArgs,
    /// Write each request to a file of this directory: a message of HTTP/1.1, with its signature
    #[arg(long, value_name = "DIR")]
    pub(super) record: Option<PathBuf>,
    /// Find the reason of each rejection, by trying known mistakes
    #[arg(long)]
    pub(super) explain: bool,
    /// Print in a format for people
    #[arg(long)]
    pub(super) pretty: bool,
    /// Show requests on the full screen: list, details, replay
    #[cfg(feature = "tui")]
    #[arg(long, conflicts_with = "pretty")]
    pub(super) tui: bool,
}

/// The app behind the command.
#[derive(Args)]
pub(super) struct ForwardArgs {
    /// Forward each accepted delivery to the app at this URL (unchanged, unless --as sets another form), and answer with its status
    #[arg(long = "forward", value_name = "URL")]
    pub(super) to: Option<String>,
    #[command(flatten)]
    pub(super) allowed: AllowHostArgs,
    #[command(flatten)]
    pub(super) protocol: ProtocolArgs,
    /// Forward events of these types only, and acknowledge others: invoice.*, push; may be repeated
    #[arg(long, value_name = "GLOB", value_delimiter = ',', value_parser = Glob::new, requires = "to")]
    pub(super) events: Vec<Glob>,
    #[command(flatten)]
    pub(super) resign_with: SecretArgs<ResignWith>,
    /// The public URL of the app, for providers that sign it [default: that of --forward]
    #[arg(long, value_name = "URL", requires = "resign-secrets")]
    pub(super) resign_url: Option<String>,
    /// The form in which deliveries are forwarded
    #[arg(long = "as", value_enum, default_value_t, requires = "to", conflicts_with = "resign-secrets")]
    pub(super) form: Form,
    /// Wait for a response of the app this long
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = humantime::parse_duration)]
    pub(super) timeout: Duration,
}

/// The form of forwarded deliveries.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(super) enum Form {
    /// As they were received
    #[default]
    Received,
    /// As events of CloudEvents 1.0, in structured mode
    Cloudevents,
}

impl ListenArgs {
    /// Returns whether the full screen is used.
    pub(super) const fn shows_screen(&self) -> bool {
        #[cfg(feature = "tui")]
        let shows = self.tui;
        #[cfg(not(feature = "tui"))]
        let shows = false;
        shows
    }
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
