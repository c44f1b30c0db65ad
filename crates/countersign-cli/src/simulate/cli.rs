//! The options of `countersign simulate`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, value_parser};

use crate::args::{FaultArgs, LoadArgs, SenderArgs, SubscriptionArg, label, rate, subscription};

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
    /// One more endpoint, and what it subscribes to: 'URL events=audit.*,letter.ready secret-env=VARIABLE partner=acme', with all
    /// but the URL optional; may be repeated
    #[arg(long, value_name = "URL …", value_parser = subscription, conflicts_with_all = ["load", "api"])]
    pub(crate) subscription: Vec<SubscriptionArg>,
    /// Publish the events of this partner, which subscriptions select with partner=NAME; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with_all = ["load", "replay"])]
    pub(crate) partner: Vec<String>,
    /// Write the operations queue to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) save_failed: Option<PathBuf>,
    /// Send the events of this file, which --save-failed wrote
    #[arg(long, value_name = "FILE", conflicts_with_all = ["event", "values", "load"])]
    pub(crate) replay: Option<PathBuf>,
    /// Serve the subscription API of Proxiant at this address, instead of sending to --to; port 0 selects a free one
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["load", "replay", "recover", "subscribe", "only"])]
    pub(crate) api: Option<SocketAddr>,
    /// At the end, enable a disabled endpoint again, and send what it missed
    #[arg(long, conflicts_with = "load")]
    pub(crate) recover: bool,
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

fn speed(text: &str) -> Result<f64, &'static str> {
    let speed = text.parse::<f64>().ok().filter(|speed| (1.0..=1e9).contains(speed));
    speed.ok_or("expected a number from 1 to 1000000000")
}
