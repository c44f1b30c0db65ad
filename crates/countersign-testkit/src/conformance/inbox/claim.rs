use std::time::Duration;

use countersign_inbox::{Action, ClaimDue, EventState, Fenced, Filter, Finish};

use super::driver::{InboxDriver, ORDERS, TICK, TTL, numbers, order, request, retry, sample_event, single};
use super::harness::InboxHarness;
use crate::conformance::driver::with;

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
            matches!(extended, Fenced::Ok(Some(lease)) if lease.key() == kept.lease.key()
                && lease.fence() == kept.lease.fence() && lease.expires_at() > kept.lease.expires_at()),
            "{extended:?}"
        );
    }
    assert_eq!(single(driver.claim(10)).event.id, lost.event.id);
    // Each lease has its own answer, in order.
    let both = [lost.lease, kept.lease];
    let extended = driver.wait(harness.inbox().extend(&both, TTL));
    assert!(matches!(extended.as_slice(), [Fenced::Stale, Fenced::Ok(Some(_))]), "{extended:?}");
    assert_eq!(driver.wait(harness.inbox().extend(&[], TTL)), []);
    // A lease that is given twice has two answers.
    let twice = driver.wait(harness.inbox().extend(&[kept.lease, kept.lease], TTL));
    assert!(matches!(twice.as_slice(), [Fenced::Ok(Some(_)), Fenced::Ok(Some(_))]), "{twice:?}");
    harness.advance(TTL - TICK);
    assert_eq!(driver.claim(10).len(), 0);
    // An expired lease that was not taken over still counts.
    harness.advance(TTL);
    assert!(matches!(driver.extend(&kept.lease), Fenced::Ok(Some(_))));
    harness.advance(TTL + TICK);
    assert_eq!(driver.only(kept.event.id).len(), 1);
    driver.end(&single(driver.claim(10)), &Finish::Done);
    assert_eq!(driver.extend(&kept.lease), Fenced::Stale);
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
