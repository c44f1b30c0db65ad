//! `countersign inbox backup`

use super::cli::BackupArgs;
use super::store;
use crate::error::CliError;
use crate::{Outcome, output};

pub(super) async fn run(args: &BackupArgs) -> Result<Outcome, CliError> {
    let otherwise = "PostgreSQL has tools of its own for backups: use pg_dump or pg_basebackup";
    let file = store::open_file(&args.store, otherwise)?;
    let to = args.to.display();
    file.backup_to(&args.to).await.map_err(CliError::store(format!("cannot copy to {to}")))?;
    output::line(&format!("{to} holds everything that was stored"))?;
    Ok(Outcome::Fine)
}
