//! The options of `countersign check-scheme`.

use std::path::PathBuf;

use clap::Args;

use crate::args::{Optional, Public, SecretArgs, label};

/// Prints for each part of a request whether the signature covers it and how, and what weakens the declaration. Then signs a
/// sample request, verifies it, and verifies copies of it: one for each part, which is changed. A part that the declaration
/// covers must be refused once it is changed.
#[derive(Args)]
#[command(
    after_help = "Exits with 0 if the round trip passed, 1 if it did not, 2 if the declaration cannot work.\n\n\
    With --json: {\"ok\", \"provider\", \"parts\": [{\"part\", \"at\", \"is_signed\", \"how\", \"changed\"}, …], \"warnings\": [text, …], \
    \"not_made\": reason or null,\n\"trials\": [{\"sent\", \"expected\", \"answered\", \"ok\"}, …]}."
)]
pub(crate) struct CheckSchemeArgs {
    /// The declaration, in TOML or JSON
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// A parameter that the declaration leaves open; may be repeated [default: a sample value]
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = label)]
    pub(super) parameters: Vec<(String, String)>,
    #[command(flatten)]
    pub(super) secrets: SecretArgs<Optional>,
    #[command(flatten)]
    pub(super) public: SecretArgs<Public>,
    /// Type of the event in the sample request [default: one that the declaration allows]
    #[arg(long, value_name = "TYPE")]
    pub(super) event: Option<String>,
    /// Exit with 1 if there are warnings
    #[arg(long)]
    pub(super) deny_warnings: bool,
    /// Print the result as one line of JSON
    #[arg(long)]
    pub(super) json: bool,
}
