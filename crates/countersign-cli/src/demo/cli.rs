//! The options of `countersign demo`.

use std::path::PathBuf;
#[cfg(feature = "console")]
use std::time::Duration;

use clap::Args;

/// Exits with 1 if any response differs from the expected one.
#[derive(Args)]
pub(crate) struct DemoArgs {
    /// Print every request and its responses as one line of JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Serve the operations page of an inbox that the providers send to, and print its address; the inbox is gone at the end
    #[cfg(feature = "console")]
    #[arg(long, conflicts_with = "json")]
    pub(crate) console: bool,
    /// With --console: end after this time, such as 10m [default: on ctrl-c]
    #[cfg(feature = "console")]
    #[arg(long = "for", value_name = "DURATION", value_parser = humantime::parse_duration, requires = "console")]
    pub(crate) time: Option<Duration>,
}

#[derive(Args)]
pub(crate) struct DemoReceiverArgs {
    /// The file of the inbox
    pub(crate) file: PathBuf,
    /// The time in Unix seconds
    pub(crate) now: i64,
}
