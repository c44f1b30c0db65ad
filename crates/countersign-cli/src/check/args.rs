//! The options of `countersign check` that describe the deliveries.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::args::assignment;

/// The event that is sent.
#[derive(Args)]
pub(crate) struct EventArgs {
    /// Type of the event that is sent [default: the first of the simulated provider]
    #[arg(long, value_name = "TYPE")]
    pub(crate) event: Option<String>,
    /// Body of an event that the receiver handles: id, type and time in it are replaced
    #[arg(long, value_name = "FILE")]
    pub(crate) body: Option<PathBuf>,
    /// A value in the body: data.total=12.50, /data/total=12.50; may be repeated
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = assignment, conflicts_with = "body")]
    pub(crate) values: Vec<(String, Value)>,
}

/// The parts of handshakes that the receiver knows.
#[derive(Args, Clone)]
pub(crate) struct HandshakeArgs {
    /// The token that the receiver expects in a handshake (Meta, Strava, …)
    #[arg(long, value_name = "TOKEN")]
    pub(crate) verify_token: Option<String>,
    /// The receiver answers unauthenticated handshakes (Dropbox, Microsoft Graph, Okta, …)
    #[arg(long)]
    pub(crate) echo: bool,
    /// An origin that the receiver allows in handshakes (CloudEvents)
    #[arg(long, value_name = "HOST")]
    pub(crate) handshake_origin: Option<String>,
    /// A setting of the receiver that its answers contain (Fastly's `service_id`); may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    pub(crate) setting: Vec<(String, String)>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("has no `=`")?;
    Ok((name.to_owned(), value.to_owned()))
}
