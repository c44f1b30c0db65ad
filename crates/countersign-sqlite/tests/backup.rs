//! Tests of copies of a store in use.

mod common;

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use common::{Sqlite, event};
use countersign_inbox::{AttemptNote, EventState, Fenced, Filter, Finish, InboxStore, OpsStore};
use countersign_sqlite::{BackupError, OpenError, SqliteStore};
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
    let count = sqlite.ok(restored.count(&filter)).number;
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
    let last_event = sqlite.accept("the last");
    let (folder, clock) = sqlite.close();
    let kept = SqliteStore::restore(&copy, &path).unwrap().unwrap();
    let old = Connection::open(&kept).unwrap();
    let has_last = old.query_row("SELECT 1 FROM wh_event WHERE id = ?1", [last_event.get()], |_| Ok(()));
    assert_eq!(has_last, Ok(()));
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
    assert!(sqlite.accept("a new one") > last_event);
    let stale = sqlite.ok(InboxStore::finish(&*sqlite.store(), &held, &Finish::Done, AttemptNote::NONE));
    assert_eq!(stale, Fenced::Stale);
}

#[test]
fn a_file_that_is_owned_is_not_restored_and_a_copy_that_is_damaged_replaces_nothing() {
    let sqlite = Sqlite::new();
    for id in 0..100 {
        sqlite.accept(&id.to_string());
    }
    let path = sqlite.path();
    let [copy, damaged] = ["copy.db", "a damaged? copy.db"].map(|name| sqlite.folder.path().join(name));
    sqlite.block_on(sqlite.store().backup_to(&copy)).unwrap();
    let error = SqliteStore::restore(&copy, &path).unwrap_err();
    assert!(matches!(error, BackupError::Open(OpenError::Owned { .. })), "{error}");
    assert_eq!(sqlite.count(), 100);
    let (folder, clock) = sqlite.close();
    let mut bytes = fs::read(&copy).unwrap();
    // In a page of a B-tree, not of the table names.
    let end = bytes.len() - 16_384;
    bytes[end..].fill(7);
    fs::write(&damaged, bytes).unwrap();
    let error = SqliteStore::restore(&damaged, &path).unwrap_err();
    assert!(matches!(error, BackupError::Damaged { .. }), "{error}");
    for other in ["missing.db", "text.db"] {
        let other = folder.path().join(other);
        if other.ends_with("text.db") {
            fs::write(&other, "no database").unwrap();
        }
        assert!(SqliteStore::restore(&other, &path).is_err());
    }
    let sqlite = Sqlite::in_folder(folder, clock, |builder| builder);
    assert_eq!(sqlite.count(), 100);
    // To a path without a file.
    let fresh = sqlite.folder.path().join("fresh.db");
    assert_eq!(SqliteStore::restore(&copy, &fresh).unwrap(), None);
    let restored = SqliteStore::open(&fresh).unwrap();
    assert_eq!(sqlite.ok(restored.count(&Filter::default())).number, 100);
    let left = fs::read_dir(sqlite.folder.path()).unwrap().map(|file| file.unwrap().file_name());
    let left: Vec<_> = left.map(|name| name.into_string().unwrap()).collect();
    assert!(left.iter().all(|name| !name.contains("partial") && !name.starts_with("copy.db-")), "{left:?}");
}

/// Other users of a shared folder for backups can write to it.
#[cfg(unix)]
#[test]
fn a_link_at_the_name_of_the_unfinished_copy_is_not_followed_and_the_copy_is_private() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let sqlite = Sqlite::new();
    sqlite.accept("evt");
    let [copy, theirs] = ["copy.db", "theirs"].map(|name| sqlite.folder.path().join(name));
    fs::write(&theirs, "theirs").unwrap();
    fs::set_permissions(&theirs, fs::Permissions::from_mode(0o644)).unwrap();
    symlink(&theirs, sqlite.folder.path().join("copy.db.partial")).unwrap();
    sqlite.block_on(sqlite.store().backup_to(&copy)).unwrap();
    assert_eq!(fs::read(&theirs).unwrap(), b"theirs");
    let mode = fs::symlink_metadata(&copy).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
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
