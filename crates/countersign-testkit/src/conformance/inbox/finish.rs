use std::time::Duration;

use countersign_inbox::{Action, AttemptOutcome, EventState, Fenced, Filter, Finish, Page, StoredEvent};

use super::driver::{
    InboxDriver, THREADS, TICK, TTL, dead, keep, numbers, order, request, retry, sample_event, single, skip,
    unverified,
};
use super::harness::InboxHarness;
use crate::conformance::driver::with;

/// Checks the event of the slow worker and that of the current one.
pub fn a_stale_finish_changes_nothing(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for (nth, finish) in every_finish().iter().enumerate() {
        let slow = driver.running(&nth.to_string());
        harness.advance(TTL + TICK);
        let second = driver.next();
        let before = driver.show(slow.event.id);
        assert_eq!(driver.extend(&slow.lease), Fenced::Stale);
        assert_eq!(driver.finish(&slow.lease, finish), Fenced::Stale, "{finish:?}");
        let after = driver.show(slow.event.id);
        assert_eq!(after.summary, before.summary, "{finish:?}");
        assert_eq!((after.fence, after.worker), (before.fence, before.worker), "{finish:?}");
        assert_eq!(after.attempts, before.attempts, "{finish:?}");
        harness.advance(TTL - TICK);
        assert_eq!(driver.claim(10).len(), 0, "{finish:?}");
        assert!(matches!(driver.extend(&second.lease), Fenced::Ok(Some(_))), "{finish:?}");
        driver.end(&second, &Finish::Done);
        // Nor after the event is done.
        for late in every_finish() {
            assert_eq!(driver.finish(&slow.lease, &late), Fenced::Stale, "{late:?}");
        }
        assert_eq!(driver.state(slow.event.id), EventState::Done);
    }
}

/// Checks that only `Done` can be repeated after a lost reply. Other finishes are stale then.
pub fn done_may_be_said_twice_and_nothing_else(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for (nth, first) in every_finish().iter().enumerate() {
        let leased = driver.running(&nth.to_string());
        let id = leased.event.id;
        driver.end(&leased, first);
        let before = driver.show(id);
        harness.advance(TICK);
        assert_eq!(driver.extend(&leased.lease), Fenced::Stale, "after {first:?}");
        let is_done = before.summary.state == EventState::Done;
        for again in every_finish() {
            let expected = if is_done && again == Finish::Done { Fenced::Ok(()) } else { Fenced::Stale };
            assert_eq!(driver.finish(&leased.lease, &again), expected, "{again:?} after {first:?}");
        }
        let after = driver.show(id);
        assert_eq!((after.summary, after.attempts), (before.summary, before.attempts), "after {first:?}");
        let discarded = driver.act(Action::Discard, Filter::ids([id]));
        assert_eq!(discarded.len(), usize::from(!is_done), "after {first:?}");
    }
}

/// Checks with 64 threads and one lease.
pub fn of_many_finishes_at_once_one_counts(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for round in 0..10 {
        let leased = driver.running(&round.to_string());
        let finishes = [retry(Duration::ZERO), dead(), skip(), Finish::GiveBack];
        let finish =
            |nth: usize| finishes.iter().cycle().nth(nth).map(|with| driver.finish(&leased.lease, with));
        let counted = driver.race(finish);
        assert_eq!(counted.len(), THREADS);
        let ok = counted.iter().filter(|fenced| **fenced == Some(Fenced::Ok(()))).count();
        assert_eq!(ok, 1, "round {round}");
        assert_eq!(driver.show(leased.event.id).attempts.len(), 1, "round {round}");
        // The next round starts without due events.
        for leased in driver.claim(10) {
            driver.end(&leased, &Finish::Done);
        }
    }
}

/// Checks that it is not due earlier.
pub fn a_retry_is_due_when_it_was_asked_for(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let leased = driver.running("evt");
    let id = leased.event.id;
    driver.end(&leased, &retry(TTL));
    let shown = driver.show(id).summary;
    assert_eq!((shown.state, shown.attempt), (EventState::Ready, 1));
    assert_eq!(shown.error.as_deref(), Some("try again"));
    assert!(shown.due_at > Some(shown.stored_at) && shown.finished_at.is_none(), "{shown:?}");
    harness.advance(TTL - TICK);
    assert_eq!(driver.claim(10).len(), 0);
    harness.advance(TICK * 2);
    let second = driver.next();
    assert_eq!((second.event.id, second.attempt), (id, 2));
    driver.end(&second, &retry(Duration::ZERO));
    driver.end(&driver.next(), &Finish::Done);
    let shown = driver.show(id);
    assert_eq!(shown.summary.error.as_deref(), Some("try again"), "the last error stays");
    let outcomes: Vec<_> =
        shown.attempts.iter().map(|attempt| (attempt.attempt, attempt.outcome.as_str())).collect();
    assert_eq!(outcomes, [(1, "retry"), (2, "retry"), (3, "done")]);
}

/// Checks that the attempts and the time of an event of an unknown version do not count: once it is known, it has as many
/// attempts as another one.
pub fn what_is_kept_is_due_later_and_its_attempts_and_age_do_not_count(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let first = driver.running("evt");
    let id = first.event.id;
    driver.end(&first, &retry(Duration::ZERO));
    for round in 1..=3 {
        let leased = driver.next();
        assert_eq!((leased.event.id, leased.attempt), (id, 2), "{round}");
        harness.advance(TICK);
        driver.end(&leased, &keep(TTL));
        let shown = driver.show(id);
        assert_eq!((shown.summary.state, shown.summary.attempt), (EventState::Ready, 1), "{round}");
        assert_eq!(shown.summary.error.as_deref(), Some("version 3 is unknown"), "{round}");
        assert_eq!(shown.attempts.len(), 1 + round);
        harness.advance(TTL - TICK);
        assert_eq!(driver.claim(10).len(), 0, "{round}");
        harness.advance(TICK * 2);
    }
    let last = driver.next();
    assert_eq!(last.attempt, 2);
    assert!(last.age < TICK * 2, "{:?}", last.age);
}

/// Checks the shutdown of a worker: the attempt does not count.
pub fn what_is_given_back_is_due_and_does_not_count(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let first = driver.running("evt");
    driver.end(&first, &Finish::GiveBack);
    let shown = driver.show(first.event.id);
    assert_eq!((shown.summary.state, shown.summary.attempt), (EventState::Ready, 0));
    assert_eq!((shown.summary.error, shown.worker), (None, None));
    assert_eq!(single(shown.attempts).outcome, AttemptOutcome::GiveBack);
    let second = driver.next();
    assert_eq!((second.event.id, second.attempt), (first.event.id, 1));
    assert!(second.lease.fence() > first.lease.fence());
    driver.end(&second, &retry(Duration::ZERO));
    let third = driver.next();
    assert_eq!(third.attempt, 2);
    driver.end(&third, &Finish::GiveBack);
    assert_eq!(driver.next().attempt, 2);
}

/// Checks that such events are not leased again.
pub fn what_is_skipped_or_dead_says_why(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let cases = [
        (skip(), EventState::Done, "skip", "no handler"),
        (dead(), EventState::Dead, "dead", "no such account"),
    ];
    for (finish, state, outcome, why) in cases {
        let leased = driver.running(outcome);
        harness.advance(TICK);
        driver.end(&leased, &finish);
        let shown = driver.show(leased.event.id);
        assert_eq!((shown.summary.state, shown.summary.attempt), (state, 1));
        assert_eq!(shown.summary.error.as_deref(), Some(why));
        assert!(shown.summary.finished_at > Some(shown.summary.stored_at), "{shown:?}");
        assert_eq!((shown.summary.due_at, shown.worker), (None, None));
        let attempt = single(shown.attempts);
        assert_eq!((attempt.attempt, attempt.fence), (1, leased.lease.fence()));
        assert_eq!((attempt.outcome.as_str(), attempt.error.as_deref()), (outcome, Some(why)));
        assert_eq!(Some(attempt.ended_at), shown.summary.finished_at);
        harness.advance(TTL * 2);
        assert_eq!(driver.claim(10).len(), 0);
    }
}

/// Checks that it is not claimed until it is resumed, and that no attempt counts.
pub fn what_does_not_verify_waits_and_does_not_count(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let (first, second) = (driver.running("1"), driver.running("2"));
    for leased in [&first, &second] {
        driver.end(leased, &unverified());
        let shown = driver.show(leased.event.id);
        assert_eq!((shown.summary.state, shown.summary.attempt), (EventState::Unverified, 0));
        assert_eq!(shown.summary.error.as_deref(), Some("signature_mismatch: add the old key"));
        assert_eq!((shown.summary.due_at, shown.summary.finished_at, shown.worker), (None, None, None));
    }
    harness.advance(TTL * 2);
    assert_eq!(driver.claim(10).len(), 0);
    assert_eq!(driver.only(first.event.id).len(), 0);
    let ready = driver.store(order("ready"));
    let waiting = |source: &str, after, limit| driver.wait(harness.inbox().unverified(source, after, limit));
    let of = |events: Vec<StoredEvent>| events.iter().map(|event| event.id).collect::<Vec<_>>();
    let [one, two] = [&first, &second].map(|leased| leased.event.id);
    assert_eq!(of(waiting("orders", None, 10)), [one, two]);
    assert_eq!(of(waiting("orders", None, 1)), [one]);
    assert_eq!(of(waiting("orders", Some(one), 10)), [two]);
    assert_eq!(of(waiting("refunds", None, 10)), []);
    let read = single(waiting("orders", Some(one), 10));
    let (expected, stored) = (sample_event("orders", "2", r#"{"id":"2"}"#), &second.event);
    assert_eq!((&read.head, &read.body, &read.key), (&expected.head, &expected.body, &stored.key));
    assert_eq!((read.received_at, &read.tenant), (stored.received_at, &stored.tenant));
    assert_eq!((&read.event_type, &read.external_id), (&stored.event_type, &stored.external_id));
    assert_eq!(driver.wait(harness.inbox().resume(&[two, ready])), 1, "what is ready is none of them");
    assert_eq!(of(waiting("orders", None, 10)), [one]);
    let leased = single(driver.only(two));
    assert_eq!((leased.attempt, leased.replays), (1, 0));
    driver.end(&leased, &Finish::Done);
    assert_eq!(driver.wait(harness.inbox().resume(&[two])), 0);
    assert_eq!(numbers(&driver.claim(10)), [ready]);
}

/// Checks retries, returned events, crashes, dead letters, replays and duplicates: a repeated fence would let a
/// late finish pass.
pub fn fences_only_grow(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(order("evt"));
    let mut last = 0;
    let mut next = || {
        let leased = driver.next();
        let fence = leased.lease.fence();
        assert!(fence > last, "{fence} after {last}");
        assert_eq!(driver.show(id).fence, fence);
        last = fence;
        leased
    };
    driver.end(&next(), &retry(Duration::ZERO));
    driver.end(&next(), &Finish::GiveBack);
    next();
    harness.advance(TTL + TICK);
    driver.end(&next(), &dead());
    assert_eq!(driver.act(Action::Replay, Filter::ids([id])), [id]);
    driver.end(&next(), &dead());
    driver.accept(order("evt"));
    let done = next();
    driver.end(&done, &Finish::Done);
    let of_done = with(Filter::default(), |filter| filter.state = Some(EventState::Done));
    assert_eq!(driver.act(Action::Replay, of_done), [id]);
    assert_eq!(driver.finish(&done.lease, &Finish::Done), Fenced::Stale, "it is to be done again");
    driver.end(&next(), &Finish::Done);
}

/// Checks extreme numbers, too.
pub fn endless_durations_are_no_error(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let endless = Duration::MAX;
    let leased = driver.running("evt");
    let id = leased.event.id;
    let extended = single(driver.wait(harness.inbox().extend(&[leased.lease], endless)));
    assert!(matches!(extended, Fenced::Ok(Some(_))), "{extended:?}");
    harness.advance(TTL * 2);
    assert_eq!(driver.ask(&with(request(10), |claim| claim.horizon = endless)).len(), 0);
    driver.end(&leased, &retry(endless));
    assert_eq!(driver.ask(&with(request(10), |claim| claim.horizon = endless)).len(), 0);
    let request = with(request(usize::MAX), |claim| claim.ttl = endless);
    driver.end(&single(driver.ask(&request)), &Finish::Done);
    let older = with(Filter::default(), |filter| filter.older_than = Some(endless));
    assert_eq!(driver.ids(&older), []);
    let newer = with(Filter::default(), |filter| filter.newer_than = Some(endless));
    assert_eq!(driver.ids(&newer), [id]);
    assert_eq!(driver.list(&newer, Page::first(usize::MAX)).len(), 1);
}

fn every_finish() -> [Finish; 7] {
    let at_once = Duration::ZERO;
    [Finish::Done, skip(), retry(at_once), keep(at_once), dead(), Finish::GiveBack, unverified()]
}
