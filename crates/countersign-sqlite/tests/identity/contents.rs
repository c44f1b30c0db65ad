//! Content that is written over a file, its log or the index of the log.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use countersign_inbox::{Filter, InboxStore, OpsStore, PauseChange};
use countersign_sqlite::SqliteStore;
use rusqlite::Connection;

use crate::common::Sqlite;
use crate::{assert_lost, cause, move_log, runtime};

/// `cp copy.db inbox.db` keeps the file and changes its content: the log of the old content would damage the new one.
#[test]
fn a_file_that_is_written_over_is_unavailable_at_once_and_the_new_content_stays_as_it_is() {
    for deletes_log in [false, true] {
        let sqlite = Sqlite::new();
        let stored = (0..50).map(|id| sqlite.accept(&id.to_string())).collect::<Vec<_>>().len();
        let copy = sqlite.folder.path().join("copy.db");
        sqlite.block_on(sqlite.store().backup_to(&copy)).unwrap();
        for id in 100..200 {
            sqlite.accept(&id.to_string());
        }
        // It is truncated first, and its inode is the same.
        fs::copy(&copy, sqlite.path()).unwrap();
        if deletes_log {
            for suffix in ["-wal", "-shm"] {
                fs::remove_file(format!("{}{suffix}", sqlite.path().display())).unwrap();
            }
        }
        assert_lost(&sqlite);
        assert!(fs::read(sqlite.path()).unwrap() == fs::read(&copy).unwrap(), "nothing was written to it");
        let sqlite = sqlite.restart(0);
        let file = Connection::open(sqlite.path()).unwrap();
        let found: String = file.query_row("PRAGMA integrity_check", (), |row| row.get(0)).unwrap();
        assert_eq!((found.as_str(), sqlite.count()), ("ok", stored as u64));
        sqlite.accept("another");
    }
}

/// The numbers that SQLite keeps in a file were the same in any two stores with the same tables.
#[test]
fn a_plain_copy_of_another_store_or_of_this_one_is_noticed_when_it_is_written_over_the_file() {
    for is_own in [false, true] {
        let sqlite = Sqlite::new();
        sqlite.accept("before");
        let copy = sqlite.folder.path().join("copy.db");
        let other = Sqlite::new();
        let from = if is_own { &sqlite } else { &other };
        // A copy of the other store is longer than the file.
        for id in 0..if is_own { 50 } else { 500 } {
            from.accept(&format!("copied {id}"));
        }
        move_log(from);
        fs::copy(from.path(), &copy).unwrap();
        for id in 0..200 {
            sqlite.accept(&format!("after {id}"));
        }
        move_log(&sqlite);
        sqlite.ok(sqlite.store().probe());
        fs::copy(&copy, sqlite.path()).unwrap();
        assert_lost(&sqlite);
        let path = sqlite.path();
        let (_folder, _) = sqlite.close();
        assert!(fs::read(path).unwrap() == fs::read(&copy).unwrap(), "nothing was written to it");
    }
}

/// The log keeps its inode, and so do acknowledged events in it only if it is whole.
#[test]
fn a_log_or_its_index_that_is_written_over_stops_the_store_before_the_next_answer() {
    type Case<'a> = (&'a str, &'a dyn Fn(&Path, &[u8]), Option<usize>);
    let open = |path: &Path| fs::OpenOptions::new().write(true).open(path).unwrap();
    let cases: [Case<'_>; 4] = [
        ("-wal", &|path, _| open(path).set_len(0).unwrap(), None),
        ("-wal", &|path, _| open(path).set_len(fs::metadata(path).unwrap().len() / 2).unwrap(), None),
        ("-wal", &|path, older| fs::write(path, older).unwrap(), None),
        ("-shm", &|path, older| open(path).write_all_at(older, 0).unwrap(), Some(60)),
    ];
    for (nth, (suffix, replace, left)) in cases.into_iter().enumerate() {
        let sqlite = Sqlite::new();
        let path = PathBuf::from(format!("{}{suffix}", sqlite.path().display()));
        for id in 0..30 {
            sqlite.accept(&id.to_string());
        }
        let older = fs::read(&path).unwrap();
        for id in 30..60 {
            sqlite.accept(&id.to_string());
        }
        replace(&path, &older);
        assert_lost(&sqlite);
        let sqlite = sqlite.restart(0);
        assert!(left.is_none_or(|left| sqlite.count() == left as u64), "{nth}: {}", sqlite.count());
        let file = Connection::open(sqlite.path()).unwrap();
        let found: String = file.query_row("PRAGMA integrity_check", (), |row| row.get(0)).unwrap();
        assert_eq!(found, "ok", "{nth}");
        sqlite.accept("another");
    }
}

/// The log that an operator has open is that of the old content.
#[test]
fn an_operator_moves_no_log_into_a_file_that_was_written_over_and_shows_nothing_of_it() {
    for has_restarted in [false, true] {
        let sqlite = Sqlite::new();
        sqlite.accept("before");
        let copy = sqlite.folder.path().join("copy.db");
        sqlite.block_on(sqlite.store().backup_to(&copy)).unwrap();
        let operator = SqliteStore::attach(sqlite.path()).unwrap();
        let sqlite = if has_restarted { sqlite.restart(0) } else { sqlite };
        let path = sqlite.path();
        sqlite.accept("after");
        assert_eq!(sqlite.ok(operator.count(&Filter::default())).number, 2);
        let (_folder, _) = sqlite.close();
        let runtime = runtime();
        // This is in the log.
        assert!(runtime.block_on(operator.set_pause(&PauseChange::pause("orders", "ada"))).unwrap());
        fs::copy(&copy, &path).unwrap();
        let error = runtime.block_on(operator.count(&Filter::default())).unwrap_err();
        assert!(cause(&error).contains("was replaced or deleted"), "{error:?}");
        let error = runtime.block_on(operator.set_pause(&PauseChange::resume("orders", "ada"))).unwrap_err();
        assert!(cause(&error).contains("was replaced or deleted"), "{error:?}");
        drop(operator);
        assert!(fs::read(&path).unwrap() == fs::read(&copy).unwrap(), "nothing was written to it");
    }
}

#[test]
fn an_operator_shows_and_changes_nothing_of_a_file_whose_name_another_has_and_the_last_one_leaves_one_file() {
    let sqlite = Sqlite::new();
    sqlite.accept("before");
    let path = sqlite.path();
    let (folder, _) = sqlite.close();
    let new = folder.path().join("new.db");
    drop(SqliteStore::open(&new).unwrap());
    let runtime = runtime();
    let pause = PauseChange::pause("orders", "ada");
    let operator = SqliteStore::attach(&path).unwrap();
    assert!(runtime.block_on(operator.set_pause(&pause)).unwrap());
    drop(operator);
    assert!(!fs::exists(format!("{}-wal", path.display())).unwrap());
    let operator = SqliteStore::attach(&path).unwrap();
    fs::rename(&new, &path).unwrap();
    let before = fs::read(&path).unwrap();
    for error in [
        runtime.block_on(operator.stats()).map(drop).unwrap_err(),
        runtime.block_on(operator.set_pause(&pause)).map(drop).unwrap_err(),
    ] {
        assert!(cause(&error).contains("was replaced or deleted"), "{error:?}");
    }
    drop(operator);
    assert!(fs::read(&path).unwrap() == before);
}

/// The log is moved into the file at the first change, and must not be when the store is closed after the second.
#[test]
fn a_file_that_is_written_over_after_its_log_was_deleted_stays_as_it_is() {
    let sqlite = Sqlite::new();
    sqlite.accept("before");
    let copy = sqlite.folder.path().join("copy.db");
    sqlite.block_on(sqlite.store().backup_to(&copy)).unwrap();
    sqlite.accept("after");
    fs::remove_file(format!("{}-wal", sqlite.path().display())).unwrap();
    assert_lost(&sqlite);
    fs::copy(&copy, sqlite.path()).unwrap();
    assert_lost(&sqlite);
    let path = sqlite.path();
    let (_folder, _) = sqlite.close();
    assert!(fs::read(path).unwrap() == fs::read(&copy).unwrap(), "nothing was written to it");
}
