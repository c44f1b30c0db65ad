use std::time::Duration;

use countersign_inbox::{Increment, RejectionSample, Rejections, Window};

use super::driver::{InboxDriver, THREADS};
use super::harness::InboxHarness;

/// Checks sums by endpoint, provider and kind, and the window.
pub fn rejections_are_counted_by_kind(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let read = |source: Option<&str>, window| driver.wait(harness.ops().rejections(source, window));
    assert_eq!(read(None, Window::Day).counts, []);
    let more =
        [rejected("orders", "stale", 2), rejected("orders", "stale", 3), rejected("refunds", "stale", 1)];
    let mut first = rejected("orders", "malformed_header", 1);
    first.rejections.counts.insert(("other".to_owned(), "stale".to_owned()), 4);
    driver.wait(harness.inbox().add_statistics(&[first]));
    harness.advance(HOUR * 3);
    for increment in more {
        driver.wait(harness.inbox().add_statistics(&[increment]));
    }
    let counts = |rejections: Rejections| {
        let counts = rejections.counts.into_iter();
        counts.map(|of| (of.source, of.provider, of.kind, of.count)).collect::<Vec<_>>()
    };
    let row = |source: &str, provider: &str, kind: &str, count| {
        (source.to_owned(), provider.to_owned(), kind.to_owned(), count)
    };
    let recent = [row("orders", "acme", "stale", 5), row("refunds", "acme", "stale", 1)];
    assert_eq!(counts(read(None, Window::Hour)), recent);
    assert_eq!(counts(read(Some("orders"), Window::Hour)), recent.get(..1).unwrap_or_default());
    let day = [
        row("orders", "acme", "malformed_header", 1),
        row("orders", "acme", "stale", 5),
        row("orders", "other", "stale", 4),
        row("refunds", "acme", "stale", 1),
    ];
    assert_eq!(counts(read(None, Window::Day)), day);
    let all = read(None, Window::Day);
    assert!(all.counts.iter().all(|of| of.last_at >= all.since), "{all:?}");
    let at = |nth: usize| all.counts.get(nth).map(|of| of.last_at);
    assert!(at(0) < at(1), "{all:?}");
}

/// Checks that they are bounded for each endpoint, and in the order of their arrival.
pub fn the_latest_rejected_requests_of_each_endpoint_are_kept(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for nth in 0..RejectionSample::KEPT * 2 + 5 {
        let (mut orders, mut refunds) = (sample("orders", nth), sample("refunds", nth));
        if nth % 7 == 0 {
            orders.rejections.samples.clear();
        }
        if nth > 3 {
            refunds.rejections.samples.clear();
        }
        driver.wait(harness.inbox().add_statistics(&[orders, refunds]));
    }
    let causes = |source: Option<&str>| {
        let samples = driver.wait(harness.ops().rejections(source, Window::Day)).samples.into_iter();
        samples.map(|of| (of.source, of.sample)).collect::<Vec<_>>()
    };
    let expected = |source: &str, nths: &[usize]| {
        let of = |nth: &usize| {
            let sample = sample(source, *nth).rejections.samples.into_iter().next();
            (source.to_owned(), sample.unwrap_or_default())
        };
        nths.iter().map(of).collect::<Vec<_>>()
    };
    let newest: Vec<_> = (0..RejectionSample::KEPT * 2 + 5).rev().filter(|nth| nth % 7 > 0).collect();
    let newest = newest.get(..RejectionSample::KEPT).unwrap_or_default();
    assert_eq!(causes(Some("orders")), expected("orders", newest));
    assert_eq!(causes(Some("refunds")), expected("refunds", &[3, 2, 1, 0]));
    assert_eq!(causes(None).len(), RejectionSample::KEPT + 4);
    assert_eq!(causes(Some("other")), []);
    // Beyond the retention.
    harness.advance(HOUR * 24 * 40);
    let sweeps = (0..10).take_while(|_| driver.wait(harness.inbox().sweep()).has_more).count();
    assert!(sweeps < 10);
    assert_eq!(causes(None), []);
}

/// Checks that processes add up.
pub fn of_many_rejections_at_once_all_count(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    driver.race(|nth| {
        let increments = [rejected("orders", "stale", 1), sample("refunds", nth)];
        driver.wait(harness.inbox().add_statistics(&increments));
    });
    let rejections = driver.wait(harness.ops().rejections(None, Window::Day));
    let counts: Vec<_> = rejections.counts.iter().map(|of| of.count).collect();
    assert_eq!(counts, [THREADS as u64, THREADS as u64]);
    assert_eq!(rejections.samples.len(), RejectionSample::KEPT);
}

/// Checks a character that PostgreSQL cannot store.
pub fn a_nul_in_a_rejected_request_stops_nothing(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let mut increment = rejected("orders", "sta\0le", 1);
    let (cause, head) = ("\0".to_owned(), "POST /\0".to_owned());
    increment.rejections.samples.push(RejectionSample { kind: "\0".to_owned(), cause, head });
    driver.wait(harness.inbox().add_statistics(&[increment]));
    let rejections = driver.wait(harness.ops().rejections(Some("orders"), Window::Hour));
    assert_eq!((rejections.counts.len(), rejections.samples.len()), (1, 1));
}

fn rejected(source: &str, kind: &str, count: u64) -> Increment {
    let mut increment = Increment::new(source);
    increment.rejections.counts.insert(("acme".to_owned(), kind.to_owned()), count);
    increment
}

fn sample(source: &str, nth: usize) -> Increment {
    let mut increment = rejected(source, "stale", 1);
    let sample = RejectionSample::new("stale", &format!("{nth} s old"), format!("POST /\nhost: {source}"));
    increment.rejections.samples.push(sample);
    increment
}

const HOUR: Duration = Duration::from_secs(3600);
