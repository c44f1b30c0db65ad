//! Tests of the conditions for opening a file, and of the errors.

mod common;

use std::error::Error;
use std::fs;
use std::process;

use common::{Sqlite, TTL, event};
use countersign_inbox::{
    Action, AttemptNote, Change, Claim, Durability, EventState, Fenced, Filter, Finish, InboxStore, OpsStore,
    Page,
};
use countersign_sqlite::{OpenError, SqliteStore};
use rusqlite::Connection;

#[test]
fn a_second_owner_is_refused_with_the_name_of_the_first() {
    let sqlite = Sqlite::new();
    let refused = SqliteStore::open(sqlite.path()).unwrap_err();
    assert!(
        matches!(&refused, OpenError::Owned { pid: Some(pid), .. } if *pid == process::id()),
        "{refused}"
    );
    #[cfg(unix)]
    {
        let other = sqlite.folder.path().join("other name.db");
        std::os::unix::fs::symlink(sqlite.path(), &other).unwrap();
        assert!(matches!(SqliteStore::open(&other), Err(OpenError::Owned { .. })));
    }
    let path = sqlite.path();
    let (_folder, _) = sqlite.close();
    SqliteStore::open(path).unwrap();
}

#[test]
fn an_operator_works_beside_the_owner_and_leaves_its_leases_alone() {
    let sqlite = Sqlite::new();
    for id in ["dead", "running"] {
        sqlite.accept(id);
    }
    let [dead, running] = sqlite.claim(2).try_into().unwrap();
    sqlite.finish(&dead, &Finish::Dead { error: "broken".to_owned() });
    let operator = SqliteStore::attach(sqlite.path()).unwrap();
    let [counted] = sqlite.ok(operator.stats()).sources.try_into().unwrap();
    assert_eq!((counted.ready, counted.running, counted.done, counted.dead), (0, 1, 0, 1));
    let change = Change::new(Action::Replay, Filter::default(), "alice");
    assert_eq!(sqlite.ok(operator.change(&change)).ids, [dead.event.id]);
    let claimed = sqlite.claim(10);
    assert_eq!(claimed.iter().map(|leased| leased.event.id).collect::<Vec<_>>(), [dead.event.id]);
    assert!(claimed[0].lease.fence() > dead.lease.fence());
    sqlite.finish(&running, &Finish::Done);
    let shown = sqlite.ok(operator.show(running.event.id)).unwrap();
    assert_eq!(shown.summary.state, EventState::Done);
    drop(operator);
    // Nothing ends with the operator.
    sqlite.finish(&claimed[0], &Finish::Done);
    let audit = sqlite.ok(sqlite.store().audit(None, Page::first(10)));
    assert_eq!(audit.iter().map(|entry| entry.actor.as_str()).collect::<Vec<_>>(), ["alice"]);
}

#[test]
fn what_the_last_owner_left_running_is_due_at_once_and_its_leases_are_stale() {
    let sqlite = Sqlite::new();
    sqlite.accept("evt");
    let left = sqlite.claim(1);
    let Claim::Acquired { lease, .. } = sqlite.ask(1) else { panic!("it is new") };
    let sqlite = sqlite.restart(0);
    let again = sqlite.claim(1);
    assert_eq!((again.len(), again[0].attempt), (1, 2));
    assert_eq!(
        sqlite.ok(InboxStore::finish(&*sqlite.store(), &left[0].lease, &Finish::Done, AttemptNote::NONE)),
        Fenced::Stale
    );
    let Claim::Acquired { lease: second, .. } = sqlite.ask(1) else { panic!("it is not held") };
    assert!(second.fence() > lease.fence());
    sqlite.finish(&again[0], &Finish::Done);
}

#[test]
fn what_was_done_stays_done_over_a_restart() {
    let sqlite = Sqlite::new();
    let id = sqlite.accept("evt");
    sqlite.finish(&sqlite.claim(1)[0], &Finish::Done);
    let sqlite = sqlite.restart(TTL.as_millis() as i64);
    assert_eq!(
        sqlite.ok(sqlite.store().accept(event("evt"))),
        countersign_inbox::Accepted::Duplicate { id, state: EventState::Done, same_body: true }
    );
    assert_eq!(sqlite.claim(1).len(), 0);
}

#[test]
fn commits_wait_for_the_disk_unless_that_is_turned_off() {
    let sqlite = Sqlite::new();
    assert_eq!(InboxStore::durability(&*sqlite.store()), Durability::Fsync);
    let insecure = Sqlite::with(|builder| builder.insecure_unsynced_commits());
    assert_eq!(InboxStore::durability(&*insecure.store()), Durability::Relaxed);
}

#[test]
fn a_folder_that_is_missing_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let refused = SqliteStore::open(folder.path().join("not mounted").join("inbox.db")).unwrap_err();
    assert!(
        matches!(&refused, OpenError::NoFolder { folder } if folder.ends_with("not mounted")),
        "{refused}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn files_of_others_and_of_later_releases_are_refused_and_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE users(name)").unwrap();
    let text = folder.path().join("text.db");
    fs::write(&text, "some text that is long enough to be no header of a database".repeat(20)).unwrap();
    let later = folder.path().join("later.db");
    drop(SqliteStore::open(&later).unwrap());
    Connection::open(&later).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let before = [&foreign, &text].map(|path| fs::read(path).unwrap());
    for attach in [false, true] {
        let open =
            |path| if attach { SqliteStore::attach(path).err() } else { SqliteStore::open(path).err() };
        assert!(matches!(open(&foreign), Some(OpenError::NotOurs)), "{attach}");
        let refused = open(&text).unwrap();
        assert!(
            refused.source().is_some_and(|cause| cause.to_string().contains("not a database")),
            "{refused}"
        );
        assert!(matches!(open(&later), Some(OpenError::TooNew { required: 99, known: 17.. })), "{attach}");
    }
    assert_eq!([&foreign, &text].map(|path| fs::read(path).unwrap()), before);
}

#[test]
fn an_operator_does_not_make_stores() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("inbox.db");
    assert!(matches!(SqliteStore::attach(&missing), Err(OpenError::Io { .. })));
    assert!(!missing.exists());
    fs::write(&missing, "").unwrap();
    assert!(matches!(SqliteStore::attach(&missing), Err(OpenError::Empty)));
}

#[cfg(unix)]
#[test]
fn what_is_stored_is_the_business_of_one_user() {
    use std::os::unix::fs::PermissionsExt;
    let sqlite = Sqlite::new();
    sqlite.accept("evt");
    for file in fs::read_dir(sqlite.folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{file:?}");
    }
}
