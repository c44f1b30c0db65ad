//! Tests that no event is lost when a secret is rotated while events wait, and that resent events are handled.

#![allow(clippy::unwrap_used, reason = "the end of a test")]

mod common;

use common::{Place, ids};
use countersign_faults::{Answer, Provider, SECRET, Setup, Victim, until};
use countersign_test_servers::fresh_database;

#[test]
fn with_sqlite_what_waits_for_an_old_key_goes_on_when_it_is_there_or_when_it_is_sent_again() {
    let place = Place::new();
    waits(&place, &place.setup());
}

#[test]
fn with_postgresql_what_waits_for_an_old_key_goes_on_when_it_is_there_or_when_it_is_sent_again() {
    let place = Place::new();
    waits(&place, &place.setup_with(&fresh_database()));
}

#[test]
fn with_sqlite_dead_letters_that_are_sent_again_after_a_rotation_are_handled() {
    let place = Place::new();
    dead(&place, &place.setup());
}

#[test]
fn with_postgresql_dead_letters_that_are_sent_again_after_a_rotation_are_handled() {
    let place = Place::new();
    dead(&place, &place.setup_with(&fresh_database()));
}

#[test]
fn with_sqlite_what_is_sent_again_before_its_event_was_tried_is_handled() {
    let place = Place::new();
    untried(&place, &place.setup());
}

#[test]
fn with_postgresql_what_is_sent_again_before_its_event_was_tried_is_handled() {
    let place = Place::new();
    untried(&place, &place.setup_with(&fresh_database()));
}

#[test]
fn with_sqlite_what_is_sent_again_while_its_event_is_tried_is_handled() {
    let place = Place::new();
    tried(&place, &place.setup());
}

#[test]
fn with_postgresql_what_is_sent_again_while_its_event_is_tried_is_handled() {
    let place = Place::new();
    tried(&place, &place.setup_with(&fresh_database()));
}

/// The events wait in a backlog, and what is sent again comes several times at once.
fn untried(place: &Place, setup: &Setup) {
    let ids = ids("evt", 20);
    let [old, new] = [SECRET, NEW].map(Provider::new);
    let accepting = setup.clone().with("ACCEPT_ONLY", "1");
    let mut victim = Victim::start(&accepting);
    old.deliver(&victim.url(), &ids);
    victim.stop();

    let rotated = setup.clone().with("SECRET", NEW);
    let mut victim = Victim::start(&rotated.clone().with("ACCEPT_ONLY", "1"));
    let several: Vec<_> = ids.iter().flat_map(|id| [id, id, id].map(Clone::clone)).collect();
    for answer in new.answers(&victim.url(), &several) {
        assert_eq!(answer, Answer::Status(200, Some("ready".to_owned())));
    }
    victim.stop();

    let mut victim = Victim::start(&rotated);
    until("all are done", || victim.unfinished() == Some(0));
    assert_eq!(victim.counts(), "20 done, 0 dead, 0 unverified");
    victim.stop();
    place.assert_handled(&new);
}

/// The worker finds that the events do not verify while they are sent again: what is acknowledged is handled.
fn tried(place: &Place, setup: &Setup) {
    let ids = ids("evt", 200);
    let [old, new] = [SECRET, NEW].map(Provider::new);
    let mut victim = Victim::start(&setup.clone().with("ACCEPT_ONLY", "1"));
    old.deliver(&victim.url(), &ids);
    victim.stop();

    let mut victim = Victim::start(&setup.clone().with("SECRET", NEW));
    new.deliver(&victim.url(), &ids);
    until("all are done", || victim.counts() == "200 done, 0 dead, 0 unverified");
    victim.stop();
    place.assert_handled(&new);
}

fn waits(place: &Place, setup: &Setup) {
    let setup = setup.clone().with("LEASE_MS", "1000");
    let ids = ids("evt", 20);
    let (again, left) = ids.split_at(8);
    let [old, new] = [SECRET, NEW].map(Provider::new);
    let mut victim = Victim::start(&setup.clone().with("HANDLER_MS", "60000"));
    old.deliver(&victim.url(), &ids);
    victim.kill();

    let rotated = setup.clone().with("SECRET", NEW);
    let mut victim = Victim::start(&rotated);
    until("all wait for their key", || victim.counts() == "0 done, 0 dead, 20 unverified");
    assert_eq!(victim.unfinished(), Some(0));
    new.deliver(&victim.url(), again);
    until("what was sent again is done", || victim.counts() == "8 done, 0 dead, 12 unverified");
    assert!(left.iter().all(|id| place.effects().times(id) == 0));
    victim.stop();

    let mut victim = Victim::start(&rotated.with("OLD_SECRET", SECRET));
    until("the others are done", || victim.counts() == "20 done, 0 dead, 0 unverified");
    victim.stop();
    place.assert_handled(&old);
}

fn dead(place: &Place, setup: &Setup) {
    let ids = ids("evt", 20);
    let [old, new] = [SECRET, NEW].map(Provider::new);
    let failing = setup.clone().with("MAX_ATTEMPTS", "1").with("FAIL_FIRST", "1");
    let mut victim = Victim::start(&failing);
    old.deliver(&victim.url(), &ids);
    until("all are dead letters", || victim.counts() == "0 done, 20 dead, 0 unverified");
    victim.stop();

    let mut victim = Victim::start(&setup.clone().with("SECRET", NEW));
    for answer in new.send_all(&victim.url(), &ids) {
        assert_eq!(answer, Answer::Status(200, Some("dead".to_owned())));
    }
    until("all are done", || victim.counts() == "20 done, 0 dead, 0 unverified");
    victim.stop();
    place.assert_handled(&new);
}

const NEW: &str = "whsec_rotated";
