//! Tests that acknowledged events survive when a process is killed while it stores and handles events.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::{env, io};

use common::{Sqlite, event};
use countersign_inbox::{Accepted, AttemptNote, EventState, Fenced, Filter, Finish, InboxStore, OpsStore};
use countersign_sqlite::{OpenError, SqliteStore};
use countersign_testkit::conformance::inbox::InboxHarness;

#[test]
fn what_was_acked_before_a_kill_is_there_after_it() {
    let mut folder = tempfile::tempdir().unwrap();
    let (clock, mut acked) = (Arc::new(common::ManualClock::new()), Acked::default());
    for round in 0..ROUNDS {
        let mut child = start(folder.path());
        // At an arbitrary point.
        acked.read(&mut child, 40 + round * 7);
        child.kill().unwrap();
        child.wait().unwrap();
        let sqlite = Sqlite::in_folder(folder, clock.clone(), |builder| builder);
        acked.assert_is_in(&sqlite);
        (folder, _) = sqlite.close();
    }
    let sqlite = Sqlite::in_folder(folder, clock, |builder| builder);
    acked.assert_can_be_handled(&sqlite);
}

/// Data in the log after a crash may never have reached the disk, and a duplicate of it is acknowledged without a
/// commit.
#[test]
fn what_a_crash_left_in_the_log_is_on_the_disk_before_anything_is_acked() {
    let sqlite = Sqlite::new();
    sqlite.accept("evt");
    let survivors = |file: &str| {
        let folder = tempfile::tempdir().unwrap();
        // Without the log.
        std::fs::copy(sqlite.folder.path().join(file), folder.path().join("inbox.db")).unwrap();
        Sqlite::in_folder(folder, Arc::new(common::ManualClock::new()), |builder| builder).count()
    };
    assert_eq!(survivors("inbox.db"), 0);
    sqlite.crash();
    assert_eq!(survivors("crash-1.db"), 1);
}

#[test]
fn a_process_that_owns_the_file_keeps_others_out_until_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = start(folder.path());
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while !lines.next().unwrap().unwrap().starts_with("accepted") {}
    let path = folder.path().join("inbox.db");
    let refused = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(&refused, OpenError::Owned { pid: Some(pid), .. } if *pid == child.id()), "{refused}");
    assert!(refused.to_string().contains(&format!("process {}", child.id())));
    let operator = SqliteStore::attach(&path).unwrap();
    let sqlite = Sqlite::new();
    assert!(sqlite.ok(operator.count(&Filter::default())).number > 0);
    child.kill().unwrap();
    child.wait().unwrap();
    SqliteStore::open(&path).unwrap();
}

/// The process that is killed: this test, started again by the others.
#[test]
fn child() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let store = SqliteStore::open(Path::new(&folder).join("inbox.db")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let say = |word: &str, id: &str| {
        let mut out = io::stdout().lock();
        // Writes each line at once.
        let _ = out.write_all(format!("{word} {id}\n").as_bytes()).and_then(|()| out.flush());
    };
    let accept = async {
        for nth in 0.. {
            let id = format!("{}-{nth}", std::process::id());
            let accepted = store.accept(event(&id)).await.unwrap();
            assert!(matches!(accepted, Accepted::New { .. }), "{accepted:?}");
            say("accepted", &id);
        }
    };
    let handle = async {
        for _ in 0_u64.. {
            for leased in store.claim_due(&common::claim_request(3)).await.unwrap() {
                assert_eq!(
                    store.finish(&leased.lease, &Finish::Done, AttemptNote::NONE).await.unwrap(),
                    Fenced::Ok(())
                );
                say("done", leased.event.external_id.as_deref().unwrap());
            }
        }
    };
    runtime.block_on(async {
        tokio::select! {
            () = accept => {}
            () = handle => {}
        }
    });
}

/// The output of a process before its end.
#[derive(Default)]
struct Acked {
    accepted: BTreeSet<String>,
    done: BTreeSet<String>,
}

impl Acked {
    /// Reads this many lines; the test harness prints some, too.
    fn read(&mut self, child: &mut Child, lines: usize) {
        for line in BufReader::new(child.stdout.take().unwrap()).lines().take(lines) {
            match line.unwrap().split_once(' ') {
                Some(("accepted", id)) => assert!(self.accepted.insert(id.to_owned()), "{id} is new twice"),
                Some(("done", id)) => assert!(self.done.insert(id.to_owned()), "{id} is done twice"),
                _ => {}
            }
        }
    }

    fn assert_is_in(&self, sqlite: &Sqlite) {
        for id in &self.accepted {
            let again = sqlite.ok(sqlite.store().accept(event(id)));
            let Accepted::Duplicate { state, .. } = again else { panic!("{id} is lost: {again:?}") };
            let is_done = state == EventState::Done;
            assert!(is_done || (state == EventState::Ready && !self.done.contains(id)), "{id} is {state}");
        }
        assert!(sqlite.count() >= self.accepted.len() as u64);
    }

    /// Checks all events, including those that were left behind.
    fn assert_can_be_handled(&self, sqlite: &Sqlite) {
        loop {
            let leased = sqlite.claim(100);
            if leased.is_empty() {
                break;
            }
            for leased in leased {
                let id = leased.event.external_id.as_deref().unwrap();
                assert!(!self.done.contains(id), "{id} is handled twice");
                sqlite.finish(&leased, &Finish::Done);
            }
        }
        let mut done = Filter::default();
        done.state = Some(EventState::Done);
        assert_eq!(sqlite.ok(sqlite.store().count(&done)).number, sqlite.count());
    }
}

fn start(folder: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1", "--quiet"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

const FOLDER: &str = "COUNTERSIGN_SQLITE_CHILD";
const ROUNDS: usize = 20;
