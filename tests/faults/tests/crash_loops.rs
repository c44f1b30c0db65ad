//! Tests of an event that crashes the process each time, under a supervisor that restarts it.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "the end of a test")]

mod common;

use common::{Place, ids};
use countersign_faults::{Answer, Provider, SECRET, Setup, Victim};
use countersign_test_servers::fresh_database;

#[test]
fn with_sqlite_an_event_that_ends_the_process_becomes_a_dead_letter_and_its_neighbours_are_handled() {
    let place = Place::new();
    run(&place, &place.setup().with("LEASE_MS", "20000"), 3);
}

#[test]
fn with_postgresql_an_event_that_ends_the_process_becomes_a_dead_letter_and_its_neighbours_are_handled() {
    let place = Place::new();
    // The time for which PostgreSQL keeps the leases of a dead process; long enough that a busy machine does not
    // lose a lease.
    run(&place, &place.setup_with(&fresh_database()).with("LEASE_MS", "5000"), 3);
}

#[test]
fn with_one_attempt_an_event_that_ends_the_process_is_still_the_only_dead_letter() {
    let place = Place::new();
    run(&place, &place.setup().with("LEASE_MS", "20000"), 1);
}

#[test]
fn with_sqlite_a_claim_before_a_crash_is_an_attempt_once_at_most() {
    let place = Place::new();
    claim_and_die(&place, &place.setup().with("LEASE_MS", "1000"));
}

#[test]
fn with_postgresql_a_claim_before_a_crash_is_an_attempt_once_at_most() {
    let place = Place::new();
    claim_and_die(&place, &place.setup_with(&fresh_database()).with("LEASE_MS", "1000"));
}

#[test]
fn with_sqlite_a_limit_that_is_lowered_after_a_crash_ends_nothing_unrun() {
    let place = Place::new();
    lowered(&place, &place.setup());
}

#[test]
fn with_postgresql_a_limit_that_is_lowered_after_a_crash_ends_nothing_unrun() {
    let place = Place::new();
    lowered(&place, &place.setup_with(&fresh_database()));
}

/// The process is killed while eight events run that have failed twice, and has one attempt afterwards.
fn lowered(place: &Place, setup: &Setup) {
    let setup = setup.clone().with("CONCURRENCY", "8").with("HANDLER_MS", "300").with("LEASE_MS", "2000");
    let (ids, provider) = (ids("evt", 8), Provider::new(SECRET));
    let mut victim = Victim::start(&setup.clone().with("FAIL_FIRST", "2").killed_at("before-effect", 1));
    let _ = provider.send_all(&victim.url(), &ids);
    victim.dies();
    let before = place.effects();
    let mut victim = Victim::start(&setup.with("MAX_ATTEMPTS", "1"));
    provider.deliver(&victim.url(), &ids);
    victim.finish();
    assert_eq!(victim.counts(), "8 done, 0 dead, 0 unverified");
    victim.stop();
    let effects = place.effects();
    assert!(ids.iter().all(|id| effects.attempts(id) > before.attempts(id)), "{effects:#?}");
}

/// The process is killed five times right after the claim, and has three attempts. Only the first claim counts: the handler may
/// have started.
fn claim_and_die(place: &Place, setup: &Setup) {
    let setup = setup.clone().with("MAX_ATTEMPTS", "3").with("FAIL_FIRST", "2");
    let armed = setup.clone().with("KILL_AT", "after-claim");
    let (ids, provider) = (ids("evt", 1), Provider::new(SECRET));
    let mut victim = Victim::start(&armed);
    // Stored before it is claimed, whether or not it is answered.
    let _ = provider.send_all(&victim.url(), &ids);
    victim.dies();
    (0..4).for_each(|_| Victim::start_until_killed(&armed));
    assert_eq!(place.effects().times(&ids[0]), 0);
    let mut victim = Victim::start(&setup);
    victim.finish();
    assert_eq!(victim.counts(), "1 done, 0 dead, 0 unverified");
    victim.stop();
    let effects = place.effects();
    assert_eq!((effects.times(&ids[0]), effects.attempts(&ids[0])), (1, 2), "{effects:#?}");
}

/// The event crashes the process while all eight of them run.
fn run(place: &Place, setup: &Setup, max_attempts: usize) {
    let ids = ids("evt", 8);
    let culprit = &ids[3];
    let setup = setup
        .clone()
        .with("CONCURRENCY", "8")
        .with("MAX_ATTEMPTS", &max_attempts.to_string())
        .with("ABORT_ON", culprit)
        .with("ABORT_MS", "2000")
        .with("HANDLER_MS", "2500");
    let provider = Provider::new(SECRET);
    let mut victim = Victim::start(&setup);
    let answers = provider.send_all(&victim.url(), &ids);
    assert!(answers.iter().all(|answer| *answer == Answer::Status(200, None)), "{answers:?}");
    let mut crashes = 0;
    while victim.dies_or_finishes() {
        crashes += 1;
        assert!(crashes < 20, "it crashes for ever: {:#?}", place.effects());
        victim = Victim::start(&setup);
    }
    assert_eq!(victim.counts(), "7 done, 1 dead, 0 unverified");
    victim.stop();
    let effects = place.effects();
    // Once at the same time as others, which does not count, and then alone, at least once.
    let deaths = max_attempts.max(2);
    assert_eq!((crashes, effects.attempts(culprit)), (deaths, deaths), "{effects:#?}");
    for id in ids.iter().filter(|id| *id != culprit) {
        // An event may have ended just before the process did, without its finish.
        assert!((1..=2).contains(&effects.times(id)), "{id}: {:#?}", effects.of(id));
        assert!(effects.attempts(id) <= 2, "{id}: {:#?}", effects.of(id));
    }
}
