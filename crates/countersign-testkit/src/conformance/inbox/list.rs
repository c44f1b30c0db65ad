use std::time::Duration;

use countersign_inbox::{
    Action, AttemptOutcome, ClaimDue, EventId, EventState, Filter, Finish, Page, SourceStats, Stats,
};

use super::driver::{InboxDriver, TICK, TTL, identity, order, retry, sample_event, single};
use super::harness::InboxHarness;
use crate::conformance::driver::with;

/// Checks that all set fields must match, and that an empty filter selects all events.
pub fn a_filter_lets_through_what_fits(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let [first, second, third, fourth] = a_few_events(harness);
    let text = |text: &str| Some(text.to_owned());
    let all = Filter::default;
    let cases = [
        (all(), vec![fourth, third, second, first]),
        (Filter::ids([first, third]), vec![third, first]),
        (Filter::ids([EventId::new(i64::MAX)]), vec![]),
        (with(all(), |filter| filter.source = text("orders")), vec![second, first]),
        (with(all(), |filter| filter.source = text("order")), vec![]),
        (with(all(), |filter| filter.tenant = text("acme")), vec![fourth, second, first]),
        (with(all(), |filter| filter.tenant = text("other")), vec![third]),
        (with(all(), |filter| filter.state = Some(EventState::Dead)), vec![second, first]),
        (with(all(), |filter| filter.state = Some(EventState::Running)), vec![third]),
        (with(all(), |filter| filter.state = Some(EventState::Ready)), vec![fourth]),
        (with(all(), |filter| filter.event_type = text("audit.failed")), vec![second]),
        (with(all(), |filter| filter.external_id = text("evt_2")), vec![second]),
        (with(all(), |filter| filter.external_id = text("evt_")), vec![]),
        (with(all(), |filter| filter.error = text("tIMEOUt after 5")), vec![first]),
        (with(all(), |filter| filter.error = text("100%_off")), vec![second]),
        (with(all(), |filter| filter.error = text("%")), vec![second]),
        (with(all(), |filter| filter.error = text("_")), vec![second]),
        (with(all(), |filter| filter.error = text("\\")), vec![first]),
        (with(all(), |filter| filter.error = text("'")), vec![first]),
        (with(all(), |filter| filter.error = text("5 s")), vec![first]),
        (with(all(), |filter| filter.error = text("\u{c9}")), vec![second]),
        (with(all(), |filter| filter.error = text("\u{e9}")), vec![]),
        (with(all(), |filter| filter.pattern = text("Timeout after # s: it's C:\\")), vec![first]),
        (with(all(), |filter| filter.pattern = text("#%_off: \u{c9}")), vec![second]),
        (with(all(), |filter| filter.pattern = text("Timeout")), vec![]),
        (with(all(), |filter| filter.pattern = text("#")), vec![]),
        (with(all(), |filter| filter.pattern = text("")), vec![]),
        (
            with(all(), |filter| {
                (filter.error, filter.pattern) = (text("off"), text("#%_off: \u{c9}"));
            }),
            vec![second],
        ),
        (
            with(all(), |filter| {
                (filter.error, filter.pattern) = (text("timeout"), text("#%_off: \u{c9}"));
            }),
            vec![],
        ),
        (with(all(), |filter| filter.older_than = Some(TICK * 3 / 2)), vec![second, first]),
        (with(all(), |filter| filter.newer_than = Some(TICK * 3 / 2)), vec![fourth, third]),
        (
            with(all(), |filter| {
                filter.older_than = Some(TICK / 2);
                filter.newer_than = Some(TICK * 5 / 2);
            }),
            vec![third, second],
        ),
        (
            with(Filter::ids([first, second]), |filter| {
                filter.source = text("orders");
                filter.error = text("off");
            }),
            vec![second],
        ),
        (
            with(all(), |filter| {
                filter.source = text("refunds");
                filter.error = text("off");
            }),
            vec![],
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(driver.ids(&filter), expected, "{filter:?}");
    }
    // Changes use the same filter.
    let filter = with(all(), |filter| filter.pattern = text("Timeout after # m"));
    assert_eq!(driver.act(Action::Replay, filter), []);
    let filter = with(all(), |filter| filter.pattern = text("Timeout after # s: it's C:\\"));
    assert_eq!(driver.act(Action::Replay, filter), [first]);
    for (replays, expected) in [(0, vec![fourth, third, second]), (1, vec![first]), (u32::MAX, vec![])] {
        let filter = with(all(), |filter| filter.replays = Some(replays));
        assert_eq!(driver.ids(&filter), expected, "{replays}");
    }
}

/// Checks this while rows are added and removed.
pub fn pages_neither_skip_nor_repeat(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let mut expected: Vec<_> = (0..9).map(|nth| driver.put(&nth.to_string(), EventState::Done)).collect();
    driver.store(sample_event("refunds", "evt", "x"));
    let filter = with(Filter::default(), |filter| filter.source = Some("orders".to_owned()));
    let (mut page, mut seen) = (Page::first(2), Vec::new());
    for nth in 0..20 {
        let listed: Vec<_> = driver.list(&filter, page).into_iter().map(|summary| summary.id).collect();
        assert!(listed.len() <= 2, "{listed:?}");
        let Some(last) = listed.last() else { break };
        page = page.after(last.get());
        seen.extend(listed.iter().copied());
        driver.store(order(&format!("new {nth}")));
        assert_eq!(driver.act(Action::Purge, Filter::ids(listed.clone())), {
            let mut ids = listed;
            ids.reverse();
            ids
        });
    }
    expected.reverse();
    assert_eq!(seen, expected);
    assert_eq!(driver.list(&filter, Page::first(0)), []);
}

/// Checks the numbers per endpoint, and the age of the oldest due event.
pub fn stats_say_how_many_are_where(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let stats = || driver.wait(harness.ops().stats()).sources;
    assert_eq!(stats(), []);
    let refund = driver.store(sample_event("refunds", "evt", "x"));
    harness.advance(TICK * 3);
    for (nth, state) in EventState::ALL.iter().chain(&EventState::ALL).enumerate() {
        if nth != 8 {
            driver.put(&nth.to_string(), *state);
        }
    }
    driver.end(&driver.running("later"), &retry(TTL));
    harness.advance(TICK);
    let [orders, refunds] = pair(stats());
    let counts =
        |of: &SourceStats| (of.source.clone(), of.ready, of.running, of.done, of.dead, of.unverified);
    assert_eq!(counts(&orders), ("orders".to_owned(), 3, 2, 2, 1, 2));
    assert_eq!(counts(&refunds), ("refunds".to_owned(), 1, 0, 0, 0, 0));
    let about = |found: Option<Duration>, expected: Duration| {
        assert!(
            found.is_some_and(|found| found >= expected && found < expected + TICK),
            "{found:?} is not {expected:?}"
        );
    };
    about(orders.oldest_due, TICK);
    about(refunds.oldest_due, TICK * 4);
    let leased = single(driver.ask(&ClaimDue::new("refunds", "worker", 1, TTL)));
    assert_eq!(leased.event.id, refund);
    let [_, refunds] = pair(stats());
    assert_eq!((counts(&refunds), refunds.oldest_due), (("refunds".to_owned(), 0, 1, 0, 0, 0), None));
    driver.end(&leased, &retry(TTL));
    let [_, refunds] = pair(stats());
    assert_eq!((refunds.ready, refunds.oldest_due), (1, None), "it is not due");
}

/// Checks that an event whose worker crashed is part of the backlog, although it is not ready.
pub fn a_lease_that_expired_counts_as_due(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    driver.running("evt");
    let oldest = || single(driver.wait(harness.ops().stats()).sources).oldest_due;
    assert_eq!(oldest(), None, "the lease lasts");
    harness.advance(TTL + TICK);
    let due = oldest();
    assert!(due.is_some_and(|due| due >= TICK && due < TICK * 2), "{due:?}");
    let leased = driver.next();
    assert_eq!(oldest(), None, "it was taken over");
    driver.end(&leased, &Finish::Done);
    assert_eq!(oldest(), None);
}

/// `InboxStore::counts` equals `OpsStore::stats`.
pub fn a_worker_counts_events_as_an_operator_does(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    assert_eq!(driver.wait(harness.inbox().counts()), Some(Stats::default()));
    for (nth, state) in EventState::ALL.iter().enumerate() {
        driver.put(&nth.to_string(), *state);
    }
    driver.store(sample_event("refunds", "evt", "x"));
    let counts = |sources: Vec<SourceStats>| {
        let counts = |of: SourceStats| (of.source, of.ready, of.running, of.done, of.dead, of.unverified);
        sources.into_iter().map(counts).collect::<Vec<_>>()
    };
    let found = driver.wait(harness.inbox().counts()).unwrap_or_default().sources;
    assert_eq!(found.len(), 2);
    assert_eq!(counts(found), counts(driver.wait(harness.ops().stats()).sources));
}

/// Checks the worker, the attempts, and the received request.
pub fn an_event_is_shown_with_its_attempts(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    assert!(driver.find(EventId::new(1_000_000)).is_none());
    let id = driver.store(order("evt"));
    let shown = driver.show(id);
    assert_eq!(Some(&shown.summary), driver.list(&Filter::ids([id]), Page::first(1)).first());
    let summary = &shown.summary;
    assert_eq!((summary.id, summary.source.as_str(), summary.provider.as_str()), (id, "orders", "preflix"));
    assert_eq!(summary.external_id.as_deref(), Some("evt"));
    assert_eq!(summary.received_at, order("evt").received_at);
    assert_eq!(summary.due_at, Some(summary.stored_at));
    assert_eq!((summary.attempt, summary.replays, &summary.error), (0, 0, &None));
    assert_eq!((shown.worker, shown.attempts.len()), (None, 0));
    assert_eq!(shown.body, Some(order("evt").body));

    let mut expected = Vec::new();
    for attempt in 1..=3 {
        harness.advance(TICK);
        let leased = driver.next();
        let shown = driver.show(id);
        assert_eq!((shown.worker.as_deref(), shown.fence), (Some("worker"), leased.lease.fence()));
        assert_eq!((shown.summary.due_at, shown.summary.finished_at), (None, None));
        let error = format!("attempt {attempt}");
        driver.end(&leased, &Finish::Retry { after: Duration::ZERO, error: error.clone() });
        expected.push((attempt, leased.lease.fence(), AttemptOutcome::Retry, Some(error)));
    }
    let attempts = driver.show(id).attempts;
    assert!(attempts.is_sorted_by_key(|attempt| attempt.ended_at), "{attempts:?}");
    let shown: Vec<_> = attempts
        .into_iter()
        .map(|attempt| (attempt.attempt, attempt.fence, attempt.outcome, attempt.error))
        .collect();
    assert_eq!(shown, expected);
}

/// Checks that a probe succeeds while events can be stored.
pub fn a_probe_is_answered(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    driver.wait(harness.inbox().probe());
    assert_eq!(driver.ids(&Filter::default()), [], "it leaves nothing that is an event");
    assert_eq!(driver.claim(10).len(), 0);
    driver.store(order("evt"));
    driver.wait(harness.inbox().probe());
}

/// Stores four events, a tick apart, the oldest first.
pub(super) fn a_few_events(harness: &impl InboxHarness) -> [EventId; 4] {
    let driver = InboxDriver(harness);
    let failed = |id, event_type: &str, error: &str| {
        let mut event = order(id);
        event.event_type = Some(event_type.to_owned());
        let number = driver.store(event);
        driver.end(&single(driver.only(number)), &Finish::Dead { error: error.to_owned() });
        harness.advance(TICK);
        number
    };
    let first = failed("evt_1", "audit.completed", r"Timeout after 5 s: it's C:\");
    let second = failed("evt_2", "audit.failed", "100%_off: \u{c9}");
    let mut event = sample_event("refunds", "evt_3", "x");
    event.identity = identity("other", "refunds", "evt_3", b"x");
    event.tenant = Some("other".to_owned());
    let third = driver.store(event);
    assert_eq!(driver.ask(&ClaimDue::new("refunds", "worker", 1, TTL)).len(), 1);
    harness.advance(TICK);
    let fourth = driver.store(sample_event("refunds", "evt_4", "x"));
    [first, second, third, fourth]
}

#[expect(clippy::panic, reason = "the end of a test")]
fn pair(sources: Vec<SourceStats>) -> [SourceStats; 2] {
    sources.try_into().unwrap_or_else(|sources| panic!("two endpoints were expected: {sources:?}"))
}
