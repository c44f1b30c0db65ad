//! Checks that a file has one owner, whatever its path is, and that an owner whose file was replaced reports it.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use common::{Sqlite, event};
use countersign_inbox::{Filter, InboxStore, OpsStore, PauseChange, StoreError};
use countersign_sqlite::{OpenError, SqliteStore};
use rusqlite::Connection;
use tokio::runtime::{Builder, Runtime};

#[test]
fn a_file_with_two_names_is_refused_under_both() {
    let sqlite = Sqlite::new();
    let other = sqlite.folder.path().join("other name.db");
    fs::hard_link(sqlite.path(), &other).unwrap();
    assert!(matches!(SqliteStore::open(&other), Err(OpenError::Linked { .. })));
    assert!(matches!(SqliteStore::attach(&other), Err(OpenError::Linked { .. })));
    // An open store continues, but is not ready.
    sqlite.accept("evt");
    let error = sqlite.err(sqlite.store().probe());
    assert!(cause(&error).contains("second name"), "{error:?}");
    fs::remove_file(&other).unwrap();
    sqlite.ok(sqlite.store().probe());
    fs::hard_link(sqlite.path(), &other).unwrap();
    let path = sqlite.path();
    let (_folder, _) = sqlite.close();
    assert!(matches!(SqliteStore::open(&path), Err(OpenError::Linked { .. })));
}

#[test]
fn a_lock_file_that_was_removed_lets_no_second_owner_in() {
    let sqlite = Sqlite::new();
    sqlite.accept("evt");
    fs::remove_file(sqlite.folder.path().join("inbox.db.lock")).unwrap();
    assert!(matches!(SqliteStore::open(sqlite.path()), Err(OpenError::Owned { .. })));
    sqlite.accept("another");
    let (folder, _) = sqlite.close();

    let mut child = start(folder.path(), &[]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while lines.next().unwrap().unwrap() != "opened" {}
    let path = folder.path().join("inbox.db");
    fs::remove_file(folder.path().join("inbox.db.lock")).unwrap();
    for _ in 0..3 {
        assert!(matches!(SqliteStore::open(&path), Err(OpenError::Owned { .. })));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    SqliteStore::open(&path).unwrap();
}

#[test]
fn a_file_that_is_deleted_or_replaced_is_unavailable_at_once_and_what_it_held_is_saved() {
    for replacement in [None, Some("an empty file"), Some("another store")] {
        let sqlite = Sqlite::new();
        let stored: Vec<_> = (0..50).map(|id| sqlite.accept(&id.to_string())).collect();
        let path = sqlite.path();
        let new = sqlite.folder.path().join("new.db");
        match replacement {
            None => fs::remove_file(&path).unwrap(),
            Some("an empty file") => fs::write(&new, "").unwrap(),
            Some(_) => drop(SqliteStore::open(&new).unwrap()),
        }
        if replacement.is_some() {
            fs::rename(&new, &path).unwrap();
        }
        for operation in
            [sqlite.store().probe(), Box::pin(async { sqlite.store().accept(event("new")).await.map(drop) })]
        {
            let error = sqlite.err(operation);
            assert!(cause(&error).contains("was replaced or deleted"), "{replacement:?}: {error:?}");
        }
        let rescued = fs::read_dir(sqlite.folder.path()).unwrap().map(|file| file.unwrap().path());
        let rescued: Vec<_> = rescued.filter(|path| path.to_string_lossy().contains("rescued")).collect();
        let [rescued] = rescued.as_slice() else { panic!("{replacement:?}: {rescued:?}") };
        assert_holds(&sqlite, rescued, stored.len());
        if replacement == Some("another store") {
            let file = Connection::open(&path).unwrap();
            let count =
                file.query_row("SELECT count(*) FROM wh_event", [], |row| row.get::<_, i64>(0)).unwrap();
            assert_eq!(count, 0, "nothing was written to what came in its place");
        }
    }
}

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

#[test]
fn a_file_that_was_moved_away_is_whole_there_and_goes_on_when_it_is_back() {
    let sqlite = Sqlite::new();
    let stored = (0..50).map(|id| sqlite.accept(&id.to_string())).collect::<Vec<_>>().len();
    let elsewhere = sqlite.folder.path().join("elsewhere.db");
    fs::rename(sqlite.path(), &elsewhere).unwrap();
    sqlite.err(sqlite.store().probe());
    let copy = tempfile::tempdir().unwrap();
    fs::copy(&elsewhere, copy.path().join("inbox.db")).unwrap();
    assert_holds(&sqlite, &copy.path().join("inbox.db"), stored);
    fs::rename(&elsewhere, sqlite.path()).unwrap();
    sqlite.ok(sqlite.store().probe());
    sqlite.accept("another");
    let sqlite = sqlite.restart(0);
    assert_eq!(sqlite.count(), stored as u64 + 1);
}

#[test]
fn a_log_or_its_index_that_is_deleted_stops_the_store_and_the_file_holds_everything() {
    for suffix in ["-wal", "-shm"] {
        let sqlite = Sqlite::new();
        let stored = (0..50).map(|id| sqlite.accept(&id.to_string())).collect::<Vec<_>>().len();
        fs::remove_file(format!("{}{suffix}", sqlite.path().display())).unwrap();
        let error = sqlite.err(sqlite.store().accept(event("new")));
        assert!(cause(&error).contains(suffix), "{error:?}");
        // As after a kill.
        let copy = tempfile::tempdir().unwrap();
        fs::copy(sqlite.path(), copy.path().join("inbox.db")).unwrap();
        assert_holds(&sqlite, &copy.path().join("inbox.db"), stored);
        let sqlite = sqlite.restart(0);
        assert!(sqlite.count() >= stored as u64);
        sqlite.accept("another");
    }
}

#[test]
fn an_owner_that_was_followed_by_another_writes_nothing_more() {
    let sqlite = Sqlite::new();
    sqlite.accept("evt");
    let file = Connection::open(sqlite.path()).unwrap();
    file.execute("UPDATE wh_meta SET value = value + 1 WHERE name = 'owner'", ()).unwrap();
    let error = sqlite.err(sqlite.store().accept(event("new")));
    assert!(cause(&error).contains("taken the file over"), "{error:?}");
    sqlite.err(sqlite.store().probe());
    assert_eq!(sqlite.count(), 1);
}

/// Runs in a mount namespace of its own, if this user may create one.
#[test]
fn a_mounted_file_is_refused_and_a_mounted_folder_has_one_owner() {
    let may_mount = Command::new("unshare").args(["-m", "true"]).output();
    if !may_mount.is_ok_and(|output| output.status.success()) {
        eprintln!("NOT TESTED: this user may not make a mount namespace, so nothing was mounted");
        return;
    }
    let sqlite = Sqlite::new();
    sqlite.accept("evt");
    let view = tempfile::tempdir().unwrap();
    let bind = |from: &Path, to: &Path| format!("mount --bind '{}' '{}' && ", from.display(), to.display());
    let said = |mut child: Child| {
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        child.wait().unwrap();
        said
    };
    // The folder.
    let words = said(start(view.path(), &[bind(sqlite.folder.path(), view.path())]));
    assert!(words.contains("refused Owned"), "{words}");
    // The file alone.
    let other = view.path().join("inbox.db");
    fs::write(&other, "").unwrap();
    let words = said(start(view.path(), &[bind(&sqlite.path(), &other)]));
    assert!(words.contains("refused Mounted"), "{words}");
    let (folder, _) = sqlite.close();
    let words = said(start(view.path(), &[bind(&folder.path().join("inbox.db"), &other)]));
    assert!(words.contains("refused Mounted"), "{words}");
}

/// The other process: this test, started again by the others.
#[test]
fn child() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    match SqliteStore::open(PathBuf::from(folder).join("inbox.db")) {
        Ok(store) => {
            println!("\nopened");
            loop {
                std::thread::park();
                let _ = store.path();
            }
        }
        Err(error) => println!("\nrefused {error:?}"),
    }
}

fn start(folder: &Path, mounts: &[String]) -> Child {
    let itself = env::current_exe().unwrap();
    let mut command = if mounts.is_empty() {
        Command::new(itself)
    } else {
        let mut command = Command::new("unshare");
        command.args(["-m", "sh", "-c", &format!("{}exec \"$0\" \"$@\"", mounts.concat())]).arg(itself);
        command
    };
    command
        .args(["--exact", "child", "--nocapture", "--test-threads=1", "--quiet"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// Returns the runtime of an operator in another process than the store's.
fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

fn move_log(sqlite: &Sqlite) {
    let file = Connection::open(sqlite.path()).unwrap();
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(())).unwrap();
}

fn assert_lost(sqlite: &Sqlite) {
    for operation in
        [sqlite.store().probe(), Box::pin(async { sqlite.store().accept(event("new")).await.map(drop) })]
    {
        let error = sqlite.err(operation);
        assert!(cause(&error).contains("was replaced or deleted"), "{error:?}");
    }
}

fn assert_holds(sqlite: &Sqlite, path: &Path, events: usize) {
    let store = SqliteStore::open(path).unwrap();
    // Unacknowledged events may be present, too.
    assert!(sqlite.ok(store.count(&Filter::default())).number >= events as u64);
    for id in 0..events {
        let mut filter = Filter::default();
        filter.external_id = Some(id.to_string());
        assert_eq!(sqlite.ok(store.count(&filter)).number, 1, "{id}");
    }
}

fn cause(error: &StoreError) -> String {
    std::error::Error::source(error).unwrap().to_string()
}

const FOLDER: &str = "COUNTERSIGN_SQLITE_IDENTITY_CHILD";
