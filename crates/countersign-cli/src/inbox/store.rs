//! Opening the store that an option names.

#[cfg(feature = "sqlite")]
use std::io;
use std::path::Path;
use std::sync::Arc;
#[cfg(feature = "postgres")]
use std::time::Duration;

use countersign_inbox::OpsStore;
#[cfg(feature = "postgres")]
use countersign_postgres::{OpenError, PostgresStore};
#[cfg(feature = "sqlite")]
use countersign_sqlite::{SqliteOps, SqliteStore};

use crate::args::{StoreArgs, StoreUrl};
use crate::error::CliError;

/// Opens the operator's view of a store, concurrently with the server that uses it.
pub(crate) async fn open(args: &StoreArgs) -> Result<Arc<dyn OpsStore>, CliError> {
    let url = args.url()?;
    match (&url, args.schema()) {
        (StoreUrl::Postgres(text), schema) => postgres(&url, text, schema).await,
        (StoreUrl::Sqlite(path), None) => in_file(path),
        (StoreUrl::Sqlite(_), Some(_)) => {
            Err(CliError::Usage("--schema: a file has no schemas, only PostgreSQL has".to_owned()))
        }
    }
}

#[cfg(feature = "sqlite")]
fn in_file(path: &Path) -> Result<Arc<dyn OpsStore>, CliError> {
    Ok(Arc::new(sqlite(path)?))
}

#[cfg(not(feature = "sqlite"))]
fn in_file(_: &Path) -> Result<Arc<dyn OpsStore>, CliError> {
    let cure = "this program was built without SQLite: build it with the feature `sqlite`";
    Err(CliError::Usage(cure.to_owned()))
}

/// Opens a store that must be a file. The error names the alternative.
#[cfg(feature = "sqlite")]
pub(super) fn open_file(args: &StoreArgs, otherwise: &str) -> Result<SqliteOps, CliError> {
    match args.url()? {
        StoreUrl::Sqlite(path) => sqlite(&path),
        StoreUrl::Postgres(_) => Err(CliError::Usage(otherwise.to_owned())),
    }
}

/// Opens an existing file: a command that reads an inbox does not create one.
#[cfg(feature = "sqlite")]
fn sqlite(path: &Path) -> Result<SqliteOps, CliError> {
    let shown = path.display();
    match path.try_exists() {
        Ok(true) => {}
        Ok(false) => {
            let source = io::Error::new(io::ErrorKind::NotFound, "is it the path that the server uses?");
            return Err(CliError::io(format!("{shown} is not there"))(source));
        }
        Err(source) => return Err(CliError::unreadable(path)(source)),
    }
    SqliteStore::attach(path).map_err(CliError::store(format!("cannot open {shown}")))
}

/// Opens existing tables.
#[cfg(feature = "postgres")]
async fn postgres(url: &StoreUrl, text: &str, schema: Option<&str>) -> Result<Arc<dyn OpsStore>, CliError> {
    let mut builder = PostgresStore::builder(text)
        .without_migrations()
        .with_max_connections(2)
        .with_operation_timeout(PATIENCE);
    if let Some(schema) = schema {
        builder = builder.with_schema(schema);
    }
    match builder.connect().await {
        Ok(store) => Ok(Arc::new(store)),
        Err(OpenError::Outdated { found: 0, .. }) => Err(CliError::Usage(format!(
            "there is no inbox in {url}: is it the database, and the --schema, that the server uses?"
        ))),
        Err(error @ OpenError::Url(_)) => Err(CliError::store(format!("cannot read {url}"))(error)),
        Err(error) => {
            let what = format!("cannot open {url} (does the server run there, and let this user in?)");
            Err(CliError::store(what)(error))
        }
    }
}

#[cfg(not(feature = "postgres"))]
async fn postgres(_: &StoreUrl, _: &str, _: Option<&str>) -> Result<Arc<dyn OpsStore>, CliError> {
    let cure = "this program was built without PostgreSQL: build it with the feature `postgres`";
    Err(CliError::Usage(cure.to_owned()))
}

/// Longer than a server's timeout, because no sender is waiting.
#[cfg(feature = "postgres")]
const PATIENCE: Duration = Duration::from_secs(30);
