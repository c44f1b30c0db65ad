//! `countersign inbox stats --window`

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use countersign::UnixTime;
use countersign_inbox::{
    EndpointStatistics, Occurrences, OpsStore, Pause, SourceStats, Statistics, Stats, Window,
};
use serde::Serialize;

use crate::error::CliError;
use crate::output::{BAD, Cell, Table, exact, instant, printable};

/// Reads the statistics of a window, and the backlog at the same time.
pub(super) async fn look(store: &dyn OpsStore, window: Window) -> Result<Report, CliError> {
    let statistics = store.statistics(window).await.map_err(CliError::store("cannot read statistics"))?;
    let stats = store.stats().await.map_err(CliError::store("cannot count events"))?;
    Ok(Report::new(&statistics, &stats))
}

/// The statistics per endpoint.
#[derive(Serialize)]
pub(super) struct Report {
    window: &'static str,
    since: String,
    sources: Vec<Row>,
    /// The sums of endpoints with subscriptions.
    endpoints: Vec<Row>,
    #[serde(skip)]
    starts: UnixTime,
}

#[derive(Serialize)]
struct Row {
    source: String,
    accepted: u64,
    duplicates: u64,
    attempts: u64,
    done: u64,
    retries: u64,
    dead: u64,
    success_rate: Option<f64>,
    event_success_rate: Option<f64>,
    p50_seconds: Option<f64>,
    p95_seconds: Option<f64>,
    p99_seconds: Option<f64>,
    last_delivery: Option<String>,
    last_success: Option<String>,
    backlog: u64,
    oldest_due_seconds: Option<f64>,
    keys: Vec<Counted>,
    /// By rule.
    filtered: Vec<Counted>,
    /// By response code.
    response_codes: Vec<Counted>,
}

/// A name, and how often it occurred.
#[derive(Serialize)]
struct Counted {
    name: String,
    count: u64,
    last_at: String,
}

impl Report {
    fn new(statistics: &Statistics, stats: &Stats) -> Self {
        let counted = statistics.sources.keys();
        let names: BTreeSet<_> = counted.chain(stats.sources.iter().map(|of| &of.source)).collect();
        let row = |name: &String| {
            let waiting = stats.sources.iter().filter(|of| of.source == *name);
            Row::new(name, statistics.sources.get(name), waiting)
        };
        let sources = names.into_iter().map(row).collect();
        let sum = |(name, of): (&String, &EndpointStatistics)| {
            let is_of =
                |waiting: &&SourceStats| Pause::names_for(&waiting.source).any(|parent| parent == name);
            Row::new(name, Some(of), stats.sources.iter().filter(is_of))
        };
        let endpoints = statistics.endpoints().iter().map(sum).collect();
        let window = statistics.window.as_str();
        Self { window, since: exact(statistics.since), sources, endpoints, starts: statistics.since }
    }

    /// Writes a table of what was counted by name, if there is anything.
    fn write(
        &self,
        f: &mut fmt::Formatter<'_>,
        header: [&'static str; 4],
        of: fn(&Row) -> &Vec<Counted>,
    ) -> fmt::Result {
        let rows = self.sources.iter().flat_map(|row| of(row).iter().map(move |counted| (row, counted)));
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return Ok(());
        }
        let mut table = Table::new(header);
        for (row, Counted { name, count, last_at }) in rows {
            table.push([
                Cell::new(printable(&row.source)),
                Cell::new(printable(name)),
                Cell::new(count.to_string()),
                Cell::new(last_at.clone()),
            ]);
        }
        write!(f, "\n{table}")
    }
}

impl Row {
    fn new<'a>(
        name: &str,
        of: Option<&EndpointStatistics>,
        waiting: impl Iterator<Item = &'a SourceStats>,
    ) -> Self {
        let (backlog, oldest_due) = waiting
            .fold((0, None), |(backlog, oldest), of| (backlog + of.backlog(), of.oldest_due.max(oldest)));
        let silent = EndpointStatistics::default();
        let of = of.unwrap_or(&silent);
        let quantile = |share| of.time_to_done.quantile(share).map(|took| took.as_millis() as f64 / 1000.0);
        Self {
            source: name.to_owned(),
            accepted: of.counts.accepted,
            duplicates: of.counts.duplicates,
            attempts: of.counts.attempts,
            done: of.counts.done,
            retries: of.counts.retries,
            dead: of.counts.dead,
            success_rate: of.counts.success_rate(),
            event_success_rate: of.counts.event_success_rate(),
            p50_seconds: quantile(0.5),
            p95_seconds: quantile(0.95),
            p99_seconds: quantile(0.99),
            last_delivery: of.last_delivery.map(second),
            last_success: of.last_success.map(second),
            backlog,
            oldest_due_seconds: oldest_due.map(|age: Duration| age.as_secs_f64()),
            keys: counted(&of.keys),
            filtered: counted(&of.filtered),
            response_codes: counted(&of.codes),
        }
    }

    fn cells(&self, source: String) -> [Cell; 16] {
        let number = |count: u64| Cell::new(count.to_string());
        let time = |at: &Option<String>| Cell::new(at.clone().unwrap_or_default());
        let took = |seconds: Option<f64>| Cell::new(seconds.map(span).unwrap_or_default());
        let dead = number(self.dead);
        // Rounded down, so that 100 % is no failure at all.
        let rate = |rate: f64| format!("{:.1} %", (rate * 1000.0).floor() / 10.0);
        [
            Cell::new(source),
            number(self.accepted),
            number(self.duplicates),
            number(self.attempts),
            number(self.done),
            number(self.retries),
            if self.dead > 0 { dead.in_style(BAD) } else { dead },
            Cell::new(self.success_rate.map(rate).unwrap_or_default()),
            Cell::new(self.event_success_rate.map(rate).unwrap_or_default()),
            took(self.p50_seconds),
            took(self.p95_seconds),
            took(self.p99_seconds),
            time(&self.last_delivery),
            time(&self.last_success),
            number(self.backlog),
            took(self.oldest_due_seconds.map(f64::floor)),
        ]
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "since {}\n", instant(self.starts))?;
        let mut table = Table::new([
            "ENDPOINT",
            "ACCEPTED",
            "DUPLICATES",
            "ATTEMPTS",
            "DONE",
            "RETRIES",
            "DEAD",
            "SUCCESS",
            "OF EVENTS",
            "P50",
            "P95",
            "P99",
            "LAST DELIVERY",
            "LAST SUCCESS",
            "BACKLOG",
            "OLDEST DUE",
        ]);
        self.sources.iter().for_each(|row| table.push(row.cells(printable(&row.source))));
        // This spelling holds for the endpoint and all of its subscriptions.
        self.endpoints.iter().for_each(|row| table.push(row.cells(format!("{}/*", printable(&row.source)))));
        write!(f, "{table}")?;
        self.write(f, ["ENDPOINT", "KEY", "DELIVERIES", "LAST USE"], |row| &row.keys)?;
        self.write(f, ["ENDPOINT", "FILTERED BY", "DELIVERIES", "LAST ONE"], |row| &row.filtered)?;
        self.write(f, ["ENDPOINT", "RESPONSE CODE", "ATTEMPTS", "LAST ONE"], |row| &row.response_codes)
    }
}

/// Returns what was counted, by name.
fn counted(counts: &BTreeMap<String, Occurrences>) -> Vec<Counted> {
    let of = |(name, of): (&String, &Occurrences)| Counted {
        name: name.clone(),
        count: of.count,
        last_at: second(of.last_at),
    };
    counts.iter().map(of).collect()
}

/// Returns a time without fractions of a second, which the numbers are too coarse for.
fn second(at: UnixTime) -> String {
    exact(UnixTime::from_secs(at.as_secs()))
}

fn span(seconds: f64) -> String {
    humantime::format_duration(Duration::try_from_secs_f64(seconds).unwrap_or_default()).to_string()
}

#[cfg(test)]
mod tests {
    use countersign_inbox::{InboxStore, Increment};
    use serde_json::{Value, json};

    use super::*;
    use crate::inbox::fixture::{Fixture, said};

    async fn fixture() -> Fixture {
        let fixture = Fixture::with(3).await;
        let mut increment = Increment::new("jobs");
        let counts = &mut increment.counts;
        (counts.accepted, counts.duplicates, counts.attempts) = (3, 1, 3000);
        (counts.done, counts.retries, counts.dead) = (2999, 0, 1);
        (1..=2999).for_each(|millis| increment.time_to_done.record(Duration::from_millis(millis)));
        increment.keys.insert("2025\x1b[2J".to_owned(), 4);
        increment.filtered.insert("large".to_owned(), 7);
        increment.codes.insert("503".to_owned(), 2);
        fixture.store.add_statistics(&[increment]).await.unwrap();
        fixture
            .store
            .add_statistics(&[Increment { keys: [("a".to_owned(), 1)].into(), ..Increment::new("audits") }])
            .await
            .unwrap();
        fixture
    }

    #[tokio::test]
    async fn people_see_rates_quantiles_and_keys() {
        let fixture = fixture().await;
        let page = said(&look(&fixture.store, Window::Day).await.unwrap());
        let words: Vec<Vec<_>> = page.lines().map(|line| line.split_whitespace().collect()).collect();
        let at = "2023-11-14T22:13:20Z";
        assert_eq!(words[0], ["since", "2023-11-13T22:00:00Z"], "{page}");
        let jobs = [
            "jobs", "3", "1", "3000", "2999", "0", "1", "99.9", "%", "99.9", "%", "1s", "598ms", "3s",
            "596ms", "3s", "596ms", at, at, "3", "0s",
        ];
        assert_eq!(words[4], jobs, "{page}");
        assert_eq!(words[3], ["audits", "0", "0", "0", "0", "0", "0", "0"], "{page}");
        assert_eq!(words[6], ["ENDPOINT", "KEY", "DELIVERIES", "LAST", "USE"], "{page}");
        assert_eq!(words[8], ["jobs", r"2025\u{1b}[2J", "4", at], "{page}");
        assert_eq!(words[10], ["ENDPOINT", "FILTERED", "BY", "DELIVERIES", "LAST", "ONE"], "{page}");
        assert_eq!(words[11], ["jobs", "large", "7", at], "{page}");
        assert_eq!(words[13], ["ENDPOINT", "RESPONSE", "CODE", "ATTEMPTS", "LAST", "ONE"], "{page}");
        assert_eq!(words[14], ["jobs", "503", "2", at], "{page}");
    }

    #[tokio::test]
    async fn machines_see_the_same_in_seconds() {
        let fixture = fixture().await;
        let json = serde_json::to_value(look(&fixture.store, Window::Hour).await.unwrap()).unwrap();
        assert_eq!(json.get("window"), Some(&json!("1h")));
        assert_eq!(json.pointer("/sources/0/success_rate"), Some(&Value::Null));
        let jobs = json.pointer("/sources/1").unwrap();
        for (field, value) in [("accepted", json!(3)), ("p50_seconds", json!(1.598)), ("backlog", json!(3))] {
            assert_eq!(jobs.get(field), Some(&value), "{field}");
        }
        let key = json!({"name": "2025\x1b[2J", "count": 4, "last_at": "2023-11-14T22:13:20Z"});
        assert_eq!(jobs.pointer("/keys/0"), Some(&key));
        let large = json!({"name": "large", "count": 7, "last_at": "2023-11-14T22:13:20Z"});
        assert_eq!(jobs.get("filtered"), Some(&json!([large])));
        assert_eq!(jobs.pointer("/response_codes/0/name"), Some(&json!("503")));
    }

    #[tokio::test]
    async fn an_endpoint_with_subscriptions_has_a_row_of_its_own() {
        let fixture = Fixture::with(0).await;
        for (number, source) in (1..).zip(["shop/archive", "shop/billing", "shop-2"]) {
            fixture.receive(source, number).await;
            let mut increment = Increment::new(source);
            (increment.counts.attempts, increment.counts.done, increment.counts.dead) = (4, 2, 1);
            fixture.store.add_statistics(&[increment]).await.unwrap();
        }
        let report = look(&fixture.store, Window::Day).await.unwrap();
        let page = said(&report);
        let sum: Vec<_> =
            page.lines().find(|line| line.starts_with("shop/*")).unwrap().split_whitespace().collect();
        assert_eq!(sum[..11], ["shop/*", "0", "0", "8", "4", "0", "2", "50.0", "%", "66.6", "%"], "{page}");
        let json = serde_json::to_value(report).unwrap();
        assert_eq!(json.pointer("/sources").and_then(Value::as_array).map(Vec::len), Some(3));
        assert_eq!(json.pointer("/endpoints/1"), None);
        assert_eq!(json.pointer("/endpoints/0/backlog"), Some(&json!(2)));
        assert_eq!(json.pointer("/endpoints/0/event_success_rate"), Some(&json!(4.0 / 6.0)));
    }
}
