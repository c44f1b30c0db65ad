//! `countersign inbox health`

use clap::Args;
use countersign::{Clock, SystemClock, UnixTime};
use countersign_inbox::{EndpointHealth, HealthState, Observation, OpsStore};
use serde::Serialize;

use super::report::Report;
use super::view::PauseView;
use crate::Outcome;
use crate::args::{AlertArgs, StoreArgs, Thresholds};
use crate::error::CliError;
use crate::output::{self, exact};

#[derive(Args)]
#[command(after_help = "\
The report is that of `countersign inbox watch` and of the overview of the operations page, once. Exits with 1 if an endpoint is failing or
silent.

With --json: {\"endpoints\": [H, …]}. H has source, state (healthy, failing, paused, silent), causes (texts), backlog, oldest_due_seconds,
success_rate of attempts within the last hour (0 to 1), dead, last_delivery and paused, as in `stats`; what is unknown is null.")]
pub(crate) struct HealthArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    #[command(flatten)]
    alerts: AlertArgs,
    /// Print everything as one line of JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(store: &dyn OpsStore, args: &HealthArgs) -> Result<Outcome, CliError> {
    let thresholds = args.alerts.thresholds()?;
    let observation =
        Observation::of(store).await.map_err(CliError::store("cannot read the health of endpoints"))?;
    let looked = Looked::new(&observation, SystemClock.now(), &thresholds);
    if args.json {
        output::json(&looked)?;
    } else {
        output::text(&looked.report)?;
    }
    Ok(looked.outcome)
}

#[derive(Serialize)]
struct Looked {
    endpoints: Vec<View>,
    #[serde(skip)]
    report: Report,
    #[serde(skip)]
    outcome: Outcome,
}

/// The health of an endpoint, for machines.
#[derive(Serialize)]
struct View {
    source: String,
    state: &'static str,
    causes: Vec<String>,
    backlog: u64,
    oldest_due_seconds: Option<f64>,
    success_rate: Option<f64>,
    dead: u64,
    last_delivery: Option<String>,
    paused: Option<PauseView>,
}

impl Looked {
    fn new(observation: &Observation, now: UnixTime, thresholds: &Thresholds) -> Self {
        let health = thresholds.health(observation);
        let is_bad = |of: &EndpointHealth| matches!(of.state, HealthState::Failing | HealthState::Silent);
        Self {
            outcome: if health.iter().any(is_bad) { Outcome::Negative } else { Outcome::Fine },
            endpoints: health.iter().map(|of| View::new(of, observation)).collect(),
            report: Report::new(observation, now, &health),
        }
    }
}

impl View {
    fn new(of: &EndpointHealth, observation: &Observation) -> Self {
        let waiting = observation.stats.sources.iter().find(|stats| stats.source == of.source);
        let waiting = waiting.cloned().unwrap_or_default();
        let counted = observation.hour.sources.get(&of.source).cloned().unwrap_or_default();
        Self {
            source: of.source.clone(),
            state: of.state.as_str(),
            causes: of.causes.iter().map(ToString::to_string).collect(),
            backlog: waiting.backlog(),
            oldest_due_seconds: waiting.oldest_due.map(|age| age.as_secs_f64()),
            success_rate: counted.counts.success_rate(),
            dead: waiting.dead,
            last_delivery: counted.last_delivery.map(exact),
            paused: observation.stats.pause(&of.source).map(PauseView::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_inbox::{Finish, InboxStore, Increment, PauseChange, Window};
    use serde_json::{Value, json};

    use super::*;
    use crate::inbox::fixture::{Fixture, NOW, said};
    use crate::inbox::statistics;

    async fn looked(fixture: &Fixture) -> Looked {
        Looked::new(&Observation::of(&fixture.store).await.unwrap(), NOW, &Thresholds::default())
    }

    #[tokio::test]
    async fn a_failing_endpoint_is_exit_code_1_with_its_causes() {
        let fixture = Fixture::with(3).await;
        assert_eq!(looked(&fixture).await.outcome, Outcome::Fine);
        fixture.kill(1).await;
        let mut jobs = Increment::new("jobs");
        (jobs.counts.accepted, jobs.counts.attempts, jobs.counts.dead) = (3, 1, 1);
        fixture.store.add_statistics(&[jobs]).await.unwrap();
        let found = looked(&fixture).await;
        assert_eq!(found.outcome, Outcome::Negative);
        assert!(
            said(&found.report).contains("jobs: an event of `jobs` became a dead letter"),
            "{}",
            said(&found.report)
        );
        let expected = json!({"endpoints": [{
            "source": "jobs",
            "state": "failing",
            "causes": ["an event of `jobs` became a dead letter within 15 minutes"],
            "backlog": 2,
            "oldest_due_seconds": 0.0,
            "success_rate": 0.0,
            "dead": 1,
            "last_delivery": "2023-11-14T22:13:20Z",
            "paused": null,
        }]});
        assert_eq!(serde_json::to_value(found).unwrap(), expected);
        fixture.store.set_pause(&PauseChange::pause("jobs", "ada")).await.unwrap();
        let paused = looked(&fixture).await;
        assert_eq!(paused.outcome, Outcome::Fine, "an operator knows of it");
        let json = serde_json::to_value(paused).unwrap();
        assert_eq!(json.pointer("/endpoints/0/paused/actor"), Some(&json!("ada")));
    }

    #[tokio::test]
    async fn unverified_events_are_no_backlog_in_any_report() {
        let fixture = Fixture::with(3).await;
        fixture.end(1, Finish::Unverified { error: "the secret is gone".to_owned() }).await;
        let found = looked(&fixture).await;
        let watched = said(&found.report);
        assert!(watched.lines().any(|line| line.starts_with("jobs") && line.contains(" 2 ")), "{watched}");
        let backlog = |json: Value, at: &str| json.pointer(at).cloned();
        assert_eq!(backlog(serde_json::to_value(found).unwrap(), "/endpoints/0/backlog"), Some(json!(2)));
        let statistics = statistics::look(&fixture.store, Window::Day).await.unwrap();
        assert_eq!(backlog(serde_json::to_value(statistics).unwrap(), "/sources/0/backlog"), Some(json!(2)));
    }
}
