//! Tests of full disks: no unstored event is acknowledged, and the store continues when there is room again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::sync::Arc;

#[cfg(target_os = "linux")]
use common::disk::{Mounted, fill_up};
use common::disk::{fill, large};
use common::{Sqlite, event};
use countersign_inbox::{
    Accepted, Action, Change, Claim, EventState, Filter, Finish, InboxStore, OpsStore, StoreError,
};
use countersign_sqlite::SqliteStore;

#[test]
fn a_file_that_may_not_grow_refuses_until_something_is_deleted() {
    let sqlite = Sqlite::with(|builder| builder.with_max_size(1024 * 1024));
    let stored = fill(&sqlite);
    assert!(stored > 50, "{stored}");
    assert_eq!(sqlite.count(), stored);
    // Operations without a need for room continue: stored events are handled, and duplicates are answered.
    let duplicate = sqlite.ok(sqlite.store().accept(large(0)));
    assert!(matches!(duplicate, Accepted::Duplicate { state: EventState::Ready, .. }), "{duplicate:?}");
    let leased = sqlite.claim(20);
    assert_eq!(leased.len(), 20);
    for leased in &leased {
        sqlite.finish(leased, &Finish::Done);
    }
    let purge = Change::new(Action::Purge, Filter::default(), "me");
    assert_eq!(sqlite.ok(sqlite.store().change(&purge)).ids.len(), 20);
    sqlite.ok(sqlite.store().probe());
    assert!(fill(&sqlite) > 5);
    assert!(sqlite.count() > stored - 20);
}

/// In one group, the neighbours of an operation that does not fit are either stored or not acknowledged.
#[test]
fn of_what_is_refused_nothing_is_there_and_of_what_is_acked_everything() {
    let sqlite = Sqlite::with(|builder| builder.with_max_size(2 * 1024 * 1024));
    let store = sqlite.store();
    let answers: Vec<_> = sqlite.block_on(async {
        let accepts = (0..400).map(|id| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { (id, store.accept(large(id)).await.is_ok()) })
        });
        let mut answers = Vec::new();
        for accept in accepts.collect::<Vec<_>>() {
            answers.push(accept.await.unwrap());
        }
        answers
    });
    let acked = answers.iter().filter(|(_, is_acked)| *is_acked).count();
    assert!((1..400).contains(&acked), "{acked}");
    assert_eq!(sqlite.count(), acked as u64);
    for (id, is_acked) in answers {
        let mut filter = Filter::default();
        filter.external_id = Some(id.to_string());
        assert_eq!(sqlite.ok(store.count(&filter)).number, u64::from(is_acked), "{id}");
    }
}

/// Uses a full disk where this process may mount a small one. The cases above hold everywhere.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_refuses_until_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mounted) = Mounted::new(folder.path(), "4m") else {
        eprintln!("NOT TESTED: this user may not mount a small disk");
        return;
    };
    let filler = folder.path().join("filler");
    let sqlite = Sqlite::in_folder(folder, Arc::new(common::ManualClock::new()), |builder| builder);
    std::fs::write(&filler, vec![1; 1024 * 1024]).unwrap();
    let stored = fill(&sqlite);
    assert_eq!(sqlite.count(), stored);
    assert!(matches!(sqlite.err(sqlite.store().accept(large(9_999))), StoreError::Unavailable(_)));
    std::fs::remove_file(filler).unwrap();
    let Claim::Acquired { .. } = sqlite.ask(1) else { panic!("there is room") };
    sqlite.ok(sqlite.store().accept(event("small")));
    let (folder, clock) = sqlite.close();
    let sqlite = Sqlite::in_folder(folder, clock, |builder| builder);
    assert_eq!(sqlite.count(), stored + 1);
    let (folder, _) = sqlite.close();
    drop(mounted);
    drop(folder);
}

/// A process that starts while the disk is full opens the store, loses nothing, and can make room.
#[cfg(target_os = "linux")]
#[test]
fn a_store_opens_on_a_full_disk_and_what_is_purged_makes_room() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mounted) = Mounted::new(folder.path(), "8m") else {
        eprintln!("NOT TESTED: this user may not mount a small disk");
        return;
    };
    std::fs::write(folder.path().join("ballast"), vec![1; 2 * 1024 * 1024]).unwrap();
    let sqlite = Sqlite::in_folder(folder, Arc::new(common::ManualClock::new()), |builder| builder);
    let stored = fill(&sqlite);
    // If there is room for it.
    let _ = sqlite.block_on(sqlite.store().claim_due(&common::claim_request(20)));
    // As after a kill: the log is not moved, and running events stay running.
    let copy = tempfile::tempdir().unwrap();
    for suffix in ["", "-wal"] {
        let name = format!("inbox.db{suffix}");
        std::fs::copy(sqlite.folder.path().join(&name), copy.path().join(&name)).unwrap();
    }
    let (folder, clock) = sqlite.close();
    for suffix in ["", "-wal"] {
        let name = format!("inbox.db{suffix}");
        let _ = std::fs::remove_file(folder.path().join(&name));
        if std::fs::copy(copy.path().join(&name), folder.path().join(&name)).is_err() {
            panic!("{name} was there before");
        }
    }
    fill_up(folder.path());
    let sqlite = Sqlite::in_folder(folder, clock, |builder| builder);
    assert_eq!(sqlite.count(), stored, "nothing is lost");
    assert!(matches!(sqlite.err(sqlite.store().accept(large(9_999))), StoreError::Unavailable(_)));
    sqlite.err(sqlite.store().probe());
    assert!(purge(&sqlite, &*sqlite.store()) > 0);
    sqlite.ok(sqlite.store().accept(event("small")));
    let (folder, _) = sqlite.close();
    drop(mounted);
    drop(folder);
}

/// A store that was closed has no index of its log any more. With the reserve there is room for one.
#[cfg(target_os = "linux")]
#[test]
fn a_store_that_was_closed_opens_on_a_full_disk() {
    for is_attached in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let Some(mounted) = Mounted::new(folder.path(), "12m") else {
            eprintln!("NOT TESTED: this user may not mount a small disk");
            return;
        };
        let sqlite = Sqlite::in_folder(folder, Arc::new(common::ManualClock::new()), |builder| builder);
        for id in 0..20 {
            sqlite.ok(sqlite.store().accept(large(id)));
        }
        let (folder, clock) = sqlite.close();
        let of = |suffix: &str| folder.path().join(format!("inbox.db{suffix}"));
        std::fs::remove_file(of(".lock")).unwrap();
        fill_up(folder.path());
        assert!(!of("-shm").exists() && !of("-wal").exists(), "the log was moved");
        assert!(std::fs::metadata(of(".reserve")).unwrap().len() > 500_000);
        if is_attached {
            SqliteStore::attach(of("")).unwrap();
        }
        let sqlite = Sqlite::in_folder(folder, clock, |builder| builder);
        assert_eq!(sqlite.count(), 20, "nothing is lost");
        assert_eq!(purge(&sqlite, &*sqlite.store()), 20);
        sqlite.ok(sqlite.store().accept(event("small")));
        let (folder, _) = sqlite.close();
        drop(mounted);
        drop(folder);
    }
}

/// The disk stays full: nothing is freed but by the purge itself.
#[cfg(target_os = "linux")]
#[test]
fn a_purge_has_room_on_a_full_disk_and_events_are_stored_in_the_room_it_makes() {
    // With an older SQLite, the owner alone may move the log, and a purge of another process waits for that.
    let both = rusqlite::version_number() >= 3_051_003;
    for is_attached in if both { &[false, true][..] } else { &[false] } {
        let is_attached = *is_attached;
        let folder = tempfile::tempdir().unwrap();
        let Some(mounted) = Mounted::new(folder.path(), "12m") else {
            eprintln!("NOT TESTED: this user may not mount a small disk");
            return;
        };
        let sqlite = Sqlite::in_folder(folder, Arc::new(common::ManualClock::new()), |builder| builder);
        let reserve = sqlite.folder.path().join("inbox.db.reserve");
        sqlite.accept("first");
        assert!(std::fs::metadata(&reserve).unwrap().len() > 500_000);
        let ballast = sqlite.folder.path().join("ballast");
        std::fs::write(&ballast, vec![1; 4 * 1024 * 1024]).unwrap();
        assert!(fill(&sqlite) > 100);
        let filler = fill_up(sqlite.folder.path());
        for round in 0..4 {
            assert!(matches!(sqlite.err(sqlite.store().accept(large(9_999))), StoreError::Unavailable(_)));
            let stored = sqlite.count();
            let purged = if is_attached {
                purge(&sqlite, &SqliteStore::attach(sqlite.path()).unwrap())
            } else {
                purge(&sqlite, &*sqlite.store())
            };
            assert_eq!((round, sqlite.count(), purged as u64), (round, 0, stored));
            assert_eq!(std::fs::metadata(&reserve).unwrap().len(), 0, "the space is in use");
            let again = fill(&sqlite);
            assert!(again > 50, "{round}: {again} of {stored}");
            // Stored events are handled on the full disk.
            let leased = sqlite.claim(10);
            assert_eq!(leased.len(), 10);
            leased.iter().for_each(|leased| sqlite.finish(leased, &Finish::Done));
        }
        std::fs::remove_file(filler).unwrap();
        std::fs::remove_file(ballast).unwrap();
        sqlite.accept("last");
        assert!(std::fs::metadata(&reserve).unwrap().len() > 500_000, "there is room again");
        assert!(fill(&sqlite) > 100);
        let (folder, _) = sqlite.close();
        drop(mounted);
        drop(folder);
    }
}

/// Purges everything that waits, and returns the number of events.
#[cfg(target_os = "linux")]
fn purge(sqlite: &Sqlite, ops: &dyn OpsStore) -> usize {
    let change = |action| {
        let mut change = Change::new(action, Filter::default(), "me");
        change.limit = usize::MAX;
        sqlite.ok(ops.change(&change)).ids.len()
    };
    change(Action::Discard);
    change(Action::Purge)
}
