//! `countersign inbox restore`

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use countersign_sqlite::SqliteStore;

use crate::args::StoreUrl;
use crate::error::CliError;
use crate::{Outcome, output};

#[derive(Args)]
#[command(after_help = "\
Stop the server and consoles before, and start them afterwards: a file that a process has open is not replaced. The
backup is checked first, and stays as it is; the file that was there is kept under another name. What was handled since
the backup is handled again if it is sent again, and what was stored since is not there. For PostgreSQL, use pg_restore.")]
pub(crate) struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FROM")]
    pub(crate) from: PathBuf,
    /// `sqlite:PATH`: the file that the server uses
    #[arg(long, value_name = "STORE", env = "COUNTERSIGN_STORE", hide_env_values = true)]
    pub(crate) store: OsString,
}

pub(super) fn run(args: &RestoreArgs) -> Result<Outcome, CliError> {
    let path = match StoreUrl::parse(&args.store)? {
        StoreUrl::Sqlite(path) => path,
        StoreUrl::Postgres(_) => {
            let otherwise = "PostgreSQL has tools of its own for backups: use pg_restore";
            return Err(CliError::Usage(otherwise.to_owned()));
        }
    };
    let (from, to) = (args.from.display(), path.display());
    let kept = SqliteStore::restore(&args.from, &path);
    let kept = kept.map_err(CliError::store(format!("cannot restore {from} to {to}")))?;
    output::line(&format!("{to} holds what {from} does: start the server"))?;
    if let Some(kept) = kept {
        output::line(&format!("the replaced file was kept as {}", kept.display()))?;
    }
    Ok(Outcome::Fine)
}
