//! The options of `countersign sign`.

use clap::Args;

use crate::args::{DeclarationArgs, RequestArgs, SecretArgs};

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
