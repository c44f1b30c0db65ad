use std::time::Duration;

use countersign_inbox::{
    CircuitCommand, CircuitReport, ControlChange, Controls, Limit, Page, Precondition, RateLimit,
};

use super::driver::{InboxDriver, TICK, single};
use super::harness::InboxHarness;

/// Checks limits: what is listed, that a later one replaces an earlier one, what is written down, and that they outlive a crash.
pub fn a_limit_holds_until_it_is_removed(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    assert_eq!(read(&driver), Controls::default());
    let limit = |attempts| single(Vec::from_iter(RateLimit::new(attempts, Duration::from_millis(1500))));
    let first = ControlChange::limit("orders", limit(3), "ada").with_reason("nul \0 and \"quotes\"");
    let second = ControlChange::limit("orders", limit(100_000), "bob");
    let other = ControlChange::limit("orders/billing", limit(5), "carol").with_reason("slow");
    assert!([&first, &second, &other].into_iter().all(|change| set(&driver, change)));
    harness.crash();
    let shown = |controls: Controls| -> Vec<_> {
        let shown = controls.limits.into_iter().map(|of| (of.source, of.limit, of.actor, of.reason));
        shown.collect()
    };
    let (orders, billing) = ("orders".to_owned(), "orders/billing".to_owned());
    let reason = Some("slow".to_owned());
    let of_billing = (billing, limit(5), "carol".to_owned(), reason);
    assert_eq!(shown(read(&driver)), [(orders, limit(100_000), "bob".to_owned(), None), of_billing.clone()]);
    let remove = ControlChange::unlimit("orders", "dora");
    assert!(set(&driver, &remove));
    assert!(!set(&driver, &remove), "it is removed");
    assert_eq!(shown(read(&driver)), [of_billing]);
    let log = driver.audit(None, Page::first(10));
    let expected: Vec<_> = [&remove, &other, &second, &first]
        .into_iter()
        .map(|change| (change.action.as_str().to_owned(), change.actor.clone(), Some(change.detail())))
        .collect();
    let written: Vec<_> = log.into_iter().map(|of| (of.action, of.actor, of.detail)).collect();
    assert_eq!(written, expected);
}

/// Checks operations on circuits: their order, what is left of an opening, and that it is over by itself.
pub fn the_latest_operation_on_circuits_is_found_until_it_is_over(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let latest = |source: &str| read(&driver).command(source).map(|of| (of.id, of.left));
    assert_eq!(latest("orders"), None);
    assert!(set(&driver, &ControlChange::open_circuit("orders", TICK * 3, "ada")));
    let (first, left) = latest("orders/billing").unwrap_or_default();
    assert!(first > 0 && left > Some(TICK * 2) && left <= Some(TICK * 3), "{first} {left:?}");
    assert!(set(&driver, &ControlChange::close_circuit("orders/billing", "ada")));
    let (second, left) = latest("orders/billing").unwrap_or_default();
    assert!(second > first && left.is_none(), "{first} {second} {left:?}");
    assert_eq!(latest("orders").map(|of| of.0), Some(first));
    assert!(set(&driver, &ControlChange::open_circuit("orders", TICK * 3, "ada")));
    let (third, _) = latest("orders/billing").unwrap_or_default();
    assert!(third > second, "{second} {third}");
    harness.advance(TICK * 4);
    assert_eq!((latest("orders"), latest("orders/billing")), (None, Some((second, None))));
    assert!(set(&driver, &ControlChange::close_circuit("orders", "ada")));
    assert!(latest("orders").is_some_and(|(id, _)| id > third));
    assert!(set(&driver, &ControlChange::open_circuit("orders", Duration::MAX, "ada")));
    assert!(latest("orders").is_some_and(|(_, left)| left > Some(TICK)));
}

/// Checks preconditions: of two operators who have seen the same limit or the same circuits, one changes them, and the other writes nothing.
pub fn of_two_operators_who_have_seen_one_limit_one_changes_it(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let limit = |attempts| single(Vec::from_iter(RateLimit::new(attempts, Duration::from_secs(1))));
    let seen = || Precondition::unchanged(read(&driver).limits.first().map(Limit::version));
    let to = |attempts, seen| ControlChange::limit("orders", limit(attempts), "ada").with_precondition(seen);
    let remove = |seen| ControlChange::unlimit("orders", "ada").with_precondition(seen);
    let none = seen();
    assert!(!set(&driver, &to(1, Precondition::Version(7))) && !set(&driver, &remove(none)));
    assert!(set(&driver, &to(1, none)) && !set(&driver, &to(2, none)));
    let first = seen();
    assert!(set(&driver, &to(3, first)) && !set(&driver, &to(4, first)) && !set(&driver, &remove(first)));
    assert_eq!(read(&driver).limits.first().map(|of| of.limit), Some(limit(3)));
    assert!(set(&driver, &remove(seen())) && seen() == Precondition::Absent);

    let seen = || Precondition::unchanged(read(&driver).commands.first().map(CircuitCommand::version));
    let open = |seen| ControlChange::open_circuit("orders", TICK, "bob").with_precondition(seen);
    let close = |seen| ControlChange::close_circuit("orders", "bob").with_precondition(seen);
    assert!(!set(&driver, &open(Precondition::Version(7))));
    assert!(set(&driver, &open(none)) && !set(&driver, &close(none)));
    let first = seen();
    assert!(set(&driver, &close(first)) && !set(&driver, &open(first)));
    assert!(set(&driver, &open(seen())));
    let open_now = seen();
    harness.advance(TICK * 2);
    assert!(!set(&driver, &close(open_now)), "the opening is over");
    assert!(set(&driver, &close(none)));
    let log = driver.audit(None, Page::first(20));
    let actions: Vec<_> = log.iter().map(|of| of.action.as_str()).collect();
    let circuits = ["close_circuit", "open_circuit", "close_circuit", "open_circuit"];
    assert_eq!(actions, [&circuits[..], &["unlimit", "limit", "limit"]].concat());
}

/// Checks reports of two workers: each replaces its own, and they are shown for a minute.
pub fn open_circuits_are_shown_while_their_workers_report_them(harness: &impl InboxHarness) {
    let driver = InboxDriver(harness);
    let report = |source: &str, secs, pattern: Option<&str>| CircuitReport {
        source: source.to_owned(),
        left: Duration::from_secs(secs),
        is_half_open: secs == 0,
        pattern: pattern.map(str::to_owned),
    };
    let tell =
        |worker: &str, open: &[CircuitReport]| driver.wait(harness.inbox().report_circuits(worker, open));
    let shown = || -> Vec<_> {
        let circuits = read(&driver).circuits.into_iter();
        circuits.map(|of| (of.report.source, of.worker, of.report.is_half_open, of.report.pattern)).collect()
    };
    tell("a", &[]);
    assert_eq!(shown(), []);
    tell("a", &[report("orders", 30, Some("down")), report("refunds", 0, None)]);
    tell("b", &[report("orders", 60, Some("nul \0"))]);
    let left: Vec<_> = read(&driver).circuits.iter().map(|of| of.report.left).collect();
    assert!(matches!(left.as_slice(), [thirty, sixty, Duration::ZERO] if *thirty < *sixty), "{left:?}");
    assert_eq!(shown().len(), 3);
    let of = |source: &str, worker: &str, pattern: &str| {
        (source.to_owned(), worker.to_owned(), false, Some(pattern.to_owned()))
    };
    tell("b", &[report("orders", 50, Some("slow"))]);
    tell("a", &[report("orders", 20, Some("down"))]);
    assert_eq!(shown(), [of("orders", "a", "down"), of("orders", "b", "slow")]);
    harness.advance(Duration::from_secs(40));
    tell("b", &[report("orders", 10, Some("slow"))]);
    harness.advance(Duration::from_secs(30));
    assert_eq!(shown(), [of("orders", "b", "slow")], "nothing is heard of the other worker");
    tell("b", &[]);
    assert_eq!(shown(), []);
}

fn set(driver: &InboxDriver<'_, impl InboxHarness>, change: &ControlChange) -> bool {
    driver.wait(driver.0.ops().set_control(change))
}

fn read(driver: &InboxDriver<'_, impl InboxHarness>) -> Controls {
    driver.wait(driver.0.ops().controls())
}
