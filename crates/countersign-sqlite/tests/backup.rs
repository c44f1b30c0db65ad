//! Copies of a store that is in use.

mod common;

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use common::{Sqlite, event};
use countersign_inbox::{EventState, Filter, Finish, Inbox, OpsStore};
use countersign_sqlite::{BackupError, SqliteStore};

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
