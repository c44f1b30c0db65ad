//! `countersign inbox accept-clock`

use super::cli::AcceptClockArgs;
use super::store;
use crate::error::CliError;
use crate::{Outcome, output};

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
