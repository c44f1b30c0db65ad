//! A folder with a file of effects, and with a store where it is SQLite.

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
    /// Where the store is, if not in there.
    disk: Option<PathBuf>,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), disk: None }
    }

    /// With the store somewhere else.
    pub fn on(disk: &Path) -> Self {
        Self { disk: Some(disk.to_owned()), ..Self::new() }
    }

    /// Of the store.
    pub fn file(&self) -> PathBuf {
        self.disk.as_deref().unwrap_or(self.folder.path()).join("inbox.db")
    }

    /// Of the store: what is acked is there first.
    pub fn log(&self) -> PathBuf {
        self.file().with_extension("db-wal")
    }

    /// With SQLite.
    pub fn setup(&self) -> Setup {
        self.setup_with(&format!("sqlite:{}", self.file().display()))
    }

    pub fn setup_with(&self, store: &str) -> Setup {
        Setup::new(store, &self.folder.path().join("effects.jsonl"))
    }

    pub fn effects(&self) -> Effects {
        Effects::read(&self.folder.path().join("effects.jsonl"))
    }

    /// I1 and I2.
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
