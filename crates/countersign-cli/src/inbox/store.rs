//! Opening the store that an option names.

use std::io;
use std::path::Path;
use std::sync::Arc;

use countersign_inbox::OpsStore;
use countersign_sqlite::SqliteStore;

use crate::args::StoreUrl;
use crate::error::CliError;

/// The operator's side of a store, beside the server that works on it.
pub(super) async fn open(url: &StoreUrl) -> Result<Arc<dyn OpsStore>, CliError> {
    match url {
        StoreUrl::Sqlite(path) => sqlite(path),
        StoreUrl::Postgres(url) => postgres(url).await,
    }
}

/// A file that is there: who looks into an inbox does not make one.
fn sqlite(path: &Path) -> Result<Arc<dyn OpsStore>, CliError> {
    let shown = path.display();
    match path.try_exists() {
        Ok(true) => {}
        Ok(false) => {
            let source = io::Error::new(io::ErrorKind::NotFound, "is it the path that the server uses?");
            return Err(CliError::io(format!("{shown} is not there"))(source));
        }
        Err(source) => return Err(CliError::unreadable(path)(source)),
    }
    let store = SqliteStore::attach(path).map_err(CliError::store(format!("cannot open {shown}")))?;
    Ok(Arc::new(store))
}

async fn postgres(_: &str) -> Result<Arc<dyn OpsStore>, CliError> {
    let cure = "this program was built without PostgreSQL: build it with the feature `postgres`";
    Err(CliError::Usage(cure.to_owned()))
}
