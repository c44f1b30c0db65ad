use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::{AttemptNote, ClaimDue, Fenced, Finish, InboxStore, Leased};
#[cfg(feature = "postgres")]
use countersign_postgres::PostgresStore;
use countersign_sqlite::SqliteStore;
#[cfg(feature = "postgres")]
use countersign_test_servers::fresh_database;
use countersign_testkit::conformance::inbox::sample_event;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::support::{Ran, countersign, run_command};

/// A store that a server, this process, has open.
pub(super) struct Fixture {
    runtime: Runtime,
    store: Option<Arc<dyn InboxStore>>,
    url: String,
    _folder: Option<TempDir>,
}

impl Fixture {
    pub(super) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        let store = SqliteStore::open(&path).unwrap();
        let url = format!("sqlite:{}", path.display());
        Self { runtime: Runtime::new().unwrap(), store: Some(Arc::new(store)), url, _folder: Some(folder) }
    }

    #[cfg(feature = "postgres")]
    pub(super) fn postgres() -> Self {
        let (runtime, url) = (Runtime::new().unwrap(), fresh_database());
        let builder = PostgresStore::builder(&url);
        let builder = builder.with_acquire_timeout(PATIENCE).with_operation_timeout(PATIENCE);
        let store = runtime.block_on(builder.connect()).unwrap();
        Self { runtime, store: Some(Arc::new(store)), url, _folder: None }
    }

    /// Stops the server.
    pub(super) fn without_server(self) -> Self {
        Self { store: None, ..self }
    }

    fn store(&self) -> &dyn InboxStore {
        self.store.as_deref().unwrap()
    }

    /// Runs `countersign inbox` with the store in the environment.
    pub(super) fn inbox(&self, words: &str) -> Ran {
        run_command(self.command(words), b"")
    }

    pub(super) fn command(&self, words: &str) -> Command {
        let mut command = countersign();
        command.arg("inbox").args(words.split_whitespace()).env("COUNTERSIGN_STORE", &self.url);
        command
    }

    /// Stores this many events at `orders`.
    pub(super) fn receive(&self, count: usize) {
        for number in 1..=count {
            let event = sample_event("orders", &format!("evt_{number}"), format!(r#"{{"total":{number}}}"#));
            self.runtime.block_on(self.store().accept(event)).unwrap();
        }
    }

    /// Claims all due events, the oldest first.
    pub(super) fn claim(&self, max: usize) -> Vec<Leased> {
        let due = ClaimDue::new("orders", "worker-1", max, Duration::from_secs(600));
        self.runtime.block_on(self.store().claim_due(&due)).unwrap()
    }

    pub(super) fn end(&self, max: usize, finish: &Finish) {
        self.finish(self.claim(max), finish);
    }

    pub(super) fn finish(&self, claimed: Vec<Leased>, finish: &Finish) {
        let note = match finish {
            Finish::Dead { .. } => AttemptNote::NONE.with_code(500),
            _ => AttemptNote::NONE,
        };
        for leased in claimed {
            let ended = self.runtime.block_on(self.store().finish(&leased.lease, finish, note)).unwrap();
            assert_eq!(ended, Fenced::Ok(()));
        }
    }

    /// Makes this many events dead letters, the oldest first.
    pub(super) fn kill(&self, max: usize) {
        self.end(max, &Finish::Dead { error: "billing said 500".to_owned() });
    }
}

/// Long enough for a slow machine.
#[cfg(feature = "postgres")]
const PATIENCE: Duration = Duration::from_secs(60);
