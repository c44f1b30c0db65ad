use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_inbox::{
    Accepted, Action, ClaimDue, DeadDuplicates, EventId, EventState, Fenced, Filter, Finish, Isolation,
    Leased, NewEvent,
};

use super::driver::{
    InboxDriver, ORDERS, TICK, TTL, dead, in_state, numbers, order, request, retry, sample_event, single,
    skip, unverified,
};
use super::harness::InboxHarness;
use crate::conformance::driver::with;

/// Checks that events with one ordering key are leased one after the other, in the order of their ids, and beside those with other
/// keys, without one, or of other endpoints. The tenant decides nothing.
pub fn events_with_one_ordering_key_are_leased_one_after_the_other(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let first = [driver.store(keyed("a1", "a")), driver.store(keyed("b1", "b"))];
    let of_no_tenant = with(keyed("a2", "a"), |event| event.tenant = None);
    let later = [driver.store(of_no_tenant), driver.store(keyed("b2", "b")), driver.store(keyed("a3", "a"))];
    let others = [driver.store(order("1")), driver.store(order("2"))];
    let refund = driver.store(with(sample_event("refunds", "a1", "x"), |event| {
        event.ordering_key = Some("a".to_owned());
    }));
    let of_refunds = ClaimDue::new("refunds", "worker", 10, TTL);
    assert_eq!(numbers(&driver.ask(&of_refunds)), [refund]);
    let leased = driver.claim(10);
    assert_eq!(sorted(&leased), [first[0], first[1], others[0], others[1]]);
    let a1 = leased.iter().find(|leased| leased.event.id == first[0]);
    assert_eq!(a1.and_then(|leased| leased.event.ordering_key.as_deref()), Some("a"));
    assert_eq!(numbers(&driver.claim(10)), []);
    let shown = |id| {
        let detail = driver.show(id);
        (detail.ordering_key, detail.waits_for)
    };
    let expected = [
        (first[0], Some("a"), None),
        (later[0], Some("a"), Some(first[0])),
        (later[1], Some("b"), Some(first[1])),
        (later[2], Some("a"), Some(first[0])),
        (others[0], None, None),
    ];
    for (id, key, waits_for) in expected {
        assert_eq!(shown(id), (key.map(str::to_owned), waits_for));
    }
    leased.iter().for_each(|leased| driver.end(leased, &Finish::Done));
    let of_a = single(driver.claim(1));
    let of_b = single(driver.claim(10));
    assert_eq!([of_a.event.id, of_b.event.id], [later[0], later[1]]);
    driver.end(&of_b, &Finish::Done);
    assert_eq!(numbers(&driver.claim(10)), []);
    driver.end(&of_a, &Finish::Done);
    driver.end(&single(driver.claim(10)), &Finish::Done);
    assert_eq!(driver.state(later[2]), EventState::Done);
}

/// Checks the outcomes of an attempt after which the next event goes on, and those after which it waits.
pub fn the_next_event_waits_until_the_earlier_one_has_an_end(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let (one, two) = (driver.store(keyed("1", "a")), driver.store(keyed("2", "a")));
    let three = driver.store(keyed("3", "a"));
    let next = |expected: EventId| {
        let leased = single(driver.claim(10));
        assert_eq!(leased.event.id, expected);
        assert_due(&driver, false);
        leased
    };
    // It is due later, but the next one is not due before it.
    driver.end(&next(one), &retry(TICK * 3));
    assert_eq!(numbers(&driver.claim(10)), []);
    assert_due(&driver, false);
    harness.advance(TICK * 4);
    driver.end(&next(one), &Finish::GiveBack);
    let lost = next(one);
    harness.advance(TTL + TICK);
    driver.end(&next(one), &unverified());
    assert_eq!(driver.finish(&lost.lease, &Finish::Done), Fenced::Stale);
    assert_eq!(numbers(&driver.claim(10)), []);
    assert_due(&driver, false);
    assert_eq!(driver.wait(harness.inbox().resume(&[one])), 1);
    driver.end(&next(one), &dead());
    assert_due(&driver, true);
    driver.end(&next(two), &skip());
    driver.end(&next(three), &Finish::Done);
    assert_eq!(numbers(&driver.claim(10)), []);
}

/// Checks that the next event goes on when an operator discards the one that it waits for.
pub fn a_discarded_event_blocks_nothing(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let ids = ["0", "1", "2", "3"].map(|id| driver.store(keyed(id, "a")));
    driver.end(&single(driver.claim(10)), &retry(TTL));
    assert_eq!(numbers(&driver.claim(10)), []);
    assert_eq!(driver.act(Action::Discard, Filter::ids([ids[1], ids[0]])), [ids[0], ids[1]]);
    assert_due(&driver, true);
    driver.end(&single(driver.claim(10)), &unverified());
    assert_eq!(numbers(&driver.claim(10)), []);
    assert_eq!(driver.act(Action::Discard, in_state(EventState::Unverified)), [ids[2]]);
    let last = single(driver.claim(10));
    assert_eq!(last.event.id, ids[3]);
}

/// Checks that a replayed event is in the place of its id: before those that wait, and after the one that runs.
pub fn a_replayed_event_is_handled_in_the_place_of_its_id(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let first = driver.store(keyed("1", "a"));
    driver.end(&driver.next(), &dead());
    let ids = ["2", "3", "4"].map(|id| driver.store(keyed(id, "a")));
    let running = driver.next();
    assert_eq!(running.event.id, ids[0]);
    assert_eq!(driver.act(Action::Replay, Filter::ids([first])), [first]);
    assert_eq!(numbers(&driver.claim(10)), []);
    assert_due(&driver, false);
    // The one that runs is retried after it.
    driver.end(&running, &retry(Duration::ZERO));
    let again = single(driver.claim(10));
    assert_eq!(again.event.id, first);
    driver.end(&again, &dead());
    // So is one that its provider sends again.
    let duplicate = with(keyed("1", "a"), |event| event.dead_duplicates = DeadDuplicates::Requeue);
    assert_eq!(driver.accept(duplicate), Accepted::Requeued { id: first });
    for expected in [&[first], &ids[..]].concat() {
        harness.advance(TICK);
        let leased = single(driver.claim(10));
        assert_eq!(leased.event.id, expected);
        driver.end(&leased, &Finish::Done);
    }
}

/// Checks a running event whose lease has expired, beside an earlier one that was replayed in the meantime.
pub fn an_event_that_was_lost_is_leased_before_all_others_with_its_key(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let first = driver.store(keyed("1", "a"));
    driver.end(&driver.next(), &Finish::Done);
    let second = driver.store(keyed("2", "a"));
    driver.next();
    assert_eq!(
        driver.act(Action::Replay, with(in_state(EventState::Done), |filter| filter.ids = vec![first])),
        [first]
    );
    harness.advance(TTL + TICK);
    assert_eq!(numbers(&driver.only(first)), []);
    let taken = single(driver.claim(10));
    assert_eq!((taken.event.id, taken.is_taken_over), (second, true));
    driver.end(&taken, &retry(Duration::ZERO));
    let leased = single(driver.claim(10));
    assert_eq!(leased.event.id, first);
    driver.end(&leased, &Finish::Done);
    assert_eq!(driver.next().event.id, second);
}

/// Checks claims of single events and of each isolation: none of them overtakes.
pub fn no_claim_overtakes(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let (one, two) = (driver.store(keyed("1", "a")), driver.store(keyed("2", "a")));
    let other = driver.store(order("other"));
    assert_eq!(numbers(&driver.only(two)), []);
    let lost = single(driver.only(one));
    driver.start(&lost);
    assert_eq!(numbers(&driver.only(two)), []);
    harness.advance(TTL + TICK);
    let ask = |isolation| {
        driver.ask(&with(request(10), |claim| {
            (claim.isolation, claim.instance, claim.isolated_pause) = (isolation, 1, TTL);
        }))
    };
    // The lost event is isolated now, and the other one is not.
    let leased = ask(Isolation::Without);
    assert_eq!(numbers(&leased), [other]);
    let isolated = single(ask(Isolation::Alone));
    assert_eq!((isolated.event.id, isolated.is_isolated), (one, true));
    assert_eq!(numbers(&ask(Isolation::Mixed)), []);
    driver.end(&isolated, &Finish::Done);
    assert_eq!(numbers(&ask(Isolation::Without)), [two]);
}

/// Checks with 64 workers on 12 keys that no two events with one key are leased at the same time, that their order is kept,
/// and that all of them are handled.
pub fn of_many_claimers_one_has_a_key_at_a_time(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let ids: Vec<_> =
        (0..240).map(|nth| driver.store(keyed(&nth.to_string(), &format!("key {}", nth % 12)))).collect();
    let (running, handled) = (Mutex::new(HashSet::new()), Mutex::new(Vec::new()));
    let lock = |leased: &Leased| (leased.event.ordering_key.clone(), leased.event.id);
    driver.race(|nth| {
        for turn in 0..20 {
            let claimed = driver.claim(1 + nth % 3);
            for leased in &claimed {
                let (key, _) = lock(leased);
                assert!(held(&running).insert(key.clone()), "two at a time: {key:?}");
            }
            for leased in &claimed {
                let (key, id) = lock(leased);
                // Released before the store lets the next one run.
                held(&running).remove(&key);
                if (turn + nth) % 5 == 0 {
                    driver.end(leased, &retry(Duration::ZERO));
                } else {
                    held(&handled).push((key, id));
                    driver.end(leased, &Finish::Done);
                }
            }
        }
    });
    while held(&handled).len() < ids.len() {
        let claimed = driver.claim(10);
        assert!(!claimed.is_empty(), "{} of {} are handled", held(&handled).len(), ids.len());
        for leased in &claimed {
            held(&handled).push(lock(leased));
            driver.end(leased, &Finish::Done);
        }
    }
    let handled = held(&handled);
    for nth in 0..12 {
        let key = Some(format!("key {nth}"));
        let of_key: Vec<_> = handled.iter().filter(|(of, _)| *of == key).map(|(_, id)| *id).collect();
        let expected: Vec<_> = ids.iter().skip(nth).step_by(12).copied().collect();
        assert_eq!(of_key, expected, "{key:?}");
    }
}

/// Checks that the ready events after one that waits for its retry cost later claims nothing that grows: it is enough that all are
/// found afterwards, in order, and that events with other keys are found before.
pub fn a_backlog_of_one_key_hides_no_other(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let ids: Vec<_> = (0..150).map(|nth| driver.store(keyed(&nth.to_string(), "a"))).collect();
    driver.end(&driver.next(), &retry(TTL));
    assert_eq!(numbers(&driver.claim(10)), []);
    harness.advance(TICK);
    let others = [driver.store(keyed("b", "b")), driver.store(order("other"))];
    assert_due(&driver, true);
    let leased = driver.claim(10);
    assert_eq!(numbers(&leased), others);
    leased.iter().for_each(|leased| driver.end(leased, &Finish::Done));
    harness.advance(TTL);
    for expected in ids {
        let leased = single(driver.claim(3));
        assert_eq!(leased.event.id, expected);
        driver.end(&leased, &Finish::Done);
    }
}

/// Checks that the text of a key is kept or shortened without making two keys one.
pub fn ordering_keys_of_any_length_are_told_apart(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let long = "k".repeat(100_000);
    let keys = ["", " ", "a", "A", "ä", &long, &format!("{long}1"), &format!("{long}2")];
    let ids: Vec<_> =
        keys.iter().zip(0..).map(|(key, nth)| driver.store(keyed(&format!("{nth}"), key))).collect();
    let again: Vec<_> =
        keys.iter().zip(100..).map(|(key, nth)| driver.store(keyed(&format!("{nth}"), key))).collect();
    let leased = driver.claim(100);
    assert_eq!(numbers(&leased), ids);
    leased.iter().for_each(|leased| driver.end(leased, &Finish::Done));
    assert_eq!(numbers(&driver.claim(100)), again);
    // A text that a store may not be able to keep.
    driver.store(keyed("nul", "nul \0"));
    assert_eq!(driver.claim(10).len(), 1);
}

/// Returns an event at the endpoint that the cases use, with an ordering key.
fn keyed(id: &str, key: &str) -> NewEvent {
    with(order(id), |event| event.ordering_key = Some(key.to_owned()))
}

/// Checks whether the store names the endpoint as one with due events, if it names any.
fn assert_due(driver: &InboxDriver<'_, impl InboxHarness>, expected: bool) {
    let due = driver.wait(driver.0.inbox().due_sources(&[ORDERS.to_owned()]));
    assert!(due.as_ref().is_none_or(|due| due.is_empty() != expected), "{due:?}");
}

fn sorted(leased: &[Leased]) -> Vec<EventId> {
    let mut ids = numbers(leased);
    ids.sort_unstable();
    ids
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
