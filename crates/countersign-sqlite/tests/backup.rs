//! Tests of copies of a store in use.

mod common;

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use common::{Sqlite, event};
use countersign_inbox::{EventState, Fenced, Filter, Finish, Inbox, OpsStore};
use countersign_sqlite::{BackupError, SqliteStore};
use rusqlite::Connection;

#[test]
fn a_copy_made_while_events_are_stored_holds_all_that_were_stored_before_it_began() {
    let sqlite = Sqlite::new();
    for id in 0..200 {
        sqlite.accept(&id.to_string());
    }
    let done = &sqlite.claim(1)[0];
    sqlite.finish(done, &Finish::Done);
    let (copy, is_over) = (sqlite.folder.path().join("copy.db"), AtomicBool::new(false));
    let (backup, during) = thread::scope(|scope| {
        let writes = scope.spawn(|| {
            let mut during = 0;
            while !is_over.load(Ordering::Relaxed) {
                sqlite.ok(sqlite.store().accept(event(&format!("during {during}"))));
                during += 1;
            }
            during
        });
        let backup = sqlite.block_on(sqlite.store().backup_to(&copy));
        is_over.store(true, Ordering::Relaxed);
        (backup, writes.join().unwrap())
    });
    backup.unwrap();
    assert_eq!(sqlite.count(), 200 + during);
    let restored = SqliteStore::open(&copy).unwrap();
    let filter = Filter::default();
    let count = sqlite.ok(restored.count(&filter));
    assert!((200..=200 + during).contains(&count), "{count} of {during}");
    let shown = sqlite.ok(restored.show(done.event.id)).unwrap();
    assert_eq!((shown.summary.state, shown.body), (EventState::Done, Some(event("0").body)));
}

/// Copied by an operator over another connection, under load, and restored as documented.
#[test]
fn a_restored_copy_holds_what_was_acknowledged_before_it_and_its_fences_go_on() {
    let sqlite = Sqlite::new();
    let before: Vec<_> = (0..300).map(|id| sqlite.accept(&id.to_string())).collect();
    let held = sqlite.claim(1)[0].lease;
    let (copy, is_over) = (sqlite.folder.path().join("copy.db"), AtomicBool::new(false));
    let operator = SqliteStore::attach(sqlite.path()).unwrap();
    let last_fence = thread::scope(|scope| {
        let work = scope.spawn(|| {
            let (mut last, mut nth) = (held.fence(), 0);
            while !is_over.load(Ordering::Relaxed) {
                sqlite.ok(sqlite.store().accept(event(&format!("during {nth}"))));
                let leased = &sqlite.claim(1)[0];
                sqlite
                    .finish(leased, &Finish::Retry { after: Default::default(), error: "again".to_owned() });
                (last, nth) = (leased.lease.fence(), nth + 1);
            }
            last
        });
        sqlite.block_on(operator.backup_to(&copy)).unwrap();
        is_over.store(true, Ordering::Relaxed);
        work.join().unwrap()
    });
    drop(operator);
    let path = sqlite.path();
    let (folder, clock) = sqlite.close();
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::rename(format!("{}{suffix}", path.display()), format!("{}.old{suffix}", path.display()));
    }
    fs::copy(&copy, &path).unwrap();
    let sqlite = Sqlite::in_folder(folder, clock, |builder| builder);
    let check = Connection::open(&path).unwrap();
    assert_eq!(check.query_row("PRAGMA integrity_check", (), |row| row.get::<_, String>(0)).unwrap(), "ok");
    sqlite.ok(sqlite.store().probe());
    for id in before {
        assert!(sqlite.ok(sqlite.store().show(id)).unwrap().body.is_some());
    }
    let leased = sqlite.claim(1000);
    assert!(leased.len() >= 300);
    assert!(leased.iter().all(|leased| leased.lease.fence() > last_fence), "{last_fence}");
    let stale = sqlite.ok(Inbox::finish(&*sqlite.store(), &held, &Finish::Done));
    assert_eq!(stale, Fenced::Stale);
}

#[test]
fn a_file_that_is_there_is_not_replaced_and_what_fails_leaves_nothing_behind() {
    let sqlite = Sqlite::new();
    let copy = sqlite.folder.path().join("copy.db");
    fs::write(&copy, "precious").unwrap();
    let error = sqlite.block_on(sqlite.store().backup_to(&copy)).unwrap_err();
    assert!(matches!(error, BackupError::Exists { .. }), "{error}");
    assert_eq!(fs::read(&copy).unwrap(), b"precious");
    let nowhere = sqlite.folder.path().join("missing").join("copy.db");
    let error = sqlite.block_on(sqlite.store().backup_to(&nowhere)).unwrap_err();
    assert!(matches!(error, BackupError::Io(_)), "{error}");
    assert!(
        fs::read_dir(sqlite.folder.path())
            .unwrap()
            .all(|file| { !file.unwrap().file_name().to_string_lossy().contains("partial") })
    );
}
