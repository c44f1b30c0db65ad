//! The options of `countersign demo`.

use std::path::PathBuf;

use clap::Args;

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
