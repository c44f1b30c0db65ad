use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use countersign_inbox::InboxStore;
use countersign_postgres::PostgresStore;
use countersign_sqlite::SqliteStore;

/// The store of the events.
#[derive(Clone, Eq, PartialEq)]
pub enum StoreUrl {
    /// One machine: a file.
    Sqlite(PathBuf),
    /// Many machines: a database.
    Postgres(String),
}

/// Opens the file, or connects to the database. An application needs only one of the two.
///
/// # Errors
///
/// The error of the store.
pub async fn open(url: &StoreUrl) -> Result<Arc<dyn InboxStore>, Box<dyn Error>> {
    Ok(match url {
        StoreUrl::Sqlite(path) => {
            let path = path.clone();
            // Opening a file blocks, so it runs on a blocking thread.
            Arc::new(tokio::task::spawn_blocking(|| SqliteStore::open(path)).await??)
        }
        StoreUrl::Postgres(url) => Arc::new(PostgresStore::connect(url).await?),
    })
}

impl FromStr for StoreUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("sqlite", rest)) => match rest.strip_prefix("//").unwrap_or(rest) {
                "" | ":memory:" => Err("give the path of a file: sqlite:PATH"),
                path => Ok(Self::Sqlite(path.into())),
            },
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                Ok(Self::Postgres(text.to_owned()))
            }
            Some(("redis" | "rediss", _)) => Err(
                "Redis remembers which deliveries were handled, and keeps no events: there is no inbox in it; use \
                 sqlite:PATH or postgres://…, or the example `dedupe`, which handles events before it answers",
            ),
            _ if text == "memory" => Err(
                "events are acknowledged when they are stored, and memory ends with the process: they would be lost; \
                 use sqlite:PATH or postgres://…",
            ),
            _ => Err("expected sqlite:PATH or postgres://…"),
        }
    }
}

impl fmt::Debug for StoreUrl {
    /// Omits the URL, which may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.debug_struct("Postgres").finish_non_exhaustive(),
        }
    }
}
