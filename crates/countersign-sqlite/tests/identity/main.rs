//! Checks that a file has one owner, whatever its path is, and that an owner whose file was replaced reports it.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "../common/mod.rs"]
mod common;
mod contents;

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use common::{Sqlite, event};
use countersign_inbox::{Filter, InboxStore, OpsStore, StoreError};
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
