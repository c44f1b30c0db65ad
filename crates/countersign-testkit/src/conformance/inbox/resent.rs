use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    Accepted, Action, Digest, EventState, Filter, Finish, Identity, NewEvent, Page, StoredEvent, UnsignedIds,
};
use http::HeaderValue;

use super::driver::{InboxDriver, TICK, dead, order, retry, unsigned};
use super::harness::InboxHarness;

/// Checks an event that was not tried, one that waits for its next attempt, and one that was replayed. Its attempts, due time,
/// replays and ordering key stay, and nothing is in the audit log: the first request may have been verified with keys that are gone.
pub fn an_event_that_waits_takes_the_request_of_its_duplicate(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for history in ["new", "tried", "replayed"] {
        let mut first = order(history);
        first.ordering_key = Some(format!("first {history}"));
        let id = driver.store(first.clone());
        if history != "new" {
            let end = if history == "tried" { retry(Duration::ZERO) } else { dead() };
            driver.end(&driver.next(), &end);
        }
        if history == "replayed" {
            assert_eq!(driver.act(Action::Replay, Filter::ids([id])), [id]);
        }
        let entries = driver.audit(Some(id), Page::first(10)).len();
        let before = driver.show(id).summary;
        harness.advance(TICK);
        for (nth, body) in [(1, "another body"), (2, "another body"), (3, "third body")] {
            let again = resent(&first, nth, body);
            let same_body = nth == 2;
            assert_eq!(
                driver.accept(again.clone()),
                Accepted::Duplicate { id, state: EventState::Ready, same_body },
                "{history} {nth}"
            );
            let shown = driver.show(id);
            assert_eq!((shown.head, shown.body), (Some(again.head), Some(again.body)), "{history} {nth}");
            assert_eq!(shown.ordering_key, first.ordering_key);
            assert_eq!(shown.summary.event_type, again.event_type);
            let kept = (shown.summary.attempt, shown.summary.replays, shown.summary.due_at);
            assert_eq!(kept, (before.attempt, before.replays, before.due_at), "{history} {nth}");
        }
        assert_eq!(driver.audit(Some(id), Page::first(10)).len(), entries);
        let leased = driver.next();
        let last = resent(&first, 3, "third body");
        assert_is_of(&leased.event, &last);
        assert_eq!(leased.event.ordering_key, first.ordering_key);
        assert_eq!(leased.attempt, before.attempt + 1, "{history}");
        driver.end(&leased, &Finish::Done);
    }
}

/// Checks events that run, are done, or are discarded.
pub fn a_duplicate_of_an_event_that_does_not_wait_replaces_nothing(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let first = order("evt");
    let id = driver.store(first.clone());
    let leased = driver.next();
    let again = resent(&first, 1, "another body");
    let is_kept = |state| {
        let expected = Accepted::Duplicate { id, state, same_body: false };
        assert_eq!(driver.accept(again.clone()), expected);
        let shown = driver.show(id);
        assert_eq!((shown.head, shown.body), (Some(first.head.clone()), Some(first.body.clone())), "{state}");
    };
    is_kept(EventState::Running);
    driver.end(&leased, &retry(TICK));
    harness.advance(TICK);
    let leased = driver.next();
    assert_is_of(&leased.event, &first);
    driver.end(&leased, &Finish::Done);
    is_kept(EventState::Done);
}

/// Checks that an id that the signature does not cover replaces no body: the bytes may be a delivery that was recorded elsewhere.
/// With the same body the head is replaced, and what guards the event stays.
pub fn an_unsigned_id_replaces_no_body_of_an_event_that_waits(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for policy in [UnsignedIds::Warn, UnsignedIds::Reject] {
        let name = |id: &str| format!("{policy:?} {id}");
        let first = unsigned(&name("evt"), &name("own body"), policy);
        let id = driver.store(first.clone());
        let mut other = unsigned(&name("evt"), &name("another body"), policy);
        other.head.headers.insert("x-signature", HeaderValue::from_static("other"));
        let is_duplicate = |accepted, same_body| {
            assert_eq!(accepted, Accepted::Duplicate { id, state: EventState::Ready, same_body })
        };
        is_duplicate(driver.accept(other), false);
        let shown = driver.show(id);
        assert_eq!(
            (shown.head, shown.body),
            (Some(first.head.clone()), Some(first.body.clone())),
            "{policy:?}"
        );

        let mut again = first.clone();
        again.head.headers.insert("x-signature", HeaderValue::from_static("by the new secret"));
        // The time is signed, too, so that other bytes were.
        let signed = Digest::of_signed(&[Some(b"later"), Some(&again.body)]);
        again.identity =
            Identity::new(again.identity.key(), again.identity.body()).with_guard(signed, policy);
        is_duplicate(driver.accept(again.clone()), true);
        let copy = driver.accept(unsigned(&name("copy"), &name("own body"), policy));
        assert!(matches!(copy, Accepted::Replayed | Accepted::New { is_suspect: true, .. }), "{copy:?}");
        let leased = driver.next();
        assert_is_of(&leased.event, &again);
        driver.end(&leased, &dead());
        for leased in driver.claim(10) {
            driver.end(&leased, &Finish::Done);
        }
    }
}

/// Checks with 64 different duplicates at once: the event has head and body of one of them.
pub fn of_many_duplicates_of_an_event_that_waits_one_is_kept_whole(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for round in 0..10 {
        let first = order(&format!("evt_{round}"));
        let id = driver.store(first.clone());
        let all: Vec<_> = (0..8).map(|nth| resent(&first, nth, &format!("body {nth}"))).collect();
        let accepted = driver.race(|nth| all.get(nth % all.len()).map(|event| driver.accept(event.clone())));
        let is_duplicate = |accepted: &Option<Accepted>| matches!(accepted, Some(Accepted::Duplicate { id: known, state: EventState::Ready, .. }) if *known == id);
        assert!(accepted.iter().all(is_duplicate), "round {round}: {accepted:?}");
        let leased = driver.next();
        let kept = all.iter().find(|event| event.body == leased.event.body);
        assert!(kept.is_some(), "round {round}: {:?}", leased.event.body);
        kept.into_iter().for_each(|kept| assert_is_of(&leased.event, kept));
        driver.end(&leased, &Finish::Done);
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
    assert_eq!(event.traceparent, new.traceparent);
}
