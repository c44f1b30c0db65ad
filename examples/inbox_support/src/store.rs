use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use countersign_inbox::{InboxStore, OpsStore};
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

/// An open store. An application needs only one of the two kinds.
#[derive(Clone)]
pub struct Store {
    /// For the receiving side and for the worker.
    pub inbox: Arc<dyn InboxStore>,
    /// For the metrics of the backlog.
    pub ops: Arc<dyn OpsStore>,
}

impl Store {
    /// Opens the file, or connects to the database.
    ///
    /// # Errors
    ///
    /// The error of the store.
    pub async fn open(url: &StoreUrl) -> Result<Self, Box<dyn Error>> {
        Ok(match url {
            StoreUrl::Sqlite(path) => {
                let path = path.clone();
                // Opening a file blocks, so it runs on a blocking thread.
                Self::of(tokio::task::spawn_blocking(|| SqliteStore::open(path)).await??)
            }
            StoreUrl::Postgres(url) => Self::of(PostgresStore::connect(url).await?),
        })
    }

    fn of<S: InboxStore + OpsStore>(store: S) -> Self {
        let store = Arc::new(store);
        Self { inbox: store.clone(), ops: store }
    }
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

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("durability", &self.inbox.durability()).finish_non_exhaustive()
    }
}
