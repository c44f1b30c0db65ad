//! The present state of each endpoint.

use std::cmp::Reverse;
use std::fmt;
use std::time::Duration;

use anstyle::Style;
use countersign::UnixTime;
use countersign_inbox::{EndpointHealth, HealthState, Observation, OpsStore};

use crate::args::Thresholds;
use crate::error::CliError;
use crate::inbox::view::PauseView;
use crate::output::{BAD, Cell, GOOD, Table, UNSURE, instant, printable};

/// The health of all endpoints, as the operations page shows it.
pub(super) struct Report {
    /// The time.
    pub(super) at: String,
    pub(super) rows: Vec<Row>,
    /// The reasons, each with the name of its endpoint.
    pub(super) causes: Vec<String>,
}

/// An endpoint. Texts are printable.
pub(super) struct Row {
    pub(super) cells: [String; 8],
    pub(super) level: Level,
}

/// Whether an operator has to look at an endpoint.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Level {
    Good,
    Unsure,
    Bad,
}

impl Report {
    /// Reads a report.
    pub(super) async fn look(
        store: &dyn OpsStore,
        now: UnixTime,
        thresholds: &Thresholds,
    ) -> Result<Self, CliError> {
        let observation =
            Observation::of(store).await.map_err(CliError::store("cannot read the health of endpoints"))?;
        Ok(Self::new(&observation, now, &thresholds.health(&observation)))
    }

    /// Makes the report of an observation and the health that follows from it.
    pub(super) fn new(observation: &Observation, now: UnixTime, health: &[EndpointHealth]) -> Self {
        // Those that an operator has to look at come first: a screen may have no room for the others.
        let mut health: Vec<_> = health.iter().collect();
        health.sort_by_key(|of| Reverse(Level::of(of.state)));
        let rows = health.iter().map(|of| Row::new(of, observation)).collect();
        let named = |of: &EndpointHealth| {
            let named = |cause: &dyn fmt::Display| printable(&format!("{}: {cause}", of.source));
            of.causes.iter().map(|cause| named(cause)).collect::<Vec<_>>()
        };
        Self { at: instant(now), rows, causes: health.iter().copied().flat_map(named).collect() }
    }
}

impl Row {
    fn new(of: &EndpointHealth, observation: &Observation) -> Self {
        let name = of.source.as_str();
        let (stats, hour) = (&observation.stats, &observation.hour);
        let waiting = stats.sources.iter().find(|of| of.source == name).cloned().unwrap_or_default();
        let counted = hour.sources.get(name).cloned().unwrap_or_default();
        let pause = stats.pause(name).map(PauseView::new);
        let level = Level::of(of.state);
        // Rounded down, so that 100 % is no failure at all.
        let percent = |rate: f64| format!("{:.1} %", (rate * 1000.0).floor() / 10.0);
        let age = |age: Duration| humantime::format_duration(Duration::from_secs(age.as_secs())).to_string();
        let cells = [
            printable(name),
            of.state.to_string(),
            waiting.backlog().to_string(),
            waiting.oldest_due.map(age).unwrap_or_default(),
            counted.counts.success_rate().map(percent).unwrap_or_default(),
            waiting.dead.to_string(),
            counted.last_delivery.map(instant).unwrap_or_default(),
            pause.as_ref().map(|pause| pause.until(name)).unwrap_or_default(),
        ];
        Self { cells, level }
    }
}

impl Level {
    const fn of(state: HealthState) -> Self {
        match state {
            HealthState::Healthy => Self::Good,
            HealthState::Failing => Self::Bad,
            _ => Self::Unsure,
        }
    }

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
        self.causes.iter().try_for_each(|cause| writeln!(f, "{cause}"))
    }
}

pub(super) const HEADER: [&str; 8] =
    ["ENDPOINT", "STATE", "BACKLOG", "OLDEST DUE", "SUCCESS", "DEAD", "LAST DELIVERY", "PAUSED"];

#[cfg(test)]
pub(super) mod tests {
    use countersign_inbox::{CircuitReport, InboxStore, Increment, PauseChange, RejectionSample};

    use super::*;
    use crate::inbox::fixture::{Fixture, NOW, said};

    /// Returns a store with a failing endpoint, one that is paused, and one with an old key.
    pub(in crate::inbox) async fn fixture() -> Fixture {
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
    async fn each_endpoint_has_a_line_and_each_reason_another() {
        let fixture = fixture().await;
        let text = said(&Report::look(&fixture.store, NOW, &Thresholds::default()).await.unwrap());
        let lines: Vec<_> =
            text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let at = "2023-11-14T22:13:20Z";
        assert_eq!(
            lines,
            [
                at,
                "ENDPOINT STATE BACKLOG OLDEST DUE SUCCESS DEAD LAST DELIVERY PAUSED",
                &format!("jobs failing 2 0s 0.0 % 1 {at}"),
                "refunds paused 0 0 until it is resumed",
                &format!(r"audits\u{{1b}}[2J healthy 0 100.0 % 0 {at}"),
                "jobs: an event of `jobs` became a dead letter within 15 minutes",
                r"audits\u{1b}[2J: 2 deliveries to `audits\u{1b}[2J` were signed with the key `old` within 7 days",
            ]
        );
    }

    #[tokio::test]
    async fn rejections_and_circuits_are_those_of_the_operations_page() {
        let fixture = Fixture::with(0).await;
        let mut orders = Increment::new("orders");
        orders.rejections.counts.insert(("preflix".to_owned(), "signature_mismatch".to_owned()), 9);
        let request = "POST /hooks".to_owned();
        orders.rejections.samples.push(RejectionSample::new("preflix", "signature_mismatch", request));
        fixture.store.add_statistics(&[orders]).await.unwrap();
        let report = CircuitReport {
            source: "jobs".to_owned(),
            left: Duration::from_secs(30),
            is_half_open: false,
            pattern: Some("down".to_owned()),
        };
        fixture.store.report_circuits("worker", &[report]).await.unwrap();
        let report = Report::look(&fixture.store, NOW, &Thresholds::default()).await.unwrap();
        assert_eq!(report.causes[0], "jobs: the circuit of `jobs` is open: down");
        assert!(report.causes[1].starts_with("orders: 9 requests were rejected"), "{:?}", report.causes);
        assert!(report.rows.iter().all(|row| row.level == Level::Bad && row.cells[1] == "failing"));
    }

    #[tokio::test]
    async fn an_empty_inbox_says_so() {
        let text =
            said(&Report::look(&Fixture::with(0).await.store, NOW, &Thresholds::default()).await.unwrap());
        assert!(text.ends_with("no endpoint has received anything yet\n"), "{text}");
    }
}
