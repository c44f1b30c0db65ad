//! `countersign schema`

use countersign::Provider;

use crate::Outcome;
use crate::error::CliError;
use crate::output;

pub(crate) fn run() -> Result<Outcome, CliError> {
    output::json_for_files(&Provider::json_schema())?;
    Ok(Outcome::Fine)
}
