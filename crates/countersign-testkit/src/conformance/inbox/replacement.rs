use countersign::UnixTime;
use countersign_inbox::{
    Accepted, Digest, EventId, EventState, Finish, Identity, NewEvent, Page, StoredEvent, UnsignedIds,
};
use http::HeaderValue;

use super::driver::{InboxDriver, TICK, dead, order, retry, single, unsigned, unverified};
use super::harness::InboxHarness;

/// Checks an event that waits for its first attempt, for a retry and after an attempt that was given back. Head, body, type,
/// `traceparent` and time of receipt are replaced; attempts, due time and ordering key stay.
pub fn a_request_that_does_not_verify_is_replaced_by_that_of_a_duplicate(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for history in ["new", "retried", "given back"] {
        let mut first = order(history);
        first.ordering_key = Some(format!("key of {history}"));
        let id = driver.store(first.clone());
        match history {
            "retried" => driver.end(&driver.next(), &retry(TICK)),
            "given back" => driver.end(&driver.next(), &Finish::GiveBack),
            _ => {}
        }
        let before = driver.show(id).summary;
        let again = resent(&first, 1, "another body");
        assert_eq!(
            driver.accept(again.clone()),
            Accepted::Duplicate { id, state: EventState::Ready, same_body: false }
        );
        let stored = driver.stored_request(id);
        assert_is_of(&stored, &first);
        assert!(driver.replace(&stored, &again), "{history}");
        assert!(!driver.replace(&stored, &again), "the request is another one now");
        let entry = single(driver.audit(Some(id), Page::first(10)));
        assert_eq!((entry.actor.as_str(), entry.action.as_str(), entry.count), ("preflix", "replace", 1));

        assert_is_of(&driver.stored_request(id), &again);
        let shown = driver.show(id);
        assert_eq!(
            (shown.head, shown.body),
            (Some(again.head.clone()), Some(again.body.clone())),
            "{history}"
        );
        assert_eq!(shown.ordering_key, first.ordering_key);
        let kept = (shown.summary.state, shown.summary.attempt, shown.summary.replays, shown.summary.due_at);
        assert_eq!(kept, (EventState::Ready, before.attempt, before.replays, before.due_at), "{history}");
        assert_eq!(
            driver.accept(again.clone()),
            Accepted::Duplicate { id, state: EventState::Ready, same_body: true }
        );
        harness.advance(TICK * 2);
        let leased = driver.next();
        assert_is_of(&leased.event, &again);
        assert_eq!((leased.attempt, &leased.event.ordering_key), (before.attempt + 1, &first.ordering_key));
        driver.end(&leased, &Finish::Done);
    }
    assert_eq!(
        driver.wait(harness.inbox().stored_request(EventId::new(i64::MAX))).map(|found| found.id),
        None
    );
}

/// Checks an event from another source, whose digest is not the SHA-256 of its body: the body itself is compared.
pub fn a_request_with_a_digest_of_another_kind_is_replaced(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let mut first = order("evt");
    first.identity = Identity::new(first.identity.key(), Digest::from_bytes([7; 32]));
    let id = driver.store(first.clone());
    let again = resent(&first, 1, "another body");
    let stored = driver.stored_request(id);
    let other = StoredEvent { body: "other".into(), ..stored.clone() };
    assert!(!driver.replace(&other, &again), "the body is another one");
    assert!(driver.replace(&stored, &again));
    assert_is_of(&driver.next().event, &again);
}

/// Checks another head, body and time of receipt, and the key of another event: nothing is replaced.
pub fn a_request_that_has_changed_is_not_replaced(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let first = order("evt");
    let id = driver.store(first.clone());
    let again = resent(&first, 1, "another body");
    let stored = driver.stored_request(id);
    let mut others = [stored.clone(), stored.clone(), stored.clone()];
    let [head, body, time] = &mut others;
    head.head.headers.insert("x-signature", HeaderValue::from_static("other"));
    body.body = "other".into();
    time.received_at = UnixTime::from_millis(first.received_at.as_millis() + 1);
    for other in &others {
        assert!(!driver.replace(other, &again), "{other:?}");
    }
    assert!(!driver.replace(&stored, &resent(&order("another"), 1, "another body")));
    let unknown = StoredEvent { id: EventId::new(i64::MAX), ..stored };
    assert!(!driver.replace(&unknown, &again));
    assert_is_of(&driver.next().event, &first);
    assert_eq!(driver.audit(None, Page::first(10)), []);
}

/// Checks events that were claimed, handled, discarded or found unverified between the reading and the replacement.
pub fn an_event_that_does_not_wait_keeps_its_request(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for state in [EventState::Running, EventState::Done, EventState::Dead, EventState::Unverified] {
        let first = order(state.as_str());
        let id = driver.store(first.clone());
        let stored = driver.stored_request(id);
        let leased = single(driver.only(id));
        match state {
            EventState::Done => driver.end(&leased, &Finish::Done),
            EventState::Dead => driver.end(&leased, &dead()),
            EventState::Unverified => driver.end(&leased, &unverified()),
            _ => {}
        }
        assert!(!driver.replace(&stored, &resent(&first, 1, "another body")), "{state}");
        let shown = driver.show(id);
        assert_eq!(
            (shown.summary.state, shown.head, shown.body),
            (state, Some(first.head), Some(first.body))
        );
        assert_is_of(&driver.stored_request(id), &order(state.as_str()));
    }
}

/// Checks with 64 replacements at once: the event has head and body of the one that counts.
pub fn of_many_replacements_one_counts_and_is_kept_whole(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for round in 0..10 {
        let first = order(&format!("evt_{round}"));
        let id = driver.store(first.clone());
        let stored = driver.stored_request(id);
        let again =
            |nth: usize| resent(&first, u16::try_from(nth).unwrap_or_default(), &format!("body {nth}"));
        let replaced = driver.race(|nth| driver.replace(&stored, &again(nth)));
        let counted: Vec<_> = (0..).zip(replaced).filter(|(_, is_replaced)| *is_replaced).collect();
        let (nth, _) = single(counted);
        let leased = driver.next();
        assert_is_of(&leased.event, &again(nth));
        driver.end(&leased, &Finish::Done);
    }
}

/// Checks that the signed bytes of the new request are known under another id, and that those of another event guard nothing.
pub fn what_was_replaced_is_guarded_by_its_new_bytes(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for policy in [UnsignedIds::Off, UnsignedIds::Warn, UnsignedIds::Reject] {
        let name = |id: &str| format!("{policy:?} {id}");
        let event = |id: &str, body: &str| unsigned(&name(id), &name(body), policy);
        driver.store(event("known", "known body"));
        let first = event("evt", "own body");
        let id = driver.store(first.clone());
        // The time is signed, too.
        let signed = |time: &[u8]| Digest::of_signed(&[Some(time), Some(&first.body)]);
        let mut again = resent(&first, 1, &name("own body"));
        again.identity = again.identity.with_guard(signed(b"later"), policy);
        assert!(driver.replace(&driver.stored_request(id), &again), "{policy:?}");
        let mut copy = event("copy", "own body");
        copy.identity = copy.identity.with_guard(signed(b"later"), policy);
        let expected = driver.accept(copy);
        let is_known = matches!(expected, Accepted::Replayed | Accepted::New { is_suspect: true, .. });
        assert_eq!(is_known, policy != UnsignedIds::Off, "{expected:?}");

        let mut taken = resent(&first, 2, &name("own body"));
        let known = || Digest::of_signed(&[Some(name("known body").as_bytes())]);
        taken.identity = taken.identity.with_guard(known(), policy);
        assert!(driver.replace(&driver.stored_request(id), &taken), "{policy:?}");
        assert_is_of(&driver.stored_request(id), &taken);
        // It is guarded by its own bytes still, and the other event by those that both have now.
        let copy = |id: &str, signed: Digest| {
            let mut copy = event(id, "own body");
            copy.identity = copy.identity.with_guard(signed, policy);
            driver.accept(copy)
        };
        for (id, signed) in [("later copy", signed(b"later")), ("known copy", known())] {
            let accepted = copy(id, signed);
            let is_known = matches!(accepted, Accepted::Replayed | Accepted::New { is_suspect: true, .. });
            assert_eq!(is_known, policy != UnsignedIds::Off, "{id}: {accepted:?}");
        }
        for leased in driver.claim(10) {
            driver.end(&leased, &Finish::Done);
        }
    }
}

/// Returns a delivery of an event that its provider signs anew.
fn resent(first: &NewEvent, nth: u16, body: &str) -> NewEvent {
    let mut event = first.clone();
    event.body = body.to_owned().into();
    event.identity = Identity::new(first.identity.key(), Digest::of_body(&event.body));
    event.head.headers.insert("x-signature", HeaderValue::from(nth));
    event.received_at = UnixTime::from_millis(1_700_000_100_000 + i64::from(nth));
    event.event_type = Some(format!("audit.{nth}"));
    event.traceparent = Some(format!("00-{nth}-2-00"));
    event.ordering_key = Some("another key".to_owned());
    event
}

fn assert_is_of(event: &StoredEvent, new: &NewEvent) {
    assert_eq!((&event.head, &event.body), (&new.head, &new.body));
    assert_eq!((event.received_at, &event.event_type), (new.received_at, &new.event_type));
    assert_eq!((&event.traceparent, event.key), (&new.traceparent, new.identity.key()));
}
