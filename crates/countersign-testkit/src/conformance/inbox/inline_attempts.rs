use std::time::Duration;

use countersign_inbox::{
    AttemptOutcome, FailureKind, Increment, InlineAttempt, InlineFilter, Page, StoredInlineAttempt,
};

use super::driver::{InboxDriver, TICK, dead, order, single};
use super::harness::InboxHarness;
use crate::conformance::driver::with;

/// Checks every field of the rows, their order, filters and pages.
pub fn each_attempt_in_inline_mode_leaves_a_row(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let read = |filter: &InlineFilter, page| driver.wait(harness.ops().inline_attempts(filter, page));
    let all = InlineFilter::default();
    assert_eq!(read(&all, Page::first(10)), []);
    let began = driver.show(driver.store(order("evt"))).summary.stored_at;
    harness.advance(TICK * 2);
    let (failed, done, lost) =
        (attempt(AttemptOutcome::Retry), attempt(AttemptOutcome::Done), attempt(AttemptOutcome::Lost));
    let dead = with(attempt(AttemptOutcome::Dead), |of| {
        (of.tenant, of.external_id, of.event_type, of.fence) = (None, None, None, None);
    });
    let orders = with(Increment::new("orders"), |of| {
        of.inline_attempts = vec![(TICK, failed.clone()), (TICK / 2, done.clone())]
    });
    let refunds =
        with(Increment::new("refunds"), |of| of.inline_attempts = vec![(Duration::ZERO, dead.clone())]);
    driver.wait(harness.inbox().add_statistics(&[orders, refunds]));
    let more = with(Increment::new("orders"), |of| of.inline_attempts = vec![(Duration::ZERO, lost.clone())]);
    driver.wait(harness.inbox().add_statistics(&[more]));

    let rows = read(&all, Page::first(10));
    let shown: Vec<_> = rows.iter().rev().map(|of| (of.source.as_str(), of.attempt.clone())).collect();
    let expected = [("orders", &failed), ("orders", &done), ("refunds", &dead), ("orders", &lost)];
    assert_eq!(shown, expected.map(|(source, of)| (source, of.clone())));
    assert!(rows.is_sorted_by(|one, next| one.id > next.id), "{rows:?}");
    let oldest: Vec<_> = rows.iter().rev().take(2).map(|of| of.ended_at).collect();
    assert!(oldest.is_sorted() && oldest.iter().all(|at| *at > began), "{oldest:?} {began:?}");
    let [first, second] = oldest.try_into().unwrap_or([began; 2]);
    let apart = second.saturating_duration_since(first);
    assert!(apart.abs_diff(TICK / 2) <= ROUNDED, "{apart:?}");

    let of = |source: Option<&str>, has_failed| {
        let filter = with(InlineFilter::default(), |filter| {
            (filter.source, filter.has_failed) = (source.map(str::to_owned), has_failed);
        });
        read(&filter, Page::first(10))
    };
    let meant = |is_meant: fn(&StoredInlineAttempt) -> bool| {
        rows.iter().filter(|of| is_meant(of)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(of(Some("orders"), false), meant(|of| of.source == "orders"));
    assert_eq!(of(Some("orders"), true), meant(|of| of.source == "orders" && of.attempt.has_failed()));
    assert_eq!(of(None, true), meant(|of| of.attempt.has_failed()));
    assert_eq!(of(None, true).len(), 2);
    assert_eq!(of(Some("other"), false), []);
    let page = read(&all, Page::first(3));
    assert_eq!(page, rows.get(..3).unwrap_or_default());
    let last = page.last().map_or(0, |of| of.id);
    assert_eq!(read(&all, Page::first(3).after(last)), rows.get(3..).unwrap_or_default());
}

/// Checks that they are counted like those at stored events, and that they have no event.
pub fn failures_in_inline_mode_are_of_a_kind_of_errors(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let errors = |source: Option<&str>| driver.wait(harness.ops().errors(source, 10));
    let [one, other] = ["order 17", "order 18"]
        .map(|error| with(attempt(AttemptOutcome::Retry), |of| of.error = Some(format!("no such {error}"))));
    let done = attempt(AttemptOutcome::Done);
    let increment = with(Increment::new("audits"), |of| {
        of.inline_attempts = vec![(TICK, one), (Duration::ZERO, other), (Duration::ZERO, done)];
    });
    driver.wait(harness.inbox().add_statistics(&[increment]));
    let kind = single(errors(None));
    assert_eq!((kind.source.as_str(), kind.pattern.as_str(), kind.count), ("audits", "no such order #", 2));
    assert_eq!(
        (kind.event_type.as_deref(), kind.failure),
        (Some("audit.completed"), Some(FailureKind::Error))
    );
    let apart = kind.last_at.saturating_duration_since(kind.first_at);
    assert!(kind.example.is_none() && apart.abs_diff(TICK) <= ROUNDED, "{kind:?}");

    harness.advance(TICK);
    let leased = driver.running("evt");
    driver.end(&leased, &dead());
    assert_eq!(errors(Some("audits")), [kind]);
    assert_eq!(single(errors(Some("orders"))).example, Some(leased.event.id));
}

/// Checks a character that PostgreSQL cannot store, in each text.
pub fn a_nul_in_an_inline_attempt_stops_nothing(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let nul = || "a\0b".to_owned();
    let attempt = with(attempt(AttemptOutcome::Retry), |of| {
        (of.provider, of.worker) = (nul(), nul());
        [&mut of.tenant, &mut of.external_id, &mut of.event_type, &mut of.error]
            .into_iter()
            .for_each(|text| *text = Some(nul()));
    });
    let increment = with(Increment::new(nul()), |of| of.inline_attempts = vec![(Duration::ZERO, attempt)]);
    driver.wait(harness.inbox().add_statistics(&[increment]));
    let rows = driver.wait(harness.ops().inline_attempts(&InlineFilter::default(), Page::first(10)));
    assert_eq!(single(rows).attempt.external_id.map(|id| id.len() >= 3), Some(true));
}

/// Returns an attempt with all fields.
fn attempt(outcome: AttemptOutcome) -> InlineAttempt {
    let is_failure = outcome.is_failure();
    InlineAttempt {
        provider: "acme".to_owned(),
        tenant: Some("eu".to_owned()),
        external_id: Some("evt_1".to_owned()),
        event_type: Some("audit.completed".to_owned()),
        fence: Some(7),
        took: Duration::from_millis(1234),
        outcome,
        failure: is_failure.then_some(FailureKind::Error),
        code: Some(503),
        error: is_failure.then(|| "the handler responded with 503 Service Unavailable".to_owned()),
        worker: "7-0000002a".to_owned(),
    }
}

/// Times of a store may be rounded to milliseconds.
const ROUNDED: Duration = Duration::from_millis(1);
