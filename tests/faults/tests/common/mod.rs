//! A folder with a file of effects, and with the store for SQLite.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise, and not every one needs everything"
)]

use std::path::{Path, PathBuf};

use countersign_faults::{Effects, Provider, Setup};
use tempfile::TempDir;

pub struct Place {
    folder: TempDir,
    /// The folder of the store, if it is separate.
    disk: Option<PathBuf>,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), disk: None }
    }

    /// Creates a place with the store in another folder.
    pub fn on(disk: &Path) -> Self {
        Self { disk: Some(disk.to_owned()), ..Self::new() }
    }

    /// Returns the file of the store.
    pub fn file(&self) -> PathBuf {
        self.disk.as_deref().unwrap_or(self.folder.path()).join("inbox.db")
    }

    /// Returns the log of the store, which contains acknowledged events first.
    pub fn log(&self) -> PathBuf {
        self.file().with_extension("db-wal")
    }

    /// Returns a setup with SQLite.
    pub fn setup(&self) -> Setup {
        self.setup_with(&format!("sqlite:{}", self.file().display()))
    }

    pub fn setup_with(&self, store: &str) -> Setup {
        Setup::new(store, &self.folder.path().join("effects.jsonl"))
    }

    pub fn effects(&self) -> Effects {
        Effects::read(&self.folder.path().join("effects.jsonl"))
    }

    /// Asserts I1 and I2.
    #[track_caller]
    pub fn assert_handled(&self, provider: &Provider) {
        let effects = self.effects();
        effects.assert_no_overlap();
        let acknowledged = provider.acknowledged();
        assert!(!acknowledged.is_empty());
        for id in acknowledged {
            assert!(effects.times(&id) > 0, "{id} was acknowledged and never handled: {effects:#?}");
        }
    }
}

pub fn ids(name: &str, many: usize) -> Vec<String> {
    (0..many).map(|at| format!("{name}_{at}")).collect()
}
