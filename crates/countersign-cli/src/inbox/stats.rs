//! `countersign inbox stats`

use std::fmt;
use std::time::Duration;

use countersign_inbox::{OpsStore, Pause, SourceStats, Stats};
use serde::Serialize;

use super::cli::StatsArgs;
use super::statistics;
use super::view::PauseView;
use crate::Outcome;
use crate::error::CliError;
use crate::output::{self, BAD, Cell, STRONG, Table, UNSURE, printable};

pub(super) async fn run(store: &dyn OpsStore, args: &StatsArgs) -> Result<Outcome, CliError> {
    if let Some(window) = args.window {
        let report = statistics::look(store, window).await?;
        if args.json {
            output::json(&report)?;
        } else {
            output::text(&report)?;
        }
        return Ok(Outcome::Fine);
    }
    let stats = store.stats().await.map_err(CliError::store("cannot count events"))?;
    let counted = Counted::new(&stats);
    if args.json {
        output::json(&counted)?;
    } else {
        output::text(&counted)?;
    }
    Ok(Outcome::Fine)
}

/// The numbers per endpoint, and in total.
#[derive(Serialize)]
struct Counted {
    sources: Vec<Row>,
    total: Row,
}

#[derive(Clone, Default, Serialize)]
struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    ready: u64,
    running: u64,
    done: u64,
    dead: u64,
    unverified: u64,
    oldest_due_seconds: Option<f64>,
    paused: Option<PauseView>,
}

impl Counted {
    fn new(stats: &Stats) -> Self {
        let counted = stats.sources.iter().map(|of| Row::new(of, stats.pause(&of.source)));
        // An endpoint may be paused before its first event.
        let is_empty = |pause: &&Pause| !stats.sources.iter().any(|of| of.source == pause.source);
        let empty = stats.pauses.iter().filter(is_empty).map(|pause| {
            Row::new(&SourceStats { source: pause.source.clone(), ..SourceStats::default() }, Some(pause))
        });
        let sources: Vec<_> = counted.chain(empty).collect();
        let total = sources.iter().fold(Row::default(), Row::and);
        Self { sources, total }
    }
}

impl Row {
    fn new(stats: &SourceStats, pause: Option<&Pause>) -> Self {
        Self {
            source: Some(stats.source.clone()),
            ready: stats.ready,
            running: stats.running,
            done: stats.done,
            dead: stats.dead,
            unverified: stats.unverified,
            oldest_due_seconds: stats.oldest_due.map(|age| age.as_secs_f64()),
            paused: pause.map(PauseView::new),
        }
    }

    fn and(self, other: &Self) -> Self {
        let ages = [self.oldest_due_seconds, other.oldest_due_seconds];
        Self {
            source: None,
            ready: self.ready.saturating_add(other.ready),
            running: self.running.saturating_add(other.running),
            done: self.done.saturating_add(other.done),
            dead: self.dead.saturating_add(other.dead),
            unverified: self.unverified.saturating_add(other.unverified),
            oldest_due_seconds: ages.into_iter().flatten().reduce(f64::max),
            paused: None,
        }
    }

    fn cells(&self) -> [Cell; 8] {
        let source = match &self.source {
            Some(source) => Cell::new(printable(source)),
            None => Cell::new("total").in_style(STRONG),
        };
        let paused =
            self.paused.as_ref().zip(self.source.as_ref()).map(|(pause, source)| pause.until(source));
        let bad = |count: u64| {
            let cell = Cell::new(count.to_string());
            if count > 0 { cell.in_style(BAD) } else { cell }
        };
        let age = |seconds: f64| Duration::try_from_secs_f64(seconds.floor()).unwrap_or_default();
        let age = self.oldest_due_seconds.map(|seconds| humantime::format_duration(age(seconds)).to_string());
        [
            source,
            Cell::new(self.ready.to_string()),
            Cell::new(self.running.to_string()),
            Cell::new(self.done.to_string()),
            bad(self.dead),
            bad(self.unverified),
            Cell::new(age.unwrap_or_default()),
            Cell::new(paused.unwrap_or_default()).in_style(UNSURE),
        ]
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = ["ENDPOINT", "READY", "RUNNING", "DONE", "DEAD", "UNVERIFIED", "OLDEST DUE", "PAUSED"];
        let mut table = Table::new(header);
        self.sources.iter().for_each(|row| table.push(row.cells()));
        if self.sources.len() != 1 {
            table.push(self.total.cells());
        }
        write!(f, "{table}")?;
        if self.total.unverified > 0 { write!(f, "{CURE}") } else { Ok(()) }
    }
}

/// The cure for the state `unverified`.
pub(super) const CURE: &str = "unverified: the secret that signed these events was removed from the set. Add it again \
    with `SecretSet::and_env`, such as from GITHUB_SECRET_OLD, or `SecretSet::with_until` and the time of the rotation; they go on by \
    themselves then\n";

#[cfg(test)]
mod tests {
    use countersign::UnixTime;
    use serde_json::json;

    use super::*;

    fn pause(source: &str, until: Option<UnixTime>) -> Pause {
        let since = UnixTime::from_secs(1_600_000_000);
        Pause { source: source.to_owned(), since, until, actor: "ada".to_owned(), reason: None }
    }

    fn counted() -> Counted {
        let source = |source: &str, ready, dead, oldest_due| SourceStats {
            source: source.to_owned(),
            ready,
            running: 1,
            done: 10,
            dead,
            unverified: dead / 2,
            oldest_due,
        };
        let age = Duration::from_millis(7_384_500);
        Counted::new(&Stats {
            sources: vec![
                source("orders", 3, 0, Some(age)),
                source("audits", 0, 2, None),
                source("audits/new", 0, 0, None),
                source("refunds/eu", 0, 0, None),
            ],
            pauses: vec![pause("audits", Some(UnixTime::from_secs(1_700_000_000))), pause("refunds", None)],
        })
    }

    #[test]
    fn people_see_a_row_for_each_endpoint_and_one_for_all() {
        let said = anstream::adapter::strip_str(&counted().to_string()).to_string();
        let (table, cure) = said.split_at(said.find("unverified:").unwrap());
        assert!(cure.contains("`SecretSet::with_until`"), "{cure}");
        let words: Vec<Vec<_>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            words,
            [
                vec!["ENDPOINT", "READY", "RUNNING", "DONE", "DEAD", "UNVERIFIED", "OLDEST", "DUE", "PAUSED"],
                vec!["orders", "3", "1", "10", "0", "0", "2h", "3m", "4s"],
                vec!["audits", "0", "1", "10", "2", "1", "until", "2023-11-14T22:13:20Z"],
                vec![
                    "audits/new",
                    "0",
                    "1",
                    "10",
                    "0",
                    "0",
                    "until",
                    "2023-11-14T22:13:20Z,",
                    "with",
                    "audits"
                ],
                vec!["refunds/eu", "0", "1", "10", "0", "0", "until", "refunds", "is", "resumed"],
                vec!["refunds", "0", "0", "0", "0", "0", "until", "it", "is", "resumed"],
                vec!["total", "3", "4", "40", "2", "1", "2h", "3m", "4s"],
            ]
        );
    }

    #[test]
    fn machines_see_the_same_with_durations_in_seconds() {
        let total = json!({"ready": 3, "running": 4, "done": 40, "dead": 2, "unverified": 1, "oldest_due_seconds": 7384.5, "paused": null});
        let json = serde_json::to_value(counted()).unwrap();
        assert_eq!(json.get("total"), Some(&total));
        let paused = json!({"source": "audits", "since": "2020-09-13T12:26:40Z", "until": "2023-11-14T22:13:20Z", "actor": "ada", "reason": null});
        let audits = json!({"source": "audits", "ready": 0, "running": 1, "done": 10, "dead": 2, "unverified": 1, "oldest_due_seconds": null, "paused": paused});
        assert_eq!(json.pointer("/sources/1"), Some(&audits));
    }

    #[test]
    fn an_empty_inbox_has_zeros() {
        let empty = Counted::new(&Stats::default());
        let said = anstream::adapter::strip_str(&empty.to_string()).to_string();
        assert_eq!(
            said.lines().last().unwrap().split_whitespace().collect::<Vec<_>>(),
            ["total", "0", "0", "0", "0", "0"]
        );
    }
}
