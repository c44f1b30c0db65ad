use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    Accepted, Action, DeadDuplicates, Digest, EventKey, EventState, Filter, Finish, Identity, Leased, Page,
    UnsignedIds,
};
use http::HeaderValue;

use super::driver::{
    InboxDriver, THREADS, TICK, TTL, dead, identity, in_state, order, request, retry, sample_event, single,
    stored, unsigned, unverified,
};
use super::harness::InboxHarness;

/// Checks with 64 threads, 50 times: the other deliveries are duplicates of the new one.
pub fn of_many_accepts_at_once_exactly_one_is_new(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for round in 0..50 {
        let event = order(&format!("evt_{round}"));
        let accepted = driver.race(|_| driver.accept(event.clone()));
        let (new, others): (Vec<_>, Vec<_>) =
            accepted.into_iter().partition(|accepted| matches!(accepted, Accepted::New { .. }));
        let id = stored(single(new));
        let duplicate = Accepted::Duplicate { id, state: EventState::Ready, same_body: true };
        assert!(others.iter().all(|other| *other == duplicate), "round {round}: {others:?}");
    }
    assert_eq!(driver.ids(&Filter::default()).len(), 50);
}

/// Checks before a worker claims the event, while it runs, while it waits for the next attempt, and when it is
/// done.
pub fn a_duplicate_is_answered_with_the_state_of_its_event(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(order("evt"));
    let is_in = |state| {
        assert_eq!(driver.accept(order("evt")), Accepted::Duplicate { id, state, same_body: true });
    };
    is_in(EventState::Ready);
    let first = driver.next();
    is_in(EventState::Running);
    harness.advance(TTL + TICK);
    is_in(EventState::Running);
    driver.end(&first, &retry(TTL));
    is_in(EventState::Ready);
    harness.advance(TTL + TICK);
    driver.end(&driver.next(), &Finish::Done);
    is_in(EventState::Done);
    assert_eq!(driver.claim(10).len(), 0);
    assert_eq!(driver.ids(&Filter::default()), [id]);
}

/// Checks that it starts over with the new request, that the audit log records it, and that the policy `Keep`
/// prevents it.
pub fn a_duplicate_of_a_dead_letter_requeues_it(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.put("evt", EventState::Dead);
    let mut kept = order("evt");
    kept.dead_duplicates = DeadDuplicates::Keep;
    assert_eq!(driver.accept(kept), Accepted::Duplicate { id, state: EventState::Dead, same_body: true });
    assert_eq!(driver.claim(10).len(), 0);
    assert_eq!(driver.audit(None, Page::first(10)), []);

    harness.advance(TICK);
    let mut other = order("evt");
    other.body = "another body".into();
    other.identity = Identity::new(other.identity.key(), Digest::of_body(&other.body));
    other.head.headers.insert("x-signature", HeaderValue::from_static("new"));
    other.received_at = UnixTime::from_millis(1_700_000_100_456);
    (other.event_type, other.traceparent) = (Some("audit.redone".to_owned()), Some("00-1-2-00".to_owned()));
    assert_eq!(driver.accept(other.clone()), Accepted::Requeued { id });
    assert_eq!(
        driver.accept(other.clone()),
        Accepted::Duplicate { id, state: EventState::Ready, same_body: true }
    );
    let shown = driver.show(id).summary;
    assert_eq!((shown.state, shown.attempt, shown.replays), (EventState::Ready, 0, 1));
    assert!(shown.finished_at.is_none() && shown.due_at.is_some(), "{shown:?}");
    let entry = single(driver.audit(Some(id), Page::first(10)));
    assert_eq!((entry.actor.as_str(), entry.action.as_str()), ("preflix", "requeue"));
    assert_eq!((entry.event, entry.count, entry.detail), (Some(id), 1, None));

    let leased = driver.next();
    assert_eq!((leased.attempt, leased.replays), (1, 1));
    assert_eq!((&leased.event.head, &leased.event.body), (&other.head, &other.body));
    assert_eq!((leased.event.received_at, &leased.event.event_type), (other.received_at, &other.event_type));
    assert_eq!(leased.event.traceparent, other.traceparent);
    driver.end(&leased, &Finish::Done);
    // An event that is done stays unchanged.
    assert!(matches!(driver.accept(order("evt")), Accepted::Duplicate { same_body: false, .. }));
    assert_eq!(driver.show(id).body, Some(other.body));
}

/// Checks that this is independent of the policy for dead letters: the stored request cannot be handled, the new
/// one can.
pub fn an_unverified_event_that_is_sent_again_is_replaced_and_ready(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.put("evt", EventState::Unverified);
    let mut again = order("evt");
    again.dead_duplicates = DeadDuplicates::Keep;
    again.head.headers.insert("x-signature", HeaderValue::from_static("by the new secret"));
    assert_eq!(driver.accept(again.clone()), Accepted::Requeued { id });
    assert_eq!(single(driver.audit(Some(id), Page::first(10))).action, "requeue");
    let leased = driver.next();
    assert_eq!((leased.attempt, &leased.event.head), (1, &again.head));
    driver.end(&retried(&driver, &leased), &Finish::Done);
}

fn retried<B: InboxHarness>(driver: &InboxDriver<'_, B>, leased: &Leased) -> Leased {
    driver.end(leased, &retry(Duration::ZERO));
    driver.next()
}

/// Checks that an unsigned id in front of the signed bytes of another event does not replace a request.
pub fn the_bytes_of_another_event_replace_nothing(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for policy in [UnsignedIds::Warn, UnsignedIds::Reject] {
        for state in [EventState::Dead, EventState::Unverified] {
            let name = |id: &str| format!("{policy:?} {state} {id}");
            let event = |id: &str, body: &str| unsigned(&name(id), &name(body), policy);
            driver.store(event("known", "known body"));
            let known = driver.next();
            driver.end(&known, &Finish::Done);
            let id = driver.store(event("evt", "own body"));
            let end = if state == EventState::Dead { dead() } else { unverified() };
            driver.end(&driver.next(), &end);
            assert_eq!(driver.accept(event("evt", "known body")), Accepted::Requeued { id });
            let leased = driver.next();
            assert_eq!(leased.event.body, name("own body"), "{policy:?} {state}");
            // Its own bytes guard it from now on.
            driver.end(&leased, &end);
            assert_eq!(driver.accept(event("evt", "new body")), Accepted::Requeued { id });
            let leased = driver.next();
            assert_eq!(leased.event.body, name("new body"), "{policy:?} {state}");
            driver.end(&leased, &Finish::Done);
            let copy = driver.accept(event("copy", "new body"));
            assert!(matches!(copy, Accepted::Replayed | Accepted::New { is_suspect: true, .. }), "{copy:?}");
            for leased in driver.claim(10) {
                driver.end(&leased, &Finish::Done);
            }
        }
    }
}

/// Checks with 64 duplicates at once.
pub fn of_many_duplicates_of_a_dead_letter_one_requeues_it(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for round in 0..10 {
        let name = format!("evt_{round}");
        let id = driver.put(&name, EventState::Dead);
        let accepted = driver.race(|_| driver.accept(order(&name)));
        let requeued = accepted.iter().filter(|accepted| **accepted == Accepted::Requeued { id }).count();
        let duplicate = Accepted::Duplicate { id, state: EventState::Ready, same_body: true };
        let duplicates = accepted.iter().filter(|accepted| **accepted == duplicate).count();
        assert_eq!((requeued, duplicates), (1, THREADS - 1), "round {round}: {accepted:?}");
        assert_eq!(driver.audit(Some(id), Page::first(10)).len(), 1);
        assert_eq!(driver.show(id).summary.replays, 1);
    }
}

/// Checks two endpoints and two tenants: four events.
pub fn one_id_is_one_event_per_endpoint_and_tenant(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for source in ["orders", "refunds"] {
        for tenant in ["acme", "other"] {
            let mut event = sample_event(source, "evt", "x");
            event.identity = identity(tenant, source, "evt", b"x");
            event.tenant = Some(tenant.to_owned());
            let id = driver.store(event.clone());
            assert!(matches!(driver.accept(event), Accepted::Duplicate { id: known, .. } if known == id));
        }
    }
    assert_eq!(driver.ids(&Filter::default()).len(), 4);
}

/// Checks with deliveries that are stored under four names at the same time, the name of an endpoint among them: each has
/// states, attempts and replays of its own.
pub fn subscriptions_have_nothing_in_common(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let names = ["orders", "orders/a", "orders/b", "orders/c"];
    let deliveries = THREADS / names.len();
    let of_delivery = |nth| {
        let id = format!("evt_{nth}");
        names.map(|name| (name, sample_event(name, &id, format!(r#"{{"id":"{id}"}}"#))))
    };
    let events: Vec<_> = (0..deliveries).flat_map(of_delivery).collect();
    let accepted = driver.race(|nth| events.get(nth).map(|(_, event)| driver.accept(event.clone())));
    assert!(accepted.iter().all(|accepted| matches!(accepted, Some(Accepted::New { .. }))), "{accepted:?}");
    let of = |name: &str, state| {
        let mut filter = in_state(state);
        filter.source = Some(name.to_owned());
        filter
    };
    let claim = |name: &str| {
        let mut request = request(deliveries + 1);
        name.clone_into(&mut request.source);
        let leased = driver.ask(&request);
        assert!(leased.iter().all(|leased| leased.event.source == name), "{leased:?}");
        leased
    };
    let (first, second) = (claim("orders/a"), claim("orders/b"));
    assert_eq!((first.len(), second.len()), (deliveries, deliveries));
    first.iter().for_each(|leased| driver.end(leased, &Finish::Done));
    second.iter().for_each(|leased| driver.end(leased, &dead()));
    let (ready, done) = (EventState::Ready, EventState::Done);
    let counts = |state| names.map(|name| driver.ids(&of(name, state)).len());
    assert_eq!((counts(ready), counts(done)), ([deliveries, 0, 0, deliveries], [0, deliveries, 0, 0]));

    // All is sent again, and one dead letter starts over.
    let mut requeued = 0;
    for (name, mut event) in events {
        let known = match name {
            "orders/a" => done,
            "orders/b" => EventState::Dead,
            _ => ready,
        };
        let is_first = requeued == 0;
        event.dead_duplicates = if is_first { DeadDuplicates::Requeue } else { DeadDuplicates::Keep };
        let accepted = driver.accept(event);
        if is_first && known == EventState::Dead {
            assert!(matches!(accepted, Accepted::Requeued { .. }), "{accepted:?}");
            requeued += 1;
        } else {
            assert!(matches!(accepted, Accepted::Duplicate { state, .. } if state == known), "{accepted:?}");
        }
    }
    assert_eq!(counts(ready), [deliveries, 0, 1, deliveries]);
    assert_eq!(driver.act(Action::Replay, of("orders/a", done)).len(), deliveries);
    assert_eq!(counts(ready), [deliveries, deliveries, 1, deliveries]);
    assert_eq!(names.map(|name| claim(name).len()), [deliveries, deliveries, 1, deliveries]);
}

/// Checks that a changed body is reported: providers render events anew.
pub fn other_bytes_under_one_id_are_a_duplicate_that_says_so(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let id = driver.store(sample_event("orders", "evt", "x"));
    for _ in 0..2 {
        for (body, same_body) in [("y", false), ("x", true)] {
            let accepted = driver.accept(sample_event("orders", "evt", body));
            assert!(
                matches!(accepted, Accepted::Duplicate { id: known, same_body: same, .. } if known == id && same == same_body),
                "{body}: {accepted:?}"
            );
        }
        if let [leased] = driver.claim(1).as_slice() {
            assert_eq!(leased.event.body, "x");
            driver.end(leased, &Finish::Done);
        }
    }
}

/// Checks this also for equal bodies, such as pings.
pub fn events_that_nothing_identifies_are_new_each_time(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for _ in 0..3 {
        let mut ping = sample_event("orders", "", "{}");
        ping.identity = Identity::new(EventKey::random(), Digest::of_body(b"{}"));
        ping.external_id = None;
        driver.store(ping);
    }
    let leased = driver.claim(10);
    assert_eq!(leased.len(), 3);
    assert!(leased.iter().all(|leased| leased.event.external_id.is_none()));
}

/// Checks the policy `Warn`, in all states of the other event. Without a policy such bytes are ordinary.
pub fn known_bytes_under_another_id_are_suspect(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for (policy, suspect) in [(UnsignedIds::Off, false), (UnsignedIds::Warn, true)] {
        let event = |id: &str| unsigned(&format!("{policy:?} {id}"), &format!("{policy:?}"), policy);
        driver.store(event("first"));
        let is_suspect = |id: &str| {
            let accepted = driver.accept(event(id));
            assert!(
                matches!(accepted, Accepted::New { is_suspect, .. } if is_suspect == suspect),
                "{policy:?} {id}: {accepted:?}"
            );
        };
        is_suspect("while it is ready");
        let leased = driver.next();
        is_suspect("while it runs");
        driver.end(&leased, &Finish::Done);
        is_suspect("when it is done");
        // A duplicate stays a duplicate.
        assert!(matches!(driver.accept(event("first")), Accepted::Duplicate { .. }));
        for leased in driver.claim(100) {
            driver.end(&leased, &Finish::Done);
        }
    }
    // A suspect event does not guard its bytes once the first is forgotten.
    let warn = |id: &str, body: &str| unsigned(id, body, UnsignedIds::Warn);
    let first = driver.store(warn("first", "body"));
    assert!(matches!(driver.accept(warn("second", "body")), Accepted::New { is_suspect: true, .. }));
    for leased in driver.claim(100) {
        driver.end(&leased, &Finish::Done);
    }
    assert_eq!(driver.act(Action::Purge, Filter::ids([first])), [first]);
    driver.store(warn("third", "body"));
}

/// Checks the policy `Reject`: no trace is left, so that the abused id stays available for an event.
pub fn known_bytes_under_another_id_are_not_stored(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let event = |id: &str, body: &str| unsigned(id, body, UnsignedIds::Reject);
    let id = driver.store(event("genuine", "x"));
    assert_eq!(driver.accept(event("forged", "x")), Accepted::Replayed);
    let leased = driver.next();
    assert_eq!(driver.accept(event("forged", "x")), Accepted::Replayed);
    driver.end(&leased, &Finish::Done);
    assert_eq!(driver.accept(event("forged", "x")), Accepted::Replayed);
    assert_eq!(
        driver.accept(event("genuine", "x")),
        Accepted::Duplicate { id, state: EventState::Done, same_body: true }
    );
    assert_eq!(driver.claim(10).len(), 0);
    driver.store(event("forged", "y"));
    // A forgotten event does not guard its bytes.
    harness.advance(harness.inbox().retention() + TICK);
    assert_eq!(driver.sweep(), 1);
    driver.store(event("other", "x"));
}

/// Checks with 64 ids for one body.
pub fn of_many_ids_for_one_body_at_once_one_is_stored(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for round in 0..10 {
        let body = format!("body {round}");
        // Four times each, so that there are duplicates, too.
        let event = |nth: usize| unsigned(&format!("{round} {}", nth / 4), &body, UnsignedIds::Reject);
        let accepted = driver.race(|nth| driver.accept(event(nth)));
        let count = |is: fn(&Accepted) -> bool| accepted.iter().filter(|accepted| is(accepted)).count();
        let new = count(|accepted| matches!(accepted, Accepted::New { is_suspect: false, .. }));
        let duplicates = count(|accepted| matches!(accepted, Accepted::Duplicate { .. }));
        let replayed = count(|accepted| *accepted == Accepted::Replayed);
        assert_eq!((new, duplicates, replayed), (1, 3, THREADS - 4), "round {round}: {accepted:?}");
    }
    assert_eq!(driver.ids(&in_state(EventState::Ready)).len(), 10);
}
