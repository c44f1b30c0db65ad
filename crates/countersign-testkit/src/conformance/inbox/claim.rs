use countersign_inbox::{Action, ClaimDue, EventState, Fenced, Filter, Finish, Isolation};
use std::cell::Cell;
use std::time::Duration;

use super::driver::{
    InboxDriver, ORDERS, TICK, TTL, dead, numbers, order, request, retry, sample_event, single, unverified,
};
use super::harness::InboxHarness;
use crate::conformance::harness::with;

/// Checks the order, and that at most the requested number is leased.
pub fn the_oldest_due_are_leased_first(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let ids: Vec<_> = (0..5)
        .map(|nth| {
            harness.advance(TICK);
            driver.store(order(&nth.to_string()))
        })
        .collect();
    assert_eq!(driver.claim(0).len(), 0);
    // The first one is due again after the others.
    let first = driver.next();
    assert_eq!(Some(&first.event.id), ids.first());
    driver.end(&first, &retry(TICK));
    harness.advance(TICK * 2);
    let mut leased = numbers(&driver.claim(2));
    leased.extend(numbers(&driver.claim(10)));
    let mut order = ids.clone();
    order.rotate_left(1);
    assert_eq!(leased, order);
    assert_eq!(driver.claim(10).len(), 0);
}

/// Enough claims return all of them, the oldest first.
pub fn a_claim_has_an_event_however_few_bytes_it_is_limited_to(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let ids: Vec<_> = (0..4)
        .map(|nth| {
            harness.advance(TICK);
            driver.store(sample_event(ORDERS, &nth.to_string(), vec![b'x'; 10_000]))
        })
        .collect();
    let mut leased = Vec::new();
    for max_bytes in [0, 1, 15_000, usize::MAX] {
        let request = with(request(10), |claim| claim.max_bytes = max_bytes);
        let more = driver.ask(&request);
        assert!(!more.is_empty() || leased.len() == ids.len(), "{max_bytes}");
        leased.extend(numbers(&more));
    }
    assert_eq!(leased, ids);
}

/// Checks that the limit of bytes holds before events are leased: those beyond it stay due.
pub fn an_event_beyond_the_limit_of_bytes_is_not_leased(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let ids: Vec<_> = (0..8)
        .map(|nth| {
            harness.advance(TICK);
            driver.store(sample_event(ORDERS, &nth.to_string(), vec![b'x'; 10_000]))
        })
        .collect();
    let mut rest = ids.as_slice();
    for (max_bytes, count) in [(0, 1), (1, 1), (15_000, 2), (20_000, 2), (35_000, 2), (usize::MAX, 0)] {
        let leased = numbers(&driver.ask(&with(request(10), |claim| claim.max_bytes = max_bytes)));
        let (first, others) = rest.split_at(count.min(rest.len()));
        assert_eq!(leased, first, "{max_bytes}");
        rest = others;
    }
}

/// Checks that only the endpoint decides, whatever else the request contains.
pub fn a_worker_gets_events_of_its_endpoint_only(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let order = driver.store(order("evt"));
    let refund = driver.store(sample_event("refunds", "evt", "x"));
    for source in ["order", "", "Orders"] {
        assert_eq!(driver.ask(&ClaimDue::new(source, "worker", 10, TTL)).len(), 0, "{source:?}");
    }
    let of_refunds = |only| with(ClaimDue::new("refunds", "refunder", 10, TTL), |claim| claim.only = only);
    assert_eq!(driver.ask(&of_refunds(Some(order))).len(), 0);
    let leased = single(driver.ask(&of_refunds(None)));
    assert_eq!((leased.event.id, leased.event.source.as_str()), (refund, "refunds"));
    assert_eq!(driver.show(refund).worker.as_deref(), Some("refunder"));
    assert_eq!(numbers(&driver.claim(10)), [order]);
}

/// Checks with 64 workers and 300 events.
pub fn of_many_claimers_each_event_is_leased_to_one(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let mut ids: Vec<_> = (0..300).map(|nth| driver.store(order(&nth.to_string()))).collect();
    let mut leased: Vec<_> = driver.race(|nth| driver.claim(1 + nth % 9)).into_iter().flatten().collect();
    // Concurrent claimers may have left some.
    leased.extend(driver.claim(300));
    let mut found = numbers(&leased);
    ids.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, ids);
    assert!(leased.iter().all(|leased| leased.attempt == 1 && leased.lease.key() == leased.event.key));
}

/// Checks that one of 64 claimers takes the event over, with a higher fence.
pub fn a_lease_that_expired_is_taken_over_once(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let first = driver.running("evt");
    harness.advance(TTL - TICK);
    assert_eq!(driver.claim(10).len(), 0);
    assert_eq!(driver.only(first.event.id).len(), 0);
    harness.advance(TICK * 2);
    let mut taken: Vec<_> = driver.race(|_| driver.claim(10)).into_iter().flatten().collect();
    taken.extend(driver.claim(10));
    let second = single(taken);
    assert!(second.lease.fence() > first.lease.fence(), "{second:?}");
    assert_eq!((second.event.id, second.attempt, second.is_taken_over), (first.event.id, 2, true));
    assert_eq!(second.event.body, first.event.body);
    driver.end(&second, &Finish::Done);
}

/// Checks that the lease lasts until it expires after the extension.
pub fn a_lease_that_is_extended_is_not_taken_over(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let (kept, lost) = (driver.running("kept"), driver.running("lost"));
    for _ in 0..3 {
        harness.advance(TTL - TICK);
        let extended = driver.extend(&kept.lease);
        assert!(
            matches!(extended, Fenced::Ok(lease) if lease.key() == kept.lease.key()
                && lease.fence() == kept.lease.fence() && lease.expires_at() > kept.lease.expires_at()),
            "{extended:?}"
        );
    }
    assert_eq!(single(driver.claim(10)).event.id, lost.event.id);
    // Each lease has its own answer, in order.
    let both = [lost.lease, kept.lease];
    let extended = driver.wait(harness.inbox().extend(&both, TTL));
    assert!(matches!(extended.as_slice(), [Fenced::Stale, Fenced::Ok(_)]), "{extended:?}");
    assert_eq!(driver.wait(harness.inbox().extend(&[], TTL)), []);
    // A lease that is given twice has two answers.
    let twice = driver.wait(harness.inbox().extend(&[kept.lease, kept.lease], TTL));
    assert!(matches!(twice.as_slice(), [Fenced::Ok(_), Fenced::Ok(_)]), "{twice:?}");
    harness.advance(TTL - TICK);
    assert_eq!(driver.claim(10).len(), 0);
    // An expired lease that was not taken over still counts.
    harness.advance(TTL);
    assert!(matches!(driver.extend(&kept.lease), Fenced::Ok(_)));
    harness.advance(TTL + TICK);
    assert_eq!(driver.only(kept.event.id).len(), 1);
    driver.end(&single(driver.claim(10)), &Finish::Done);
    assert_eq!(driver.extend(&kept.lease), Fenced::Stale);
}

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
pub fn an_attempt_that_nobody_finished_counts(harness: &impl InboxHarness) {
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
    let ends = [retry(Duration::ZERO), Finish::GiveBack, dead(), Finish::Done, unverified()];
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

/// Checks the claim of a single event by an engine with its own queue. Running and finished events are not leased.
pub fn an_event_that_is_asked_for_is_leased_before_it_is_due(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let (other, id) = (driver.store(order("other")), driver.store(order("evt")));
    let leased = single(driver.only(id));
    assert_eq!(leased.event.id, id);
    assert_eq!(driver.only(id).len(), 0, "it runs");
    driver.end(&leased, &retry(TTL));
    let again = single(driver.only(id));
    assert_eq!((again.event.id, again.attempt), (id, 2));
    harness.advance(TTL + TICK);
    let taken_over = single(driver.only(id));
    assert_eq!((taken_over.attempt, taken_over.is_taken_over), (3, true));
    driver.end(&taken_over, &Finish::Done);
    assert_eq!(driver.only(id).len(), 0, "it is done");
    assert_eq!(numbers(&driver.claim(10)), [other]);
}

/// Checks events that were scheduled while the clock was wrong.
pub fn a_due_time_beyond_the_horizon_is_now(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let day = Duration::from_secs(24 * 3600);
    let leased = driver.running("evt");
    driver.end(&leased, &retry(day * 8));
    assert_eq!(driver.ask(&with(request(10), |claim| claim.horizon = day * 9)).len(), 0);
    assert_eq!(driver.state(leased.event.id), EventState::Ready);
    let again = single(driver.claim(10));
    driver.end(&again, &retry(day * 6));
    assert_eq!(driver.claim(10).len(), 0, "that long can have been asked for");
    harness.advance(day * 6 + TICK);
    driver.end(&driver.next(), &Finish::Done);
}

/// Checks that the age is reset only by a replay.
pub fn the_age_is_that_of_the_event_or_of_its_replay(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(order("evt"));
    let about = |age: Duration, expected: Duration| {
        assert!(age >= expected && age < expected + TICK, "{age:?} is not {expected:?}");
    };
    harness.advance(TTL);
    let leased = driver.next();
    about(leased.age, TTL);
    driver.end(&leased, &retry(TTL));
    harness.advance(TTL + TICK);
    let leased = driver.next();
    about(leased.age, TTL * 2 + TICK);
    driver.end(&leased, &Finish::Dead { error: "too old".to_owned() });
    harness.advance(TTL);
    assert_eq!(driver.act(Action::Replay, Filter::ids([id])), [id]);
    harness.advance(TICK);
    about(driver.next().age, TICK);
}
