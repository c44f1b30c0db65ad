use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use countersign_testkit::simulators::{
    DeliveryAttempt, FailedDelivery, ProviderAuditEntry, Simulator, Telemetry,
};
use serde::Serialize;

use crate::output::{BAD, Cell, DIM, GOOD, Table, exact, printable};

/// The result of a simulation.
#[derive(Serialize)]
pub(super) struct Report {
    provider: String,
    seed: u64,
    telemetry: Telemetry,
    operations_queue: Vec<FailedDelivery>,
    attempts: Vec<DeliveryAttempt>,
    audit_log: Vec<ProviderAuditEntry>,
}

/// The deliveries to one endpoint.
#[derive(Default)]
struct Counts {
    events: BTreeSet<u64>,
    delivered: BTreeSet<u64>,
    attempts: usize,
}

/// The result in a format for people.
pub(super) struct ForPeople<'r> {
    report: &'r Report,
    with_attempts: bool,
}

impl Report {
    pub(super) fn new(simulator: &Simulator, seed: u64) -> Self {
        Self {
            provider: simulator.provider().slug.to_string(),
            seed,
            telemetry: simulator.telemetry(),
            operations_queue: simulator.operations_queue(),
            attempts: simulator.attempts(),
            audit_log: simulator.audit_log(),
        }
    }

    /// Returns the deliveries by endpoint.
    fn endpoints(&self) -> BTreeMap<&str, Counts> {
        let mut endpoints = BTreeMap::<_, Counts>::new();
        for attempt in &self.attempts {
            let counts = endpoints.entry(&*attempt.endpoint).or_default();
            counts.attempts += 1;
            counts.events.insert(attempt.delivery);
            if attempt.outcome.is_acknowledged() {
                counts.delivered.insert(attempt.delivery);
            }
        }
        endpoints
    }

    /// Returns whether each event was acknowledged.
    pub(super) fn is_ok(&self) -> bool {
        self.operations_queue.is_empty() && self.telemetry.pending == 0
    }

    pub(super) const fn for_people(&self, with_attempts: bool) -> ForPeople<'_> {
        ForPeople { report: self, with_attempts }
    }
}

impl fmt::Display for ForPeople<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { provider, seed, telemetry, operations_queue, attempts, .. } = self.report;
        let endpoints = self.report.endpoints();
        if self.with_attempts {
            let mut table = Table::new(["time", "event", "type", "attempt", "response", "after", "endpoint"]);
            for attempt in attempts {
                let style = if attempt.outcome.is_acknowledged() { GOOD } else { BAD };
                table.push([
                    Cell::new(exact(attempt.at)).in_style(DIM),
                    Cell::new(printable(&attempt.message)),
                    Cell::new(printable(&attempt.event_type)),
                    Cell::new(if attempt.duplicate {
                        "duplicate".to_owned()
                    } else {
                        attempt.number.to_string()
                    }),
                    Cell::new(printable(&attempt.outcome.to_string())).in_style(style),
                    Cell::new(format!("{:.1} ms", attempt.latency.as_secs_f64() * 1000.0)),
                    Cell::new(printable(&attempt.endpoint)),
                ]);
            }
            writeln!(f, "{table}")?;
        }
        let style = if self.report.is_ok() { GOOD } else { BAD };
        let Telemetry { events, delivered, failed, pending, attempts, retries, duplicates, .. } = telemetry;
        writeln!(
            f,
            "{style}{delivered} of {events} events delivered{style:#}, {failed} failed, {pending} not sent"
        )?;
        writeln!(f, "{attempts} attempts: {retries} retries, {duplicates} duplicates")?;
        if let (Some(rate), Some(last)) = (telemetry.success_rate, telemetry.last_attempt) {
            writeln!(f, "success rate {:.1} %, last attempt {}", rate * 100.0, exact(last))?;
        }
        for (endpoint, patterns) in &telemetry.error_patterns {
            for (pattern, count) in patterns {
                writeln!(f, "{BAD}{}{BAD:#} × {count} from {}", printable(pattern), printable(endpoint))?;
            }
        }
        if endpoints.len() > 1 {
            let mut table = Table::new(["endpoint", "events", "delivered", "attempts"]);
            for (endpoint, counts) in endpoints {
                let numbers = [counts.events.len(), counts.delivered.len(), counts.attempts];
                let [events, delivered, attempts] = numbers.map(|number| Cell::new(number.to_string()));
                table.push([Cell::new(printable(endpoint)), events, delivered, attempts]);
            }
            write!(f, "\n{table}")?;
        }
        if !operations_queue.is_empty() {
            let mut table =
                Table::new(["operations queue", "type", "response", "retries", "endpoint", "last error"]);
            for one in operations_queue {
                table.push([
                    Cell::new(printable(&one.message)),
                    Cell::new(printable(&one.event_type)),
                    Cell::new(one.response_code.map_or_else(|| "none".to_owned(), |code| code.to_string())),
                    Cell::new(one.retry_count.to_string()),
                    Cell::new(printable(&one.endpoint)),
                    Cell::new(printable(&one.last_error)),
                ]);
            }
            write!(f, "\n{table}")?;
        }
        writeln!(f, "{DIM}{provider}, seed {seed}{DIM:#}")
    }
}
