//! The options of `countersign listen`.

use clap::Args;

use crate::args::{DeclarationArgs, SecretArgs};

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
