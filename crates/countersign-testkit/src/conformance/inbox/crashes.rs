use std::cell::Cell;
use std::time::Duration;

use countersign_inbox::{Action, EventState, Filter, Finish, Isolation};

use super::driver::{InboxDriver, TICK, TTL, dead, keep, numbers, order, request, retry, single, unverified};
use super::harness::InboxHarness;
use crate::conformance::driver::with;

/// Checks that an event whose handler never ran does not become a dead letter, however often its claimer ends, and whether
/// that claims single events or not.
pub fn an_attempt_that_had_not_started_does_not_count(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(order("evt"));
    let ask = |instance, is_exclusive| {
        let leased = single(driver.ask(&with(request(1), |claim| {
            claim.is_exclusive = is_exclusive;
            claim.instance = instance;
        })));
        assert_eq!(leased.event.id, id);
        harness.advance(TTL + TICK);
        leased
    };
    for (nth, instance) in [1, 2, 2, 3, 4, 4].into_iter().enumerate() {
        let leased = ask(instance, instance > 2);
        // The first claim is not suspect: its handler is taken to have started.
        let attempt = if nth == 0 { 1 } else { 2 };
        assert_eq!((leased.attempt, leased.crashes, leased.is_taken_over), (attempt, 0, nth > 0), "{nth}");
        assert_eq!(driver.show(id).summary.attempt, attempt);
    }
    let started = single(driver.only(id));
    assert_eq!((started.attempt, started.crashes), (2, 0));
    driver.start(&started);
    harness.advance(TTL + TICK);
    let leased = ask(5, false);
    assert_eq!((leased.attempt, leased.crashes), (3, 1));
    let leased = ask(6, false);
    assert_eq!((leased.attempt, leased.crashes), (3, 1), "the third attempt had not started");
}

/// Checks that an event that crashes the process eventually becomes a dead letter.
pub fn an_attempt_without_an_outcome_counts(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(order("evt"));
    for attempt in 1..=4 {
        let leased = driver.next();
        assert_eq!((leased.event.id, leased.attempt), (id, attempt));
        assert!(!leased.is_isolated, "its claimer is alive");
        driver.start(&leased);
        assert_eq!(driver.show(id).summary.attempt, attempt);
        harness.advance(TTL + TICK);
    }
}

/// Checks that the attempt counts, because no other event ran at the same time.
pub fn a_crash_of_a_claimer_of_single_events_counts(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(order("evt"));
    for instance in 1..=4 {
        let leased = single(driver.ask(&with(request(1), |claim| {
            claim.is_exclusive = true;
            claim.instance = instance;
        })));
        assert_eq!((leased.event.id, leased.attempt, leased.crashes), (id, instance, instance - 1));
        assert!(leased.is_isolated);
        driver.start(&leased);
        harness.advance(TTL + TICK);
    }
}

/// Checks that events whose leases expired together are not charged with a crash, because any of them may have
/// caused it. Events that are claimed alone and end without an outcome again are.
pub fn events_that_were_lost_together_are_claimed_alone(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let ids: Vec<_> = (0..4).map(|nth| driver.store(order(&nth.to_string()))).collect();
    let lost = driver.claim(10);
    assert_eq!(numbers(&lost), ids);
    lost.iter().for_each(|leased| driver.start(leased));
    harness.advance(TTL + TICK);
    let instance = Cell::new(1);
    let fresh = driver.store(order("fresh"));
    let with = |isolation| {
        driver.ask(&with(request(10), |claim| {
            claim.isolation = isolation;
            claim.instance = instance.get();
        }))
    };
    let beside = single(with(Isolation::Without));
    assert_eq!((beside.event.id, beside.is_isolated), (fresh, false));
    driver.end(&beside, &Finish::Done);
    assert_eq!(with(Isolation::Without).len(), 0);
    // The first one crashes the process again, while the others do not run.
    let culprit = single(with(Isolation::Alone));
    assert_eq!((culprit.attempt, culprit.crashes, culprit.is_isolated), (2, 0, true));
    driver.start(&culprit);
    harness.advance(TTL + TICK);
    instance.set(2);
    for _ in ids.iter().skip(1) {
        let leased = single(with(Isolation::Alone));
        assert_ne!(leased.event.id, culprit.event.id, "it is due after them");
        assert_eq!((leased.attempt, leased.crashes), (2, 0), "{leased:?}");
        driver.end(&leased, &Finish::Done);
    }
    for crashes in 1..4 {
        let leased = single(with(Isolation::Alone));
        assert_eq!(
            (leased.event.id, leased.attempt, leased.crashes),
            (culprit.event.id, crashes + 2, crashes)
        );
        driver.start(&leased);
        harness.advance(TTL + TICK);
        instance.set(2 + crashes);
    }
}

/// Checks that the pause is that of a failed event, so that the process is not kept busy with restarts.
pub fn an_isolated_event_waits_after_a_crash(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(order("evt"));
    let ask = |instance| {
        let (isolation, isolated_pause) = (Isolation::Alone, TTL);
        driver.ask(&with(request(10), |claim| {
            claim.isolation = isolation;
            claim.isolated_pause = isolated_pause;
            claim.instance = instance;
        }))
    };
    assert_eq!(ask(1).len(), 1);
    harness.advance(TTL + TICK);
    let second = ask(2);
    assert_eq!(second.len(), 1, "one that is isolated for the first time does not wait");
    second.iter().for_each(|leased| driver.start(leased));
    harness.advance(TTL + TICK);
    assert_eq!(ask(3).len(), 0);
    let asked_for = with(request(1), |claim| {
        claim.only = Some(id);
        claim.instance = 4;
    });
    let third = single(driver.ask(&asked_for));
    assert_eq!(third.crashes, 1);
    driver.start(&third);
    harness.advance(TTL * 2 + TICK);
    assert_eq!(single(ask(5)).crashes, 2);
}

/// Checks all outcomes except giving the event back.
pub fn an_outcome_ends_the_isolation(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let ends =
        [retry(Duration::ZERO), keep(Duration::ZERO), Finish::GiveBack, dead(), Finish::Done, unverified()];
    for (nth, end) in ends.iter().enumerate() {
        let first = driver.running(&nth.to_string());
        driver.start(&first);
        let id = first.event.id;
        let by = |instance| {
            single(driver.ask(&with(request(1), |claim| {
                claim.only = Some(id);
                claim.instance = instance;
            })))
        };
        for instance in 1..=2 {
            harness.advance(TTL + TICK);
            let leased = by(instance);
            assert!(leased.is_isolated);
            driver.start(&leased);
        }
        harness.advance(TTL + TICK);
        let leased = by(3);
        assert_eq!((leased.crashes, leased.attempt), (2, 4));
        driver.end(&leased, end);
        driver.act(Action::Replay, with(Filter::ids([id]), |filter| filter.state = Some(EventState::Done)));
        if *end == dead() {
            driver.act(Action::Replay, Filter::ids([id]));
        }
        assert_eq!(driver.wait(harness.inbox().resume(&[id])), u64::from(*end == unverified()));
        let leased = single(driver.only(id));
        let is_kept = matches!(end, Finish::GiveBack | Finish::Unverified { .. });
        assert_eq!((leased.is_isolated, leased.crashes), (is_kept, if is_kept { 2 } else { 0 }), "{end:?}");
        driver.end(&leased, &Finish::Done);
    }
}
