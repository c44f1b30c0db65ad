//! `countersign inbox restore`

use countersign_sqlite::SqliteStore;

use super::cli::RestoreArgs;
use crate::args::StoreUrl;
use crate::error::CliError;
use crate::{Outcome, output};

pub(super) fn run(args: &RestoreArgs) -> Result<Outcome, CliError> {
    let path = match StoreUrl::parse(&args.to)? {
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
