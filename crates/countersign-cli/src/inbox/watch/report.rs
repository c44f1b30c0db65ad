//! How each endpoint is now.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use anstyle::Style;
use countersign::UnixTime;
use countersign_inbox::{AlertRules, OpsStore, Statistics, Stats, Window};

use crate::error::CliError;
use crate::inbox::view::PauseView;
use crate::output::{BAD, Cell, GOOD, Table, UNSURE, instant, printable};

/// The state of all endpoints, and the alerts that the store shows.
pub(super) struct Report {
    /// The time.
    pub(super) at: String,
    pub(super) rows: Vec<Row>,
    pub(super) alerts: Vec<String>,
}

/// An endpoint. Texts are printable.
pub(super) struct Row {
    pub(super) cells: [String; 8],
    pub(super) level: Level,
}

/// Whether somebody has to look at an endpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Level {
    Good,
    Unsure,
    Bad,
}

impl Report {
    /// Reads a report.
    pub(super) async fn look(store: &dyn OpsStore, now: UnixTime) -> Result<Self, CliError> {
        let cannot = || CliError::store("cannot read statistics");
        let stats = store.stats().await.map_err(CliError::store("cannot count events"))?;
        let hour = store.statistics(Window::Hour).await.map_err(cannot())?;
        let week = store.statistics(Window::Week).await.map_err(cannot())?;
        Ok(Self::new(&stats, &hour, &week, now))
    }

    fn new(stats: &Stats, hour: &Statistics, week: &Statistics, now: UnixTime) -> Self {
        let counted = stats.sources.iter().map(|of| &of.source);
        let paused = stats.pauses.iter().map(|of| &of.source);
        let names: BTreeSet<_> = counted.chain(paused).chain(hour.sources.keys()).collect();
        let alerts = AlertRules::default().of_store(stats, hour, week, MAX_BACKLOG_AGE);
        let is_alerted = |name: &str| alerts.iter().any(|cause| cause.source() == Some(name));
        let rows = names.into_iter().map(|name| Row::new(name, stats, hour, is_alerted(name))).collect();
        let alerts = alerts.iter().map(|cause| printable(&cause.to_string())).collect();
        Self { at: instant(now), rows, alerts }
    }
}

impl Row {
    fn new(name: &str, stats: &Stats, hour: &Statistics, is_alerted: bool) -> Self {
        let waiting = stats.sources.iter().find(|of| of.source == name).cloned().unwrap_or_default();
        let counted = hour.sources.get(name).cloned().unwrap_or_default();
        let rate = counted.counts.success_rate();
        let pause = stats.pause(name).map(PauseView::new);
        let (word, level) = match rate {
            _ if pause.is_some() => ("paused", Level::Unsure),
            _ if is_alerted => ("alert", Level::Bad),
            _ if waiting.unverified > 0 => ("unverified", Level::Bad),
            Some(rate) if rate < 0.5 => ("failing", Level::Bad),
            Some(rate) if rate < 1.0 => ("some fail", Level::Unsure),
            Some(_) => ("well", Level::Good),
            None => ("idle", Level::Good),
        };
        // Rounded down, so that 100 % is no failure at all.
        let percent = |rate: f64| format!("{:.1} %", (rate * 1000.0).floor() / 10.0);
        let age = |age: Duration| humantime::format_duration(Duration::from_secs(age.as_secs())).to_string();
        let cells = [
            printable(name),
            word.to_owned(),
            (waiting.ready + waiting.running + waiting.unverified).to_string(),
            waiting.oldest_due.map(age).unwrap_or_default(),
            rate.map(percent).unwrap_or_default(),
            waiting.dead.to_string(),
            counted.last_delivery.map(instant).unwrap_or_default(),
            pause.as_ref().map(|pause| pause.until(name)).unwrap_or_default(),
        ];
        Self { cells, level }
    }
}

impl Level {
    const fn style(self) -> Style {
        match self {
            Self::Good => GOOD,
            Self::Unsure => UNSURE,
            Self::Bad => BAD,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.at)?;
        let mut table = Table::new(HEADER);
        for Row { cells, level } in &self.rows {
            let mut cells = cells.clone().map(Cell::new);
            let [_, word, ..] = &mut cells;
            let text = std::mem::replace(word, Cell::new(""));
            *word = text.in_style(level.style());
            table.push(cells);
        }
        write!(f, "{table}")?;
        if self.rows.is_empty() {
            writeln!(f, "no endpoint has received anything yet")?;
        }
        self.alerts.iter().try_for_each(|alert| writeln!(f, "{BAD}alert{BAD:#}: {alert}"))
    }
}

pub(super) const HEADER: [&str; 8] =
    ["ENDPOINT", "STATE", "BACKLOG", "OLDEST DUE", "SUCCESS", "DEAD", "LAST DELIVERY", "PAUSED"];
/// The default of `InboxBuilder::with_max_backlog_age`.
const MAX_BACKLOG_AGE: Duration = Duration::from_secs(300);

#[cfg(test)]
pub(super) mod tests {
    use countersign_inbox::{InboxStore, Increment, PauseChange};

    use super::*;
    use crate::inbox::fixture::{Fixture, NOW, said};

    /// Returns a store with a failing endpoint, one that is paused, and one with an old key.
    pub(in crate::inbox::watch) async fn fixture() -> Fixture {
        let fixture = Fixture::with(3).await;
        fixture.kill(1).await;
        let mut jobs = Increment::new("jobs");
        (jobs.counts.accepted, jobs.counts.attempts, jobs.counts.dead) = (3, 1, 1);
        let mut audits = Increment::new("audits\x1b[2J");
        (audits.counts.accepted, audits.counts.attempts, audits.counts.done) = (2, 2, 2);
        audits.keys.insert("old".to_owned(), 2);
        fixture.store.add_statistics(&[jobs, audits]).await.unwrap();
        let pause = PauseChange::pause("refunds", "ada");
        countersign_inbox::OpsStore::set_pause(&fixture.store, &pause).await.unwrap();
        fixture
    }

    #[tokio::test]
    async fn each_endpoint_has_a_line_and_each_alert_another() {
        let fixture = fixture().await;
        let text = said(&Report::look(&fixture.store, NOW).await.unwrap());
        let lines: Vec<_> =
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let at = "2023-11-14T22:13:20Z";
        assert_eq!(
            lines,
            [
                at,
                "ENDPOINT STATE BACKLOG OLDEST DUE SUCCESS DEAD LAST DELIVERY PAUSED",
                &format!(r"audits\u{{1b}}[2J alert 0 100.0 % 0 {at}"),
                &format!("jobs failing 2 0s 0.0 % 1 {at}"),
                "refunds paused 0 0 until it is resumed",
                r"alert: 2 deliveries to `audits\u{1b}[2J` were signed with the key `old` within an hour",
            ]
        );
    }

    #[tokio::test]
    async fn an_empty_inbox_says_so() {
        let text = said(&Report::look(&Fixture::with(0).await.store, NOW).await.unwrap());
        assert!(text.ends_with("no endpoint has received anything yet\n"), "{text}");
    }
}
