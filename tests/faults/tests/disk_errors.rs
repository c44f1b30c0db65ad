//! Tests of disk errors: no unstored event is acknowledged, and no restart is needed afterwards.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "the end of a test")]

mod common;

use common::{Place, ids};
use countersign_faults::{Answer, BrokenDisk, Provider, SECRET, Victim, until};
use rustix::process::Signal;

#[test]
fn while_commits_do_not_reach_the_disk_nothing_is_acked_and_the_same_process_goes_on() {
    goes_on(SYNC);
}

#[test]
fn while_the_log_cannot_be_written_nothing_is_acked_and_the_same_process_goes_on() {
    goes_on("pwrite64");
}

fn goes_on(call: &str) {
    let place = Place::new();
    let (provider, mut victim) = (Provider::new(SECRET), Victim::start(&place.setup()));
    let (before, during) = (ids("before", 8), ids("during", 8));
    assert_all(&provider.send_all(&victim.url(), &before), &Answer::Status(200, None));
    victim.finish();

    let disk = BrokenDisk::under(&victim, &place.log(), call);
    for _ in 0..3 {
        assert_all(&provider.send_all(&victim.url(), &during), &UNAVAILABLE);
    }
    // Finished events are known, unless the store cannot answer.
    for answer in provider.send_all(&victim.url(), &before) {
        assert!(answer == done() || answer == UNAVAILABLE, "{answer:?}");
    }
    assert!(disk.heal() > 0, "nothing has failed: {call}");

    provider.deliver(&victim.url(), &during);
    victim.finish();
    victim.stop();
    place.assert_handled(&provider);
    let mut victim = Victim::start(&place.setup());
    for ids in [before, during] {
        assert_all(&provider.send_all(&victim.url(), &ids), &done());
    }
    victim.stop();
}

#[test]
fn killed_while_the_disk_fails_everything_acked_is_there() {
    let place = Place::new();
    let (provider, mut victim) =
        (Provider::new(SECRET), Victim::start(&place.setup().with("HANDLER_MS", "20")));
    let (before, during) = (ids("before", 40), ids("during", 8));
    assert_all(&provider.send_all(&victim.url(), &before), &Answer::Status(200, None));
    // Most of them wait; some are handled, but cannot be finished.
    let disk = BrokenDisk::under(&victim, &place.log(), SYNC);
    assert_all(&provider.send_all(&victim.url(), &during), &UNAVAILABLE);
    victim.kill();
    assert!(disk.heal() > 0);

    let mut victim = Victim::start(&place.setup());
    victim.finish();
    place.assert_handled(&provider);
    provider.deliver(&victim.url(), &during);
    victim.finish();
    victim.stop();
    place.assert_handled(&provider);
}

#[test]
fn what_was_handled_while_the_disk_failed_is_finished_afterwards_and_does_not_run_again() {
    let place = Place::new();
    let setup = place.setup().with("HANDLER_MS", "5000").with("LEASE_MS", "60000");
    let (provider, mut victim) = (Provider::new(SECRET), Victim::start(&setup));
    assert_eq!(provider.send(&victim.url(), "evt"), Answer::Status(200, None));
    until("it is handled", || place.effects().attempts("evt") == 1);
    // The handler does not end before the disk fails.
    victim.signal(Signal::STOP);
    let disk = BrokenDisk::under(&victim, &place.log(), SYNC);
    victim.signal(Signal::CONT);
    until("a finish has failed", || place.effects().times("evt") == 1 && disk.faults() > 0);
    assert_eq!(victim.unfinished(), Some(1));
    drop(disk);
    victim.finish();
    victim.stop();
    assert_eq!(place.effects().attempts("evt"), 1);
}

#[test]
fn health_says_that_the_disk_fails_and_that_it_is_well_again() {
    let place = Place::new();
    let mut victim = Victim::start(&place.setup());
    let disk = BrokenDisk::under(&victim, &place.log(), SYNC);
    victim.becomes_unready();
    assert!(disk.heal() > 0);
    victim.becomes_ready();
    victim.stop();
}

/// Data in the log need not be in the file.
#[test]
fn a_file_that_cannot_be_written_loses_nothing_while_its_log_can() {
    let place = Place::new();
    let (provider, mut victim) = (Provider::new(SECRET), Victim::start(&place.setup()));
    let disk = BrokenDisk::under(&victim, &place.file(), "pwrite64");
    assert_all(&provider.send_all(&victim.url(), &ids("evt", 8)), &Answer::Status(200, None));
    victim.finish();
    // Its last action is to move the log into the file.
    victim.stop();
    assert!(disk.heal() > 0);
    let mut victim = Victim::start(&place.setup());
    assert_all(&provider.send_all(&victim.url(), &ids("evt", 8)), &done());
    victim.stop();
    place.assert_handled(&provider);
}

#[track_caller]
fn assert_all(answers: &[Answer], expected: &Answer) {
    assert!(answers.iter().all(|answer| answer == expected), "{answers:?}");
}

/// SQLite uses one or the other, depending on its build.
const SYNC: &str = "fsync,fdatasync";
const UNAVAILABLE: Answer = Answer::Status(503, None);

fn done() -> Answer {
    Answer::Status(200, Some("done".to_owned()))
}
