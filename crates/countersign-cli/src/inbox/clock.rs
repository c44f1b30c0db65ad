//! `countersign inbox accept-clock`

use clap::Args;

use super::store;
use crate::args::StoreArgs;
use crate::error::CliError;
use crate::{Outcome, output};

#[derive(Args)]
#[command(after_help = "\
A file keeps the latest time that a server has seen. A server whose clock is hours behind it, or days ahead, stores and
handles events, deletes nothing, and is not ready. Set the clock and restart the server; use this command if the clock
is right, and the one before was not. The server notices by itself. PostgreSQL has a clock of its own.")]
pub(crate) struct AcceptClockArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
}

pub(super) async fn run(args: &AcceptClockArgs) -> Result<Outcome, CliError> {
    let file =
        store::open_file(&args.store, "PostgreSQL has a clock of its own: there is nothing to accept")?;
    let accepted = file.accept_clock().await.map_err(CliError::store("cannot accept the clock"))?;
    let (text, outcome) = match accepted {
        Some(seconds) => {
            (format!("accepted: the clock is {seconds} s off the latest time in the file"), Outcome::Fine)
        }
        None => ("no server has found its clock to be off".to_owned(), Outcome::Negative),
    };
    output::line(&text)?;
    Ok(outcome)
}
