use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::{InboxStore, OpsStore};
use countersign_postgres::PostgresStore;
use countersign_sqlite::SqliteStore;
use countersign_test_servers::execute;
use tempfile::TempDir;

/// A store from both sides, with its files.
pub(crate) struct Store {
    pub(crate) name: &'static str,
    pub(crate) inbox: Arc<dyn InboxStore>,
    pub(crate) ops: Arc<dyn OpsStore>,
    pub(crate) files: Files,
}

/// The place of the stored data.
#[derive(Clone)]
pub(crate) enum Files {
    Folder(Arc<TempDir>),
    Database(String),
}

pub(crate) async fn open(postgres: Option<&str>) -> Store {
    let Some(url) = postgres else {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let store = SqliteStore::builder(folder.path().join("inbox.db"))
            .with_retention(IDS)
            .with_body_retention(BODIES)
            .open()
            .unwrap();
        let store = Arc::new(store);
        return Store { name: "sqlite", inbox: store.clone(), ops: store, files: Files::Folder(folder) };
    };
    let builder = PostgresStore::builder(url);
    let builder = builder.with_retention(IDS).with_body_retention(BODIES);
    let store = Arc::new(builder.connect().await.unwrap());
    Store { name: "postgres", inbox: store.clone(), ops: store, files: Files::Database(url.to_owned()) }
}

impl Files {
    /// Returns the size of all files, in bytes.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Folder(folder) => {
                let files = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
                files.map(|path: PathBuf| fs::metadata(path).map_or(0, |file| file.len())).sum()
            }
            Self::Database(url) => {
                execute(url, "SELECT pg_database_size(current_database())").parse().unwrap()
            }
        }
    }
}

/// Longer than the retry window of this program's provider.
const IDS: Duration = Duration::from_secs(150);
const BODIES: Duration = Duration::from_secs(60);
