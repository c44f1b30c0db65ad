use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign_inbox::InboxStore;
use countersign_sqlite::SqliteStore;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

use crate::table::Table;
use crate::{floor, inbox, peers};

pub(crate) async fn run(folder: &Path, time: Duration, rounds: usize) {
    let mut table = Table::default();
    let commits = Commits::start();
    for _ in 0..rounds {
        let folder = tempfile::tempdir_in(folder).expect("a folder to write to");
        let folder = folder.path();
        table.add("fdatasync", floor::fdatasync(folder, time));

        let store = open(folder.join("inbox.db"), true);
        table.add("accept, 1 in flight", inbox::accept(&store, 1, time).await);
        commits.take();
        let rate = inbox::accept(&store, 256, time).await;
        table.add("accept, 256 in flight", rate);
        table.add("fsyncs, 256 in flight", commits.take() / time.as_secs_f64());
        let events = rate * time.as_secs_f64();
        table.add("duplicates, 256 in flight", inbox::duplicates(&store, 256, time).await);
        // Only the fsyncs of the events that are sent again.
        table.add("fsyncs of duplicates, beyond the 1,000 of their events", commits.take() - 1000.0);
        // As many as were accepted by 256 in this time.
        table.add("claim to done", inbox::work(&store, events as u64).await);
        drop(store);

        let store = open(folder.join("unsynced.db"), false);
        table.add("accept, 256 in flight, synchronous=OFF", inbox::accept(&store, 256, time).await);
        drop(store);

        table.add("plain rusqlite insert", peers::plain_insert(folder, time));
        table.add("apalis-sqlite push, 1 in flight", peers::apalis(folder, 1, time).await);
        table.add("apalis-sqlite push, 256 in flight", peers::apalis(folder, 256, time).await);
    }
    table.print();
    table.ratio("accept, 1 in flight", "fdatasync");
    table.ratio("accept, 256 in flight", "accept, 256 in flight, synchronous=OFF");
    table.ratio("duplicates, 256 in flight", "accept, 256 in flight");
    table.ratio("claim to done", "accept, 256 in flight");
    table.ratio("accept, 256 in flight", "fsyncs, 256 in flight");
    table.ratio("accept, 1 in flight", "plain rusqlite insert");
    table.ratio("accept, 256 in flight", "plain rusqlite insert");
    table.ratio("accept, 1 in flight", "apalis-sqlite push, 1 in flight");
    table.ratio("accept, 256 in flight", "apalis-sqlite push, 256 in flight");
}

fn open(path: impl AsRef<Path>, synced: bool) -> Arc<dyn InboxStore> {
    let builder = SqliteStore::builder(path.as_ref());
    let builder = if synced { builder } else { builder.insecure_unsynced_commits() };
    Arc::new(builder.open().expect("a folder to write to"))
}

/// Counts commits that wait for the disk.
struct Commits(Snapshotter);

impl Commits {
    fn start() -> Self {
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        recorder.install().expect("the only recorder");
        Self(snapshotter)
    }

    /// Returns the number since the last call.
    fn take(&self) -> f64 {
        let all = self.0.snapshot().into_vec();
        let count = all.into_iter().filter_map(|(key, _, _, value)| match value {
            DebugValue::Histogram(values) if key.key().name() == FSYNC => Some(values.len()),
            _ => None,
        });
        count.sum::<usize>() as f64
    }
}

/// The metric of the store.
const FSYNC: &str = "webhook.fsync.duration";
