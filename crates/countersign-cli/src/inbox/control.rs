//! `countersign inbox limit`, `unlimit`, `open-circuit`, `close-circuit` and `controls`

use std::fmt;
use std::time::Duration;

use clap::Args;
use countersign_inbox::{ControlAction, ControlChange, Controls, OpsStore, RateLimit};
use serde::Serialize;

use super::actor::{EndpointArgs, actor};
use super::view::cut;
use crate::Outcome;
use crate::args::StoreArgs;
use crate::error::CliError;
use crate::output::{self, Cell, Table, UNSURE, exact, printable};

#[derive(Args)]
#[command(after_help = "\
Each process begins at most so many attempts at events of the endpoint within any such period, from its next look at the store on: within
five seconds. It replaces the limit in the code, and holds for each subscription by itself; one of a subscription by its own name comes
before that of the endpoint. It is stored, and processes that start later follow it, too. `countersign inbox controls` shows it.

With --json: {\"source\", \"action\", \"changed\"}.")]
pub(crate) struct LimitArgs {
    #[command(flatten)]
    pub(super) of: EndpointArgs,
    /// The number of attempts and the period, such as 100/1m or 5/1s
    #[arg(value_name = "ATTEMPTS/PERIOD", value_parser = limit)]
    limit: RateLimit,
}

#[derive(Args)]
#[command(after_help = "\
The limit that `limit` has set for this name ends: that of the endpoint or of the code holds again. Exits with 1 if there is none.

With --json: {\"source\", \"action\", \"changed\"}.")]
pub(crate) struct UnlimitArgs {
    #[command(flatten)]
    pub(super) of: EndpointArgs,
}

#[derive(Args)]
#[command(after_help = "\
No process begins an attempt at an event of the endpoint or of its subscriptions for this time, from its next look at the store on: within
five seconds. Then each tries a single event: if that succeeds, its circuit closes, and if it fails, it stays open for another pause. Use
`pause` to stop an endpoint until it is resumed.

With --json: {\"source\", \"action\", \"changed\"}.")]
pub(crate) struct OpenCircuitArgs {
    #[command(flatten)]
    pub(super) of: EndpointArgs,
    /// The time until the trial, such as 30s or 5m
    #[arg(long = "for", value_name = "DURATION", default_value = "1m", value_parser = humantime::parse_duration)]
    duration: Duration,
}

#[derive(Args)]
#[command(after_help = "\
Circuits that failures or `open-circuit` have opened close without a trial, within five seconds. They open again if attempts fail as before.

With --json: {\"source\", \"action\", \"changed\"}.")]
pub(crate) struct CloseCircuitArgs {
    #[command(flatten)]
    pub(super) of: EndpointArgs,
}

#[derive(Args)]
#[command(after_help = "\
Circuits are shown that workers have reported within the last minute, a few seconds behind: those that are not closed. What `open-circuit` has
opened is shown without a worker until one reports it.

With --json: {\"limits\": [L, …], \"circuits\": [C, …]}. L has source, attempts, period_seconds, since, actor and reason; C has source, worker (or null),
state (open, half_open), left_seconds (the time until the trial), pattern (of the failures, or null: an operator has opened it) and seen_at (or null).")]
pub(crate) struct ControlsArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Print everything as one line of JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn set_limit(store: &dyn OpsStore, args: &LimitArgs) -> Result<Outcome, CliError> {
    set(store, &args.of, |source, actor| ControlChange::limit(source, args.limit, actor)).await
}

pub(super) async fn unlimit(store: &dyn OpsStore, args: &UnlimitArgs) -> Result<Outcome, CliError> {
    set(store, &args.of, ControlChange::unlimit).await
}

pub(super) async fn open(store: &dyn OpsStore, args: &OpenCircuitArgs) -> Result<Outcome, CliError> {
    if args.duration.is_zero() {
        return Err(CliError::Usage(
            "--for: a circuit that is open for 0 s is half open: say how long".to_owned(),
        ));
    }
    set(store, &args.of, |source, actor| ControlChange::open_circuit(source, args.duration, actor)).await
}

pub(super) async fn close(store: &dyn OpsStore, args: &CloseCircuitArgs) -> Result<Outcome, CliError> {
    set(store, &args.of, ControlChange::close_circuit).await
}

pub(super) async fn show(store: &dyn OpsStore, args: &ControlsArgs) -> Result<Outcome, CliError> {
    let shown =
        Shown::new(&store.controls().await.map_err(CliError::store("cannot read limits and circuits"))?);
    if args.json {
        output::json(&shown)?;
    } else {
        output::text(&shown)?;
    }
    Ok(Outcome::Fine)
}

async fn set(
    store: &dyn OpsStore,
    args: &EndpointArgs,
    change: impl FnOnce(String, String) -> ControlChange,
) -> Result<Outcome, CliError> {
    let mut change = change(args.source.clone(), actor(args.by.actor.as_deref())?);
    change.reason.clone_from(&args.by.reason);
    let failed = CliError::store("cannot change the endpoint");
    let changed = store.set_control(&change).await.map_err(failed)?;
    let report = Report { source: args.source.clone(), action: change.action.as_str(), changed };
    if args.json {
        output::json(&report)?;
    } else {
        output::line(&line(&change, changed))?;
    }
    Ok(if changed { Outcome::Fine } else { Outcome::Negative })
}

/// The result of a change.
#[derive(Serialize)]
struct Report {
    source: String,
    action: &'static str,
    changed: bool,
}

fn line(change: &ControlChange, changed: bool) -> String {
    let source = printable(&change.source);
    match change.action {
        ControlAction::Limit(limit) => format!("{source} is limited to {} in each process", period(limit)),
        ControlAction::OpenCircuit { duration } => {
            format!("the circuits of {source} open for {}", humantime::format_duration(duration))
        }
        ControlAction::CloseCircuit => format!("the circuits of {source} close"),
        _ if changed => format!("{source} has no limit of an operator any more"),
        _ => format!("{source} has no limit of an operator"),
    }
}

fn period(limit: RateLimit) -> String {
    format!("{} attempts per {}", limit.attempts(), humantime::format_duration(limit.per()))
}

/// Reads a number of attempts and a period.
fn limit(text: &str) -> Result<RateLimit, String> {
    let expected = || format!("`{text}` is no limit: write it as 100/1m");
    let (attempts, per) = text.split_once('/').ok_or_else(expected)?;
    let attempts = attempts.parse().map_err(|_| expected())?;
    let per = humantime::parse_duration(per).map_err(|_| expected())?;
    RateLimit::new(attempts, per).map_err(|error| error.to_string())
}

/// The limits and circuits of a store.
#[derive(Serialize)]
struct Shown {
    limits: Vec<LimitView>,
    circuits: Vec<CircuitView>,
}

#[derive(Serialize)]
struct LimitView {
    source: String,
    attempts: u32,
    period_seconds: f64,
    since: String,
    actor: String,
    reason: Option<String>,
    #[serde(skip)]
    limit: RateLimit,
}

#[derive(Serialize)]
struct CircuitView {
    source: String,
    worker: Option<String>,
    state: &'static str,
    left_seconds: f64,
    pattern: Option<String>,
    seen_at: Option<String>,
}

impl Shown {
    fn new(controls: &Controls) -> Self {
        let limits = controls.limits.iter().map(|of| LimitView {
            source: of.source.clone(),
            attempts: of.limit.attempts(),
            period_seconds: of.limit.per().as_secs_f64(),
            since: exact(of.since),
            actor: of.actor.clone(),
            reason: of.reason.clone(),
            limit: of.limit,
        });
        let unreported = controls.unreported().map(|of| CircuitView {
            source: of.source.clone(),
            worker: None,
            state: "open",
            left_seconds: of.left.unwrap_or_default().as_secs_f64(),
            pattern: None,
            seen_at: None,
        });
        let circuits = controls.circuits.iter().map(|of| CircuitView {
            source: of.report.source.clone(),
            worker: Some(of.worker.clone()),
            state: if of.report.is_half_open { "half_open" } else { "open" },
            left_seconds: of.report.left.as_secs_f64(),
            pattern: of.report.pattern.clone(),
            seen_at: Some(exact(of.seen_at)),
        });
        Self { limits: limits.collect(), circuits: unreported.chain(circuits).collect() }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.limits.is_empty() {
            writeln!(f, "no operator has set a limit")?;
        } else {
            let mut table = Table::new(["ENDPOINT", "LIMIT", "SINCE", "ACTOR", "REASON"]);
            for of in &self.limits {
                table.push([
                    Cell::new(cut(&of.source, 32)),
                    Cell::new(period(of.limit)),
                    Cell::new(of.since.clone()),
                    Cell::new(cut(&of.actor, 24)),
                    Cell::new(cut(of.reason.as_deref().unwrap_or_default(), 60)),
                ]);
            }
            write!(f, "{table}")?;
        }
        if self.circuits.is_empty() {
            return writeln!(f, "no circuit is open");
        }
        let mut table = Table::new(["ENDPOINT", "WORKER", "CIRCUIT", "TRIAL IN", "FAILURES"]);
        for of in &self.circuits {
            let left = Duration::try_from_secs_f64(of.left_seconds.ceil()).unwrap_or_default();
            table.push([
                Cell::new(cut(&of.source, 32)),
                Cell::new(cut(of.worker.as_deref().unwrap_or("not reported yet"), 20)),
                Cell::new(of.state).in_style(UNSURE),
                Cell::new(humantime::format_duration(left).to_string()),
                Cell::new(cut(of.pattern.as_deref().unwrap_or("opened by an operator"), 80)),
            ]);
        }
        write!(f, "\n{table}")
    }
}

#[cfg(test)]
mod tests;
