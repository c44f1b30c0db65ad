use std::collections::BTreeMap;
use std::time::Duration;

use countersign_inbox::{
    DeliveryCounts, EndpointStatistics, Histogram, Increment, Occurrences, Statistics, Window,
};

use super::driver::{InboxDriver, THREADS};
use super::harness::InboxHarness;

/// Checks that each span of a window has what was counted in it, per minute for the last hour and per hour for longer ones.
pub fn a_series_has_each_span_of_the_window(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let read = |window| driver.wait(harness.ops().series(window));
    assert_eq!(read(Window::Hour).sources().count(), 0);
    let add = |source, number| driver.wait(harness.inbox().add_statistics(&[increment(source, number, "a")]));
    let found = |window, source: &str| {
        let series = read(window);
        let counted = series.of(source).iter().enumerate().filter(|(_, of)| of.accepted > 0);
        counted.map(|(at, of)| (at, *of)).collect::<Vec<_>>()
    };
    let counts = |number| increment("", number, "").counts;
    add("orders", 1);
    add("refunds", 7);
    harness.advance(MINUTE * 10);
    add("orders", 2);
    // The clock of the store moves on by itself in some stores: a minute may end meanwhile.
    let [first, second] = found(Window::Hour, "orders").try_into().unwrap_or_default();
    assert_eq!([first.1, second.1], [counts(1), counts(2)]);
    assert!((10..=11).contains(&second.0.abs_diff(first.0)), "{first:?} {second:?}");
    assert_eq!(found(Window::Hour, "refunds").into_iter().map(|of| of.1).collect::<Vec<_>>(), [counts(7)]);
    assert_eq!(read(Window::Hour).sources().collect::<Vec<_>>(), ["orders", "refunds"]);
    harness.advance(MINUTE * 90);
    add("orders", 4);
    assert_eq!(found(Window::Hour, "orders").into_iter().map(|of| of.1).collect::<Vec<_>>(), [counts(4)]);
    for window in [Window::Day, Window::Week] {
        let found = found(window, "orders");
        assert!((2..=3).contains(&found.len()), "{window}: {found:?}");
        assert_eq!(found.iter().map(|of| of.1.accepted).sum::<u64>(), 7, "{window}");
        let now = read(window).of("orders").len() - 1;
        assert!(found.last().is_some_and(|of| now - of.0 <= 1), "{window}: {found:?}");
    }
    harness.advance(DAY * 8);
    assert_eq!(Window::ALL.map(|window| read(window).sources().count()), [0, 0, 0]);
}

/// Checks several additions of several endpoints, the times to done, and the keys.
pub fn statistics_are_the_sums_of_what_was_added(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let read = |window| driver.wait(harness.ops().statistics(window));
    assert_eq!(read(Window::Hour).sources, BTreeMap::new());
    let (mut orders, refunds) = (increment("orders", 3, "new"), increment("refunds", 1, "old"));
    orders.keys.insert("old".to_owned(), 7);
    orders.filtered.insert("large".to_owned(), 2);
    orders.codes.insert("large".to_owned(), 9);
    orders.circuits.insert("large".to_owned(), 1);
    driver.wait(harness.inbox().add_statistics(&[]));
    driver.wait(harness.inbox().add_statistics(&[orders.clone(), refunds.clone()]));
    harness.advance(Duration::from_secs(180));
    let more = increment("orders", 5, "new");
    driver.wait(harness.inbox().add_statistics(std::slice::from_ref(&more)));
    let mut sum = orders;
    sum.merge(&more);
    for window in Window::ALL {
        let Statistics { window: found, since, sources } = read(window);
        assert_eq!(found, window);
        let names: Vec<_> = sources.keys().map(String::as_str).collect();
        assert_eq!(names, ["orders", "refunds"], "{window}");
        for (name, expected) in [("orders", &sum), ("refunds", &refunds)] {
            let of = sources.get(name).cloned().unwrap_or_default();
            assert_eq!(counted(name, &of), *expected, "{window}");
            assert!(
                of.last_delivery > Some(since) && of.last_success == of.last_delivery,
                "{window}: {of:?}"
            );
            for counted in [&of.keys, &of.filtered, &of.codes, &of.circuits] {
                let last = counted.values().map(|counted| counted.last_at).max();
                assert_eq!(last, of.last_delivery, "{window}");
            }
        }
        let of = sources.get("orders").cloned().unwrap_or_default();
        let at = |counts: &BTreeMap<String, Occurrences>, name| counts.get(name).map(|of| of.last_at);
        assert!(at(&of.keys, "old") < at(&of.keys, "new"), "{window}: {of:?}");
        assert!(at(&of.filtered, "large") < at(&of.filtered, "types"), "{window}: {of:?}");
        assert!(at(&of.codes, "large") < at(&of.codes, "503"), "{window}: {of:?}");
        assert!(at(&of.circuits, "large") < at(&of.circuits, "down"), "{window}: {of:?}");
    }
}

/// Checks that processes add up.
pub fn of_many_additions_at_once_all_count(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    driver.race(|_| {
        driver.wait(
            harness.inbox().add_statistics(&[increment("orders", 1, "a"), increment("refunds", 2, "a")]),
        )
    });
    let sources = driver.wait(harness.ops().statistics(Window::Hour)).sources;
    for (name, each) in [("orders", 1), ("refunds", 2)] {
        let mut expected = Increment::new(name);
        (0..THREADS).for_each(|_| expected.merge(&increment(name, each, "a")));
        assert_eq!(counted(name, &sources.get(name).cloned().unwrap_or_default()), expected);
    }
}

/// Checks each window on both sides of its beginning.
pub fn a_window_has_what_happened_within_it(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let of = increment("orders", 1, "a");
    driver.wait(harness.inbox().add_statistics(std::slice::from_ref(&of)));
    let mut age = Duration::ZERO;
    for (window, grain) in [(Window::Hour, MINUTE), (Window::Day, MINUTE * 60), (Window::Week, MINUTE * 60)] {
        let steps = [(window.length() - MINUTE, true), (window.length() + grain + MINUTE, false)];
        for (at, is_within) in steps {
            harness.advance(at - age);
            age = at;
            let sources = driver.wait(harness.ops().statistics(window)).sources;
            let found = counted("orders", &sources.get("orders").cloned().unwrap_or_default());
            let expected = if is_within { of.clone() } else { Increment::new("orders") };
            assert_eq!(found, expected, "{window} after {age:?}");
        }
    }
}

/// Checks that silence is visible, in each window.
pub fn an_endpoint_that_was_silent_has_its_last_delivery(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let (mut delivered, mut done) = (Increment::new("orders"), Increment::new("orders"));
    delivered.counts.duplicates = 1;
    done.counts = DeliveryCounts { attempts: 1, done: 1, ..DeliveryCounts::default() };
    driver.wait(harness.inbox().add_statistics(&[delivered]));
    harness.advance(MINUTE * 10);
    driver.wait(harness.inbox().add_statistics(&[done]));
    let read = |window| {
        let sources = driver.wait(harness.ops().statistics(window)).sources;
        sources.get("orders").cloned().unwrap_or_default()
    };
    let before = read(Window::Hour);
    assert!(before.last_delivery.is_some() && before.last_delivery < before.last_success, "{before:?}");
    harness.advance(DAY * 40);
    let _: u64 = driver.sweep();
    for window in Window::ALL {
        let now = read(window);
        let expected = EndpointStatistics {
            last_delivery: before.last_delivery,
            last_success: before.last_success,
            ..EndpointStatistics::default()
        };
        assert_eq!(now, expected, "{window}");
    }
}

/// Checks that what is in a window stays, and that a sweep ends.
pub fn old_statistics_are_swept_with_everything_else(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    for day in 0..3 {
        driver.wait(harness.inbox().add_statistics(&[increment("orders", day + 1, "a")]));
        harness.advance(DAY * 15);
    }
    driver.wait(harness.inbox().add_statistics(&[increment("orders", 9, "a")]));
    let sweeps = (0..10).take_while(|_| driver.wait(harness.inbox().sweep()).has_more).count();
    assert!(sweeps < 10);
    for window in Window::ALL {
        let sources = driver.wait(harness.ops().statistics(window)).sources;
        let found = counted("orders", &sources.get("orders").cloned().unwrap_or_default());
        assert_eq!(found, increment("orders", 9, "a"), "{window}");
    }
}

/// Checks a character that PostgreSQL cannot store.
pub fn a_nul_in_the_name_of_a_key_stops_nothing(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    driver.wait(
        harness.inbox().add_statistics(&[increment("orders", 1, "a\0b"), increment("refunds", 1, "c")]),
    );
    let sources = driver.wait(harness.ops().statistics(Window::Hour)).sources;
    let uses: Vec<_> = sources.values().flat_map(|of| of.keys.values().map(|used| used.count)).collect();
    assert_eq!(uses, [3, 3]);
}

/// Checks a provider whose deliveries are all left out: it is not silent.
pub fn deliveries_that_a_rule_leaves_out_are_deliveries(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let mut increment = Increment::new("orders");
    increment.filtered.insert("types\0".to_owned(), 2);
    driver.wait(harness.inbox().add_statistics(&[increment]));
    for window in Window::ALL {
        let mut sources = driver.wait(harness.ops().statistics(window)).sources;
        let of = sources.remove("orders").unwrap_or_default();
        assert_eq!((of.deliveries(), of.counts), (2, DeliveryCounts::default()), "{window}");
        assert!(of.last_delivery.is_some() && of.last_success.is_none(), "{window}: {of:?}");
        assert_eq!(of.filtered.values().map(|of| of.count).collect::<Vec<_>>(), [2], "{window}");
    }
}

/// Returns numbers that are all different.
fn increment(source: &str, number: u64, key: &str) -> Increment {
    let mut time_to_done = Histogram::default();
    for millis in [1, 700 * number, 86_400_000 * number] {
        time_to_done.record(Duration::from_millis(millis));
    }
    let counts = DeliveryCounts {
        accepted: number,
        duplicates: number * 2,
        attempts: number * 12,
        done: number * 4,
        retries: number * 5,
        dead: number * 3,
    };
    let counted = |name: &str, count| BTreeMap::from([(name.to_owned(), count)]);
    let (keys, filtered, codes) =
        (counted(key, number * 3), counted("types", number * 6), counted("503", number * 7));
    let circuits = counted("down", number * 8);
    Increment { counts, time_to_done, keys, filtered, codes, circuits, ..Increment::new(source) }
}

/// Returns the increment that has these numbers.
fn counted(source: &str, of: &EndpointStatistics) -> Increment {
    let numbers = |counts: &BTreeMap<String, Occurrences>| {
        counts.iter().map(|(name, of)| (name.clone(), of.count)).collect()
    };
    let (counts, time_to_done) = (of.counts, of.time_to_done.clone());
    let (keys, filtered, codes) = (numbers(&of.keys), numbers(&of.filtered), numbers(&of.codes));
    let circuits = numbers(&of.circuits);
    Increment { counts, time_to_done, keys, filtered, codes, circuits, ..Increment::new(source) }
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);
