//! `countersign inbox compare`

use std::fmt;

use anstyle::Style;
use clap::Args;
use countersign::providers;
use countersign_console::{BodyDiff, DiffLine};
use countersign_inbox::{Detail, EventId, OpsStore, Reveal, StoredHead};
use serde::Serialize;

use super::actor::actor;
use super::view::{self, EventView};
use crate::Outcome;
use crate::args::StoreArgs;
use crate::error::CliError;
use crate::output::{self, BAD, DIM, GOOD, printable, stderr};

#[derive(Args)]
#[command(after_help = "\
Prints the lines in which the bodies differ, `-` of the first event and `+` of the second one, with three equal lines around them. JSON is
laid out first. At most 256 KiB and 2,000 lines of each are compared. The audit log then says who has seen both bodies, as it does for the
operations page. Exits with 1 if one of the events, or its body, is not there or is no text.

With --json: {\"events\": [E, E], \"lines\": [{\"sign\", \"text\"}, …], \"note\"}, with E as in `list`. sign is \"-\", \"+\", \" \" for an equal line, or
\"\" where equal lines are left out.")]
pub(crate) struct CompareArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    /// Id of the first event
    #[arg(value_name = "NUMBER")]
    first: EventId,
    /// Id of the second event
    #[arg(value_name = "OTHER")]
    second: EventId,
    /// The person that looks at the bodies, for the audit log [default: user@host]
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// The reason, for the audit log
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    reason: Option<String>,
    /// Print the lines as one line of JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(store: &dyn OpsStore, args: &CompareArgs) -> Result<Outcome, CliError> {
    match compared(store, args).await? {
        Ok(compared) if args.json => output::json(&compared)?,
        Ok(compared) => output::text(&compared)?,
        Err(missing) => {
            stderr!("{missing}");
            return Ok(Outcome::Negative);
        }
    }
    Ok(Outcome::Fine)
}

/// Two events, and the difference of their bodies.
#[derive(Serialize)]
struct Compared {
    events: [EventView; 2],
    lines: Vec<Line>,
    note: String,
    #[serde(skip)]
    details: [Detail; 2],
}

#[derive(Serialize)]
struct Line {
    sign: &'static str,
    text: String,
}

/// Returns the difference, or why there is none. Nothing is written into the audit log if one of the events is not there.
async fn compared(store: &dyn OpsStore, args: &CompareArgs) -> Result<Result<Compared, String>, CliError> {
    if args.first == args.second {
        return Err(CliError::Usage(format!(
            "event {} is compared with itself: name another one",
            args.first
        )));
    }
    let cannot = |id: EventId| CliError::store(format!("cannot show event {id}"));
    let actor = actor(args.actor.as_deref())?;
    let mut reveals = Vec::new();
    for id in [args.first, args.second] {
        let Some(detail) = store.show(id).await.map_err(cannot(id))? else { return Ok(Err(missing(id))) };
        let mut reveal = Reveal::new(id, actor.clone());
        let slug = &detail.summary.provider;
        reveal.credentials =
            StoredHead::is_body_confidential(providers::all().find(|provider| provider.slug == *slug));
        reveal.reason.clone_from(&args.reason);
        reveals.push(reveal);
    }
    let mut details = Vec::new();
    for reveal in reveals {
        let id = reveal.event;
        let Some(detail) = store.reveal(&reveal).await.map_err(cannot(id))? else {
            return Ok(Err(missing(id)));
        };
        if detail.body.is_none() {
            return Ok(Err(format!("event {id}: the request is no longer kept")));
        }
        details.push(detail);
    }
    let Ok::<[Detail; 2], _>([first, second]) = details.try_into() else { return Ok(Err(String::new())) };
    Ok(Compared::new([first, second]))
}

fn missing(id: EventId) -> String {
    format!("there is no event {id}")
}

impl Compared {
    fn new(details: [Detail; 2]) -> Result<Self, String> {
        let [first, second] = details.each_ref().map(|of| of.body.as_deref().unwrap_or_default());
        let Some(diff) = BodyDiff::between(first, second) else {
            let is_text = |of: &&Detail| std::str::from_utf8(of.body.as_deref().unwrap_or_default()).is_err();
            let id = details.iter().find(is_text).map(|of| of.summary.id.to_string()).unwrap_or_default();
            return Err(format!("event {id}: the body is not text"));
        };
        let line = |line: &DiffLine| Line { sign: line.sign(), text: line.text().to_owned() };
        let lines = diff.lines.iter().map(line).collect();
        let events = details.each_ref().map(|of| EventView::new(&of.summary));
        Ok(Self { events, lines, note: diff.note, details })
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let summaries = self.details.each_ref().map(|of| of.summary.clone());
        write!(f, "{}", view::table(&summaries))?;
        writeln!(f)?;
        if !self.note.is_empty() {
            writeln!(f, "{DIM}{}{DIM:#}", self.note)?;
        }
        for Line { sign, text } in &self.lines {
            let style = match *sign {
                "-" => BAD,
                "+" => GOOD,
                _ => Style::new(),
            };
            let text = text.split('\t').map(printable).collect::<Vec<_>>().join("\t");
            writeln!(f, "{style}{sign}{text}{style:#}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use countersign_inbox::Page;
    use serde_json::json;

    use super::*;
    use crate::inbox::cli::InboxCommand;
    use crate::inbox::fixture::{Fixture, said, typed};

    async fn compare(fixture: &Fixture, words: &str) -> Result<Result<Compared, String>, CliError> {
        let InboxCommand::Compare(args) = typed(words) else { panic!("{words}") };
        compared(&fixture.store, &args).await
    }

    #[tokio::test]
    async fn lines_that_differ_are_shown_and_the_log_says_who_saw_them() {
        let fixture = Fixture::with(2).await;
        let found = compare(&fixture, "compare 1 2 --actor ada --reason why").await.unwrap().unwrap();
        let said = said(&found);
        let lines: Vec<_> = said.lines().skip_while(|line| !line.is_empty()).skip(1).collect();
        let expected = [
            " {",
            r#"-  "id": "del_1","#,
            r#"+  "id": "del_2","#,
            r#"   "event": "job.served","#,
            r#"   "created_at": "2023-11-14T22:13:20Z""#,
            " }",
        ];
        assert_eq!(lines, expected, "{said}");
        let json = serde_json::to_value(&found).unwrap();
        assert_eq!(json.pointer("/lines/1"), Some(&json!({"sign": "-", "text": r#"  "id": "del_1","#})));
        assert_eq!(json.pointer("/events/1/id"), Some(&json!(2)));
        let log = fixture.store.audit(None, Page::first(9)).await.unwrap();
        let log: Vec<_> = log.iter().map(|entry| (&*entry.action, &*entry.actor, entry.event)).collect();
        assert_eq!(log, [2, 1].map(|id| ("reveal", "ada", Some(EventId::new(id)))));
    }

    #[tokio::test]
    async fn nothing_is_logged_if_an_event_is_missing_or_named_twice() {
        let fixture = Fixture::with(1).await;
        let missing = compare(&fixture, "compare 1 7 --actor ada").await.unwrap();
        assert_eq!(missing.err().as_deref(), Some("there is no event 7"));
        assert!(matches!(compare(&fixture, "compare 1 1 --actor ada").await, Err(CliError::Usage(_))));
        assert_eq!(fixture.store.audit(None, Page::first(9)).await.unwrap(), []);
    }
}
