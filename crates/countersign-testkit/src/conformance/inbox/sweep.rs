use countersign_inbox::{Accepted, Action, DeadDuplicates, EventState, Fenced, Filter, Finish, Page};

use super::driver::{InboxDriver, TICK, TTL, dead, order, retry, single};
use super::harness::InboxHarness;

/// Checks that it is forgotten afterwards.
pub fn what_is_done_is_remembered_for_the_retention(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.put("evt", EventState::Done);
    harness.advance(harness.inbox().retention() - TICK);
    assert_eq!(driver.sweep(), 0);
    assert_eq!(
        driver.accept(order("evt")),
        Accepted::Duplicate { id, state: EventState::Done, same_body: true }
    );
    harness.advance(TICK * 2);
    assert_eq!(driver.sweep(), 1);
    assert_eq!(driver.sweep(), 0);
    assert!(driver.find(id).is_none());
    let new = driver.store(order("evt"));
    assert!(new > id, "{new} after {id}: no number is used twice");
    driver.end(&driver.next(), &Finish::Done);
}

/// Checks that the time counts from the finish, not from the storing.
pub fn dead_letters_are_kept_for_a_time_of_their_own(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let kept = harness.inbox().dead_retention();
    let id = driver.store(order("evt"));
    harness.advance(kept * 2);
    driver.end(&driver.next(), &dead());
    harness.advance(kept - TICK);
    assert_eq!(driver.sweep(), 0);
    let mut duplicate = order("evt");
    duplicate.dead_duplicates = DeadDuplicates::Keep;
    assert!(matches!(driver.accept(duplicate), Accepted::Duplicate { state: EventState::Dead, .. }));
    harness.advance(TICK * 2);
    assert_eq!(driver.sweep(), 1);
    assert!(driver.find(id).is_none());
    driver.store(order("evt"));
}

/// Checks this for any age, and for bodies, too.
pub fn what_waits_or_runs_is_never_forgotten(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let kept = (harness.inbox().retention() + harness.inbox().dead_retention()) * 4;
    let running = driver.running("running");
    let again = driver.running("again");
    driver.end(&again, &retry(TTL));
    let unverified = driver.put("unverified", EventState::Unverified);
    let ready = driver.store(order("ready"));
    harness.advance(kept);
    assert_eq!(driver.sweep(), 0);
    assert!(matches!(driver.accept(order("running")), Accepted::Duplicate { .. }));
    assert_eq!(driver.state(unverified), EventState::Unverified);
    assert_eq!(driver.show(unverified).body, Some(order("unverified").body));
    driver.end(&running, &Finish::Done);
    let leased = driver.claim(10);
    assert_eq!(leased.len(), 2);
    for leased in leased {
        let body = if leased.event.id == ready { order("ready").body } else { order("again").body };
        assert_eq!(leased.event.body, body);
        driver.end(&leased, &Finish::Done);
    }
    assert_eq!(driver.sweep(), 0, "what is done now is remembered from now on");
}

/// Checks the limit of 500 events, which keeps the store responsive.
pub fn a_sweep_is_bounded(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for nth in 0..520 {
        driver.store(order(&nth.to_string()));
    }
    let all = driver.act(Action::Discard, Filter::default());
    assert_eq!(all.len(), 500, "so is a change, by default");
    assert_eq!(driver.act(Action::Discard, Filter::default()).len(), 20);
    harness.advance(harness.inbox().retention() + TICK);
    assert_eq!(driver.sweep(), 500);
    assert_eq!(driver.sweep(), 20);
    assert_eq!(driver.list(&Filter::default(), Page::first(10)), []);
}

/// Checks this after a sweep and after a purge: a late worker must not affect the event that has the key now.
pub fn a_key_that_was_forgotten_comes_back_with_higher_fences(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let mut last = driver.running("evt");
    for purge in [true, false, true] {
        harness.advance(TTL + TICK);
        let second = driver.next();
        driver.end(&second, &Finish::Done);
        if purge {
            assert_eq!(driver.act(Action::Purge, Filter::ids([second.event.id])).len(), 1);
        } else {
            harness.advance(harness.inbox().retention() + TICK);
            assert_eq!(driver.sweep(), 1);
        }
        assert_eq!(driver.finish(&second.lease, &Finish::Done), Fenced::Stale);
        let id = driver.store(order("evt"));
        assert!(id > second.event.id, "{id} after {}: no number is used twice", second.event.id);
        let third = single(driver.only(id));
        assert!(third.lease.fence() > second.lease.fence(), "{third:?} after {second:?}");
        for slow in [&last, &second] {
            assert_eq!(driver.extend(&slow.lease), Fenced::Stale);
            assert_eq!(driver.finish(&slow.lease, &Finish::Done), Fenced::Stale);
        }
        assert_eq!(driver.state(id), EventState::Running);
        last = third;
    }
}
