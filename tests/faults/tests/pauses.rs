//! Tests of suspended, draining and disconnected inboxes: slow workers are fenced off, and unreachable stores
//! recover.

#![allow(clippy::unwrap_used, reason = "the end of a test")]

use std::path::{Path, PathBuf};
use std::thread;

use countersign_faults::{Answer, Effects, Phase, Provider, SECRET, Setup, Victim, until};
use countersign_test_servers::{Postgres, fresh_database};
use rustix::process::Signal;
use tempfile::TempDir;

#[test]
fn a_machine_that_was_stopped_past_its_lease_changes_nothing_afterwards() {
    let (_folder, effects) = effects();
    // The first attempt fails: if its late result counted, the event would be tried a third time.
    let setup = Setup::new(&fresh_database(), &effects).with("FAIL_FIRST", "1").with("LEASE_MS", "1000");
    let provider = Provider::new(SECRET);

    let mut slow = Victim::start(&setup.clone().with("HANDLER_MS", "5000"));
    assert_eq!(provider.send(&slow.url(), "evt"), Answer::Status(200, None));
    until("the first machine has begun", || Effects::read(&effects).attempts("evt") == 1);
    slow.signal(Signal::STOP);
    let mut other = Victim::start(&setup);
    other.finish();
    slow.signal(Signal::CONT);
    slow.stop();

    assert_eq!(provider.send(&other.url(), "evt"), Answer::Status(200, Some("done".to_owned())));
    other.finish();
    other.stop();
    let effects = Effects::read(&effects);
    let lines = effects.of("evt");
    let [first, second] =
        [slow.pid(), other.pid()].map(|pid| lines.iter().filter(move |line| line.pid == pid));
    assert!(first.clone().all(|line| line.phase != Phase::Done), "{lines:#?}");
    assert_eq!(second.clone().filter(|line| line.phase == Phase::Done).count(), 1, "{lines:#?}");
    assert_eq!(second.clone().filter(|line| line.phase == Phase::Begin).count(), 1, "{lines:#?}");
    let highest = first.map(|line| line.fence).max();
    assert!(second.map(|line| Some(line.fence)).all(|fence| fence > highest), "{lines:#?}");
}

#[test]
fn a_machine_alone_that_was_stopped_past_its_lease_goes_on() {
    let (folder, effects) = effects();
    let setup = Setup::new(&sqlite(&folder), &effects).with("LEASE_MS", "1000").with("HANDLER_MS", "300");
    let provider = Provider::new(SECRET);
    let ids = ids(4);
    let mut victim = Victim::start(&setup);
    let _ = provider.send_all(&victim.url(), &ids);
    until("it has begun", || Effects::read(&effects).attempts("evt_0") == 1);
    victim.signal(Signal::STOP);
    // Its lease expires while the process is suspended.
    thread::sleep(std::time::Duration::from_millis(1500));
    victim.signal(Signal::CONT);
    victim.finish();
    victim.stop();
    let effects = Effects::read(&effects);
    for id in &ids {
        assert!(effects.times(id) > 0, "{id}: {:#?}", effects.of(id));
    }
}

#[test]
fn what_is_killed_while_it_drains_is_taken_up_again() {
    let (folder, effects) = effects();
    let setup = Setup::new(&sqlite(&folder), &effects);
    let provider = Provider::new(SECRET);
    let ids = ids(8);
    let mut draining = Victim::start(&setup.clone().with("HANDLER_MS", "60000"));
    let _ = provider.send_all(&draining.url(), &ids);
    until("handlers run", || begun(&effects, &ids) == countersign_faults::CONCURRENCY);
    draining.signal(Signal::TERM);
    draining.kill();

    let mut victim = Victim::start(&setup);
    victim.finish();
    victim.stop();
    let effects = Effects::read(&effects);
    assert!(ids.iter().all(|id| effects.times(id) == 1), "{effects:#?}");
}

#[test]
fn a_shutdown_lets_handlers_end_and_leaves_the_rest_for_later() {
    let (folder, effects) = effects();
    let setup = Setup::new(&sqlite(&folder), &effects);
    let provider = Provider::new(SECRET);
    let ids = ids(12);
    let mut victim = Victim::start(&setup.clone().with("HANDLER_MS", "200"));
    let _ = provider.send_all(&victim.url(), &ids);
    until("handlers run", || begun(&effects, &ids) >= countersign_faults::CONCURRENCY);
    victim.stop();
    let first = Effects::read(&effects);
    assert!(first.total() >= countersign_faults::CONCURRENCY, "{first:#?}");

    let mut victim = Victim::start(&setup);
    victim.finish();
    victim.stop();
    let effects = Effects::read(&effects);
    effects.assert_no_overlap();
    assert!(ids.iter().all(|id| effects.times(id) == 1), "{effects:#?}");
}

#[test]
fn a_database_that_is_restarted_loses_nothing_and_is_never_the_providers_fault() {
    let (_folder, effects) = effects();
    let mut server = Postgres::start();
    let setup = Setup::new(&server.url(), &effects).with("HANDLER_MS", "5").with("LEASE_MS", "1000");
    let provider = Provider::new(SECRET);
    let mut victim = Victim::start(&setup);
    let ids = ids(60);
    let (before, after) = ids.split_at(30);
    let _ = provider.send_all(&victim.url(), before);
    server.kill();
    // During the outage: 503, or a timeout of the provider.
    let answer = provider.send(&victim.url(), &after[0]);
    assert!(matches!(answer, Answer::Status(503, _)), "{answer:?}");
    server.restart();
    provider.deliver(&victim.url(), &ids);
    victim.finish();
    victim.stop();
    let effects = Effects::read(&effects);
    assert!(ids.iter().all(|id| effects.times(id) > 0), "{effects:#?}");
}

#[test]
fn killed_at_any_moment_nothing_is_lost() {
    let (folder, effects) = effects();
    let setup = Setup::new(&sqlite(&folder), &effects).with("HANDLER_MS", "1");
    let provider = Provider::new(SECRET);
    let ids = ids(300);
    // Each run ends a little later than the one before.
    for life in 1..=10 {
        let mut victim = Victim::start(&setup);
        thread::scope(|scope| {
            let pending = provider.unacknowledged(&ids);
            let (url, provider) = (victim.url(), &provider);
            scope.spawn(move || pending.iter().for_each(|id| drop(provider.send(&url, id))));
            until("a little has happened", || Effects::read(&effects).total() >= life * 20);
            victim.kill();
        });
    }
    let mut victim = Victim::start(&setup);
    provider.deliver(&victim.url(), &ids);
    victim.finish();
    victim.stop();
    let effects = Effects::read(&effects);
    effects.assert_no_overlap();
    let missing: Vec<_> = ids.iter().filter(|id| effects.times(id) == 0).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

fn effects() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("effects.jsonl");
    (folder, path)
}

fn sqlite(folder: &TempDir) -> String {
    format!("sqlite:{}", folder.path().join("inbox.db").display())
}

fn ids(many: usize) -> Vec<String> {
    (0..many).map(|at| format!("evt_{at}")).collect()
}

fn begun(effects: &Path, ids: &[String]) -> usize {
    let effects = Effects::read(effects);
    ids.iter().filter(|id| effects.attempts(id) > 0).count()
}
