use std::time::Duration;

use countersign_inbox::{
    Action, AttemptNote, Change, ErrorPattern, EventId, FailureKind, Fenced, Filter, Finish,
};

use super::driver::{InboxDriver, TICK, dead, identity, order, sample_event, single, skip, unverified};
use super::harness::InboxHarness;

/// Checks what separates two kinds, what joins them, and their order.
pub fn failures_of_one_kind_are_counted_together(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let read = |source: Option<&str>, limit| driver.wait(harness.ops().errors(source, limit));
    assert_eq!(read(None, 10), []);
    let fail = |id: &str, source: &str, event_type: Option<&str>, error: &str, failure| {
        let mut event = sample_event(source, id, "{}");
        event.event_type = event_type.map(str::to_owned);
        event.identity = identity("acme", source, id, b"{}");
        let id = driver.store(event);
        let mut claim = super::driver::request(1);
        (claim.source, claim.only) = (source.to_owned(), Some(id));
        let finish = Finish::Retry { after: Duration::from_secs(3600), error: error.to_owned() };
        let note = AttemptNote::NONE.with_failure(failure);
        driver.end_with(&single(driver.ask(&claim)), &finish, note);
        harness.advance(TICK);
        id
    };
    let kind = FailureKind::Error;
    let audit = Some("audit.completed");
    fail("1", "orders", audit, "no bill 17", kind);
    let latest = fail("2", "orders", audit, "no bill in_4aQ", kind);
    fail("3", "orders", audit, "no bill 18", FailureKind::Timeout);
    fail("4", "orders", None, "no bill 19", kind);
    fail("5", "orders", audit, "no other bill 20", kind);
    fail("6", "refunds", audit, "no bill 21", kind);
    let all = read(None, 10);
    let patterns: Vec<_> = all
        .iter()
        .map(|of| (of.source.as_str(), of.event_type.as_deref(), of.failure, of.pattern.as_str(), of.count))
        .collect();
    let expected = [
        ("refunds", audit, Some(kind), "no bill #", 1),
        ("orders", audit, Some(kind), "no other bill #", 1),
        ("orders", None, Some(kind), "no bill #", 1),
        ("orders", audit, Some(FailureKind::Timeout), "no bill #", 1),
        ("orders", audit, Some(kind), "no bill #", 2),
    ];
    assert_eq!(patterns, expected);
    let both: &[ErrorPattern] = all.get(4..).unwrap_or_default();
    assert!(both.iter().all(|of| of.example == Some(latest) && of.last_at > of.first_at), "{both:?}");
    assert_eq!(read(Some("orders"), 10), all.get(1..).unwrap_or_default());
    assert_eq!(read(None, 2), all.get(..2).unwrap_or_default());
    assert_eq!(read(Some("other"), 10), []);
}

/// Checks that the texts of errors go with the events that had them, and that other events keep theirs.
pub fn a_purge_takes_its_events_out_of_the_kinds_of_errors(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let fail = |id: EventId, finish: &Finish| driver.end(&single(driver.only(id)), finish);
    let [one, other, third] = ["1", "2", "3"].map(|id| driver.store(order(id)));
    let retry = Finish::Retry { after: Duration::ZERO, error: "no bill 17".to_owned() };
    for id in [one, other] {
        fail(id, &retry);
        harness.advance(TICK);
        fail(id, &Finish::Dead { error: "no bill 18".to_owned() });
    }
    fail(third, &Finish::Retry { after: Duration::ZERO, error: "no bank".to_owned() });
    let kinds = || {
        let mut kinds: Vec<_> = driver
            .wait(harness.ops().errors(None, 10))
            .into_iter()
            .map(|of| (of.pattern, of.count))
            .collect();
        kinds.sort();
        kinds
    };
    let kind = |text: &str, count| (text.to_owned(), count);
    assert_eq!(kinds(), [kind("no bank", 1), kind("no bill #", 4)]);
    let purge = |ids: Vec<EventId>| {
        let change = Change::new(Action::Purge, Filter::ids(ids.clone()), "ada");
        assert_eq!(driver.wait(harness.ops().change(&change)).ids, ids);
    };
    purge(vec![one]);
    assert_eq!(kinds(), [kind("no bank", 1), kind("no bill #", 2)]);
    purge(vec![other]);
    assert_eq!(kinds(), [kind("no bank", 1)]);
    harness.advance(TICK);
    fail(third, &Finish::Done);
    purge(vec![third]);
    assert_eq!(kinds(), []);
}

/// Checks each outcome, and a finish that is stale.
pub fn what_is_no_failure_is_in_no_kind(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for (nth, finish) in [Finish::Done, skip(), Finish::GiveBack].iter().enumerate() {
        let leased = driver.running(&nth.to_string());
        driver.end(&leased, finish);
        assert_eq!(driver.finish(&leased.lease, &dead()), Fenced::Stale, "{finish:?}");
    }
    assert_eq!(driver.wait(harness.ops().errors(None, 10)), []);
    for (nth, finish) in [dead(), unverified()].iter().enumerate() {
        let id = driver.store(order(&format!("failed {nth}")));
        driver.end(&single(driver.only(id)), finish);
    }
    let mut examples: Vec<EventId> =
        driver.wait(harness.ops().errors(None, 10)).into_iter().filter_map(|of| of.example).collect();
    examples.sort_unstable();
    assert_eq!(examples, [4, 5].map(EventId::new));
}
