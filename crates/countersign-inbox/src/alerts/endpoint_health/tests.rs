use countersign::UnixTime;

use super::*;
use crate::ops::{CircuitCommand, CircuitReport, Limit, OpenCircuit, Pause, RateLimit, SourceStats};
use crate::statistics::{Breakdown, Occurrences, RejectionCount};

const NOW: UnixTime = UnixTime::from_secs(1_700_000_040);

fn ago(secs: i64) -> UnixTime {
    UnixTime::from_secs(NOW.as_secs() - secs)
}

/// Returns what a store knows of an endpoint that is well: 20 deliveries, all of them done.
fn observed(sources: &[&str]) -> Observation {
    let (mut hour, mut week) = (Statistics::new(Window::Hour, NOW), Statistics::new(Window::Week, NOW));
    let mut series = Series::new(Window::Hour, NOW);
    let counts = DeliveryCounts { accepted: 20, attempts: 20, done: 20, ..DeliveryCounts::default() };
    for source in sources {
        for statistics in [&mut hour, &mut week] {
            statistics.add(source, |of| {
                of.counts.merge(&counts);
                (of.last_delivery, of.last_success) = (Some(ago(60)), Some(ago(60)));
            });
        }
        series.add(*source, ago(60), &counts);
    }
    let stats = Stats {
        sources: sources
            .iter()
            .map(|source| SourceStats { source: (*source).to_owned(), ..SourceStats::default() })
            .collect(),
        pauses: Vec::new(),
    };
    let rejections = Rejections { since: ago(3640), counts: Vec::new(), samples: Vec::new() };
    let controls = Controls::default();
    Observation { stats, hour, week, minutes: series, rejections, errors: Vec::new(), controls }
}

fn health(of: &Observation) -> Vec<(String, &'static str, Vec<String>)> {
    let all = of.health(&AlertRules::default(), Duration::from_secs(300)).into_iter();
    all.map(|of| (of.source, of.state.as_str(), of.causes.iter().map(ToString::to_string).collect()))
        .collect()
}

/// Returns state and causes of the only endpoint.
fn only(of: &Observation) -> (&'static str, Vec<String>) {
    let all = health(of);
    let [(source, state, causes)] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!(source, "orders");
    (state, causes.clone())
}

#[test]
fn an_endpoint_with_nothing_wrong_is_healthy() {
    assert_eq!(only(&observed(&["orders"])), ("healthy", vec![]));
    assert_eq!(health(&observed(&[])), []);
}

#[test]
fn failures_of_the_last_minutes_count_and_earlier_ones_do_not() {
    let failing = DeliveryCounts { attempts: 30, retries: 30, ..DeliveryCounts::default() };
    let mut of = observed(&["orders"]);
    of.minutes.add("orders", ago(1800), &failing);
    assert_eq!(only(&of), ("healthy", vec![]));
    of.minutes.add("orders", ago(120), &failing);
    assert_eq!(
        only(&of),
        ("failing", vec!["30 of 50 attempts at `orders` failed within 15 minutes".to_owned()])
    );
    of.minutes.add("orders", ago(0), &DeliveryCounts { attempts: 1, dead: 1, ..DeliveryCounts::default() });
    of.errors.push(ErrorPattern {
        source: "orders".to_owned(),
        event_type: None,
        failure: None,
        pattern: "timed out".to_owned(),
        count: 31,
        first_at: ago(120),
        last_at: ago(0),
        example: Some(crate::event::EventId::new(1)),
    });
    let (state, causes) = only(&of);
    assert_eq!((state, causes.len()), ("failing", 2));
    assert!(
        causes[0].ends_with("the latest with: timed out") && causes[1].contains("an event of"),
        "{causes:?}"
    );
}

#[test]
fn a_late_backlog_fails_unless_the_endpoint_is_paused() {
    let mut of = observed(&["orders"]);
    of.stats.sources[0].oldest_due = Some(Duration::from_secs(300));
    assert_eq!(only(&of).0, "healthy");
    of.stats.sources[0].oldest_due = Some(Duration::from_secs(301));
    assert_eq!(
        only(&of),
        ("failing", vec!["the oldest due event of `orders` has waited for 301 s".to_owned()])
    );
    of.stats.sources[0].unverified = 2;
    assert!(only(&of).1[1].starts_with("2 stored events no longer verify"));
    let (source, actor) = ("orders".to_owned(), "ada".to_owned());
    of.stats.pauses.push(Pause { source, since: ago(9), until: None, actor, reason: None });
    assert_eq!(only(&of).0, "paused");
    assert_eq!(only(&of).1.len(), 1, "it waits because it is paused");
}

#[test]
fn a_circuit_is_open_as_long_as_a_worker_reports_it() {
    let mut of = observed(&["orders"]);
    let opened = Occurrences { count: 1, last_at: ago(10) };
    of.week.add("orders", |of| of.add_breakdown(Breakdown::OpenedCircuit, "timed out", opened));
    assert_eq!(only(&of), ("healthy", vec![]), "an operator or a restart has closed it");
    of.controls.circuits = vec![
        reported("orders", 7, Some("billing said #")),
        reported("orders", 3, Some("timed out")),
        reported("orders", 5, Some("down")),
    ];
    assert_eq!(only(&of), ("failing", vec!["the circuit of `orders` is open: timed out".to_owned()]));
}

#[test]
fn what_operators_have_set_is_a_cause() {
    let by_operator = "the circuit of `orders/billing` is open: an operator has opened it".to_owned();
    let mut of = observed(&["orders/billing"]);
    of.controls.circuits = vec![reported("orders/billing", 3, None)];
    assert_eq!(health(&of), [("orders/billing".to_owned(), "failing", vec![by_operator.clone()])]);
    // No worker has reported it yet. The name of the endpoint holds for its subscriptions.
    let command = |id, left| CircuitCommand { id, source: "orders".to_owned(), left };
    of.controls.circuits.clear();
    of.controls.commands = vec![command(1, Some(Duration::from_secs(60)))];
    let all = health(&of);
    assert_eq!(
        all.iter().map(|of| (&*of.0, of.1)).collect::<Vec<_>>(),
        [("orders", "failing"), ("orders/billing", "failing")]
    );
    assert_eq!(all[1].2, [by_operator]);
    of.controls.commands = vec![command(2, None)];
    assert_eq!(health(&of), [("orders/billing".to_owned(), "healthy", vec![])]);
    of.controls.limits = vec![Limit {
        source: "orders/billing".to_owned(),
        limit: RateLimit::new(10, Duration::from_secs(60)).unwrap(),
        since: ago(9),
        actor: "ada".to_owned(),
        reason: Some("slow".to_owned()),
    }];
    let limited = "`orders/billing` is limited to 10 attempts in 60 s, by ada: slow".to_owned();
    assert_eq!(health(&of), [("orders/billing".to_owned(), "healthy", vec![limited])]);
}

fn reported(source: &str, secs: i64, pattern: Option<&str>) -> OpenCircuit {
    let report = CircuitReport {
        source: source.to_owned(),
        left: Duration::from_secs(30),
        is_half_open: false,
        pattern: pattern.map(ToOwned::to_owned),
    };
    OpenCircuit { worker: format!("worker-{secs}"), seen_at: ago(secs), report }
}

#[test]
fn many_rejections_fail_an_endpoint_and_those_of_an_earlier_hour_do_not() {
    let count = |count, secs| RejectionCount {
        source: "orders".to_owned(),
        provider: "preflix".to_owned(),
        kind: "signature_mismatch".to_owned(),
        count,
        last_at: ago(secs),
    };
    let mut of = observed(&["orders"]);
    of.rejections.counts = vec![count(4, 10)];
    assert_eq!(only(&of).0, "healthy");
    of.rejections.counts = vec![count(5, 10)];
    let (state, causes) = only(&of);
    assert!(
        state == "failing"
            && causes[0].contains("5 requests were rejected")
            && causes[0].contains("signature_mismatch")
    );
    of.rejections.counts = vec![count(5, 1000)];
    assert_eq!(only(&of).0, "healthy");
}

#[test]
fn an_endpoint_is_silent_if_none_of_its_subscriptions_gets_anything() {
    let mut of = observed(&["orders/billing", "orders/archive"]);
    let states = |of: &Observation| -> Vec<_> {
        health(of).into_iter().map(|(source, state, _)| (source, state)).collect()
    };
    let well = [("orders/archive".to_owned(), "healthy"), ("orders/billing".to_owned(), "healthy")];
    assert_eq!(states(&of), well);
    of.week.add("orders/billing", |of| of.last_delivery = Some(ago(90_000)));
    assert_eq!(states(&of), well);
    of.week.add("orders/archive", |of| of.last_delivery = Some(ago(90_000)));
    let [endpoint, archive, billing] = &health(&of)[..] else { panic!("{:?}", health(&of)) };
    assert_eq!(
        (endpoint.0.as_str(), endpoint.1, archive.1, billing.1),
        ("orders", "silent", "healthy", "healthy")
    );
    assert!(endpoint.2[0].starts_with("`orders` has had no verified delivery for"), "{endpoint:?}");
}

#[test]
fn an_old_key_is_a_cause_of_a_healthy_endpoint() {
    let mut of = observed(&["orders"]);
    of.week.add("orders", |of| of.add_key("old-2025", Occurrences { count: 3, last_at: ago(60) }));
    let expected = "3 deliveries to `orders` were signed with the key `old-2025` within 7 days";
    assert_eq!(only(&of), ("healthy", vec![expected.to_owned()]));
    let mut quiet = of.clone();
    quiet.week.add("orders", |of| of.last_delivery = Some(ago(90_000)));
    assert_eq!(only(&quiet).0, "silent");
}
