//! `countersign inbox backup`

use std::path::PathBuf;

use clap::Args;

use super::store;
use crate::args::StoreArgs;
use crate::error::CliError;
use crate::{Outcome, output};

#[derive(Args)]
#[command(after_help = "\
The server goes on meanwhile. The copy holds all that was acknowledged before the command began, in one file; it is there
when it is complete and on the disk.

To restore it: stop the server, run `countersign inbox restore`, start the server. For PostgreSQL, use pg_dump or
pg_basebackup.")]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// The new file; an existing one is not replaced
    #[arg(value_name = "TO")]
    pub(crate) to: PathBuf,
}

pub(super) async fn run(args: &BackupArgs) -> Result<Outcome, CliError> {
    let otherwise = "PostgreSQL has tools of its own for backups: use pg_dump or pg_basebackup";
    let file = store::open_file(&args.store, otherwise)?;
    let to = args.to.display();
    file.backup_to(&args.to).await.map_err(CliError::store(format!("cannot copy to {to}")))?;
    output::line(&format!("{to} holds everything that was stored"))?;
    Ok(Outcome::Fine)
}
