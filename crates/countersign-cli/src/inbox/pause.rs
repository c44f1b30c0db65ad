//! `countersign inbox pause` and `countersign inbox resume`

use std::time::Duration;

use clap::Args;
use countersign_inbox::{OpsStore, Pause, PauseAction, PauseChange, Stats};
use serde::Serialize;

use super::actor::{EndpointArgs, actor};
use super::known;
use super::view::PauseView;
use crate::Outcome;
use crate::args::StoreArgs;
use crate::error::CliError;
use crate::output::{self, printable};

#[derive(Args)]
#[command(after_help = "\
No process begins an attempt at an event of the endpoint or of its subscriptions any more; attempts that run end normally.
Deliveries are accepted, and their events wait. A subscription alone is paused by its name, such as stripe/billing. A further
pause of a name replaces the end of the first one. `countersign inbox stats` shows pauses.

With --json: {\"source\", \"action\", \"changed\", \"paused\": P, \"paused_subscriptions\": []} where P is null, or has source (the name that
was paused), since, until (null: until it is resumed), actor and reason. paused_subscriptions are those that have events.")]
pub(crate) struct PauseArgs {
    #[command(flatten)]
    of: EndpointArgs,
    /// The time after which the pause ends by itself, such as 30m or 2h [default: it lasts until the endpoint is resumed]
    #[arg(long = "for", value_name = "DURATION", value_parser = humantime::parse_duration)]
    duration: Option<Duration>,
}

#[derive(Args)]
#[command(after_help = "\
Events that are due are handled at once, and the others when they are due. The pause of this name ends: those of subscriptions by
their own names do not, and a subscription cannot be resumed while its endpoint is paused. Exits with 1 if the name is not paused.

With --json: {\"source\", \"action\", \"changed\", \"paused\": P, \"paused_subscriptions\": []} as for `pause`: what is paused still.")]
pub(crate) struct ResumeArgs {
    #[command(flatten)]
    of: EndpointArgs,
}

impl PauseArgs {
    pub(super) const fn store(&self) -> &StoreArgs {
        &self.of.store
    }
}

impl ResumeArgs {
    pub(super) const fn store(&self) -> &StoreArgs {
        &self.of.store
    }
}

pub(super) async fn pause(store: &dyn OpsStore, args: &PauseArgs) -> Result<Outcome, CliError> {
    if args.duration.is_some_and(|duration| duration.is_zero()) {
        return Err(CliError::Usage(
            "--for: a pause of 0 s changes nothing; `resume` ends a pause".to_owned(),
        ));
    }
    let change = PauseChange::pause(&args.of.source, actor(args.of.by.actor.as_deref())?);
    let change = match args.duration {
        Some(duration) => change.with_duration(duration),
        None => change,
    };
    let (report, stats) = set(store, &args.of, change).await?;
    if !stats.sources.iter().any(|of| is_of(&of.source, &args.of.source)) {
        known::print(&stats, &args.of.source);
    }
    report.print(args.of.json)
}

pub(super) async fn resume(store: &dyn OpsStore, args: &ResumeArgs) -> Result<Outcome, CliError> {
    let change = PauseChange::resume(&args.of.source, actor(args.of.by.actor.as_deref())?);
    set(store, &args.of, change).await?.0.print(args.of.json)
}

async fn set(
    store: &dyn OpsStore,
    args: &EndpointArgs,
    mut change: PauseChange,
) -> Result<(Report, Stats), CliError> {
    change.reason.clone_from(&args.by.reason);
    let action = change.action.as_str();
    let failed = || CliError::store(format!("cannot {action} the endpoint"));
    let changed = store.set_pause(&change).await.map_err(failed())?;
    let stats = store.stats().await.map_err(failed())?;
    let paused = stats.pause(&args.source).map(PauseView::new);
    let below = stats.sources.iter().map(|of| &of.source).filter(|of| **of != args.source);
    let paused_subscriptions =
        below.filter(|of| is_of(of, &args.source) && stats.pause(of).is_some()).cloned().collect();
    Ok((Report { source: args.source.clone(), action, changed, paused, paused_subscriptions }, stats))
}

/// Returns whether a pause of `name` would hold for the events of `source`.
fn is_of(source: &str, name: &str) -> bool {
    Pause::names_for(source).any(|of| of == name)
}

/// The result of a change.
#[derive(Serialize)]
struct Report {
    source: String,
    action: &'static str,
    changed: bool,
    paused: Option<PauseView>,
    /// Those that have events.
    paused_subscriptions: Vec<String>,
}

impl Report {
    fn print(&self, json: bool) -> Result<Outcome, CliError> {
        if json {
            output::json(self)?;
        } else {
            output::line(&self.line())?;
        }
        Ok(if self.changed { Outcome::Fine } else { Outcome::Negative })
    }

    fn line(&self) -> String {
        let source = printable(&self.source);
        let names: Vec<_> =
            self.paused_subscriptions.iter().map(|name| printable(name).to_string()).collect();
        let with = |before: &str| {
            if names.is_empty() { String::new() } else { format!("{before} {}", names.join(", ")) }
        };
        match &self.paused {
            Some(pause) if self.action == RESUME => {
                format!("{source} is still paused {}", pause.until(&self.source))
            }
            Some(pause) => format!("{source} is paused {}{}", pause.until(&self.source), with("; with it:")),
            None if self.changed => format!("{source} is resumed{}", with("; still paused:")),
            None => format!("{source} is not paused{}", with("; paused by their own names:")),
        }
    }
}

const RESUME: &str = PauseAction::Resume.as_str();

#[cfg(test)]
mod tests {
    use countersign_inbox::Page;
    use serde_json::json;

    use super::*;
    use crate::inbox::cli::InboxCommand;
    use crate::inbox::fixture::{Fixture, typed};

    async fn ran(fixture: &Fixture, words: &str) -> Result<Outcome, CliError> {
        match typed(words) {
            InboxCommand::Pause(args) => pause(&fixture.store, &args).await,
            InboxCommand::Resume(args) => resume(&fixture.store, &args).await,
            _ => panic!("no pause"),
        }
    }

    #[tokio::test]
    async fn an_endpoint_is_paused_and_resumed_once_with_actor_and_reason() {
        let fixture = Fixture::with(2).await;
        let paused = ran(&fixture, "pause jobs --for 1h --actor ada --reason upgrade").await.unwrap();
        assert_eq!((paused, fixture.claim(2).await.len()), (Outcome::Fine, 0));
        for expected in [Outcome::Fine, Outcome::Negative] {
            assert_eq!(ran(&fixture, "resume jobs --actor bob").await.unwrap(), expected);
        }
        assert_eq!(fixture.claim(2).await.len(), 2);
        let log = fixture.store.audit(None, Page::first(10)).await.unwrap();
        let shown: Vec<_> = log.iter().map(|of| (of.action.as_str(), of.actor.as_str())).collect();
        assert_eq!(shown, [("resume", "bob"), ("pause", "ada")]);
        let detail: serde_json::Value = serde_json::from_str(log[1].detail.as_deref().unwrap()).unwrap();
        let expected = json!({"filter": {"source": "jobs"}, "reason": "upgrade", "seconds": 3600.0});
        assert_eq!(detail, expected);
        let refused = ran(&fixture, "pause jobs --for 0s").await.unwrap_err().to_string();
        assert!(refused.contains("`resume` ends a pause"), "{refused}");
    }

    #[tokio::test]
    async fn the_result_says_until_when() {
        let fixture = Fixture::with(1).await;
        let InboxCommand::Pause(args) = typed("pause jobs") else { panic!("no pause") };
        let set = async |change| set(&fixture.store, &args.of, change).await.unwrap().0;
        let pause = PauseChange::pause("jobs", "ada");
        assert_eq!(set(pause.clone()).await.line(), "jobs is paused until it is resumed");
        let report = set(pause.with_duration(Duration::from_secs(60))).await;
        assert_eq!(report.line(), "jobs is paused until 2023-11-14T22:14:20Z");
        let expected = json!({
            "source": "jobs", "action": "pause", "changed": true,
            "paused_subscriptions": [],
            // Later than the pause that it replaces.
            "paused": {"source": "jobs", "since": "2023-11-14T22:13:20.001Z", "until": "2023-11-14T22:14:20Z", "actor": "ada", "reason": null},
        });
        assert_eq!(serde_json::to_value(report).unwrap(), expected);
        let resume = || PauseChange::resume("jobs", "ada");
        assert_eq!(set(resume()).await.line(), "jobs is resumed");
        assert_eq!(set(resume()).await.line(), "jobs is not paused");
    }

    #[tokio::test]
    async fn the_result_names_the_subscriptions_that_are_paused() {
        let fixture = Fixture::with(0).await;
        for (number, source) in (1..).zip(["jobs/archive", "jobs/billing", "jobs-2"]) {
            fixture.receive(source, number).await;
        }
        let set = async |words: &str| {
            let (args, change) = match typed(words) {
                InboxCommand::Pause(args) => {
                    let change = PauseChange::pause(&args.of.source, "ada");
                    (args.of, change)
                }
                InboxCommand::Resume(args) => {
                    let change = PauseChange::resume(&args.of.source, "ada");
                    (args.of, change)
                }
                _ => panic!("no pause"),
            };
            set(&fixture.store, &args, change).await.unwrap().0
        };
        let paused = set("pause jobs").await;
        assert_eq!(paused.line(), "jobs is paused until it is resumed; with it: jobs/archive, jobs/billing");
        let json = serde_json::to_value(paused).unwrap();
        assert_eq!(json.get("paused_subscriptions"), Some(&json!(["jobs/archive", "jobs/billing"])));
        let refused = set("resume jobs/billing").await;
        assert_eq!(
            (refused.changed, refused.line().as_str()),
            (false, "jobs/billing is still paused until jobs is resumed")
        );
        assert_eq!(set("pause jobs/billing").await.line(), "jobs/billing is paused until it is resumed");
        assert_eq!(set("resume jobs").await.line(), "jobs is resumed; still paused: jobs/billing");
        assert_eq!(
            set("resume jobs").await.line(),
            "jobs is not paused; paused by their own names: jobs/billing"
        );
        assert_eq!(set("resume jobs/billing").await.line(), "jobs/billing is resumed");
    }
}
