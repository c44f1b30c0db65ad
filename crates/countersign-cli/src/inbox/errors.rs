//! `countersign inbox errors`

use std::fmt;

use countersign::UnixTime;
use countersign_inbox::{ErrorPattern, EventId, FailureKind, OpsStore};
use serde::Serialize;

use super::cli::ErrorsArgs;
use super::known;
use super::view::cut;
use crate::Outcome;
use crate::error::CliError;
use crate::output::{self, Cell, Table, exact, instant};

pub(super) async fn run(store: &dyn OpsStore, args: &ErrorsArgs) -> Result<Outcome, CliError> {
    let listed = look(store, args).await?;
    if args.json {
        output::json(&listed)?;
    } else {
        output::text(&listed)?;
    }
    if listed.errors.is_empty() {
        known::note(store, args.source.as_deref()).await?;
    }
    Ok(Outcome::Fine)
}

#[derive(Serialize)]
struct Listed {
    errors: Vec<ErrorView>,
    #[serde(skip)]
    patterns: Vec<ErrorPattern>,
}

#[derive(Serialize)]
struct ErrorView {
    source: String,
    event_type: Option<String>,
    failure: Option<FailureKind>,
    pattern: String,
    count: u64,
    first_at: String,
    last_at: String,
    example: Option<EventId>,
}

async fn look(store: &dyn OpsStore, args: &ErrorsArgs) -> Result<Listed, CliError> {
    let patterns = store
        .errors(args.source.as_deref(), usize::from(args.limit))
        .await
        .map_err(CliError::store("cannot list errors"))?;
    let view = |of: &ErrorPattern| ErrorView {
        source: of.source.clone(),
        event_type: of.event_type.clone(),
        failure: of.failure,
        pattern: of.pattern.clone(),
        count: of.count,
        first_at: exact(of.first_at),
        last_at: exact(of.last_at),
        example: of.example,
    };
    Ok(Listed { errors: patterns.iter().map(view).collect(), patterns })
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.patterns.is_empty() {
            return writeln!(f, "no failed attempts are recorded");
        }
        let mut table =
            Table::new(["COUNT", "FIRST", "LAST", "ENDPOINT", "TYPE", "CLASS", "EXAMPLE", "ERROR"]);
        let at = |at: UnixTime| Cell::new(instant(UnixTime::from_secs(at.as_secs())));
        for of in &self.patterns {
            table.push([
                Cell::new(of.count.to_string()),
                at(of.first_at),
                at(of.last_at),
                Cell::new(cut(&of.source, 24)),
                Cell::new(cut(of.event_type.as_deref().unwrap_or_default(), 32)),
                Cell::new(of.failure.map_or("", FailureKind::as_str)),
                Cell::new(of.example.map(|id| id.to_string()).unwrap_or_default()),
                Cell::new(cut(&of.pattern, 80)),
            ]);
        }
        write!(f, "{table}")
    }
}

#[cfg(test)]
mod tests {
    use countersign_inbox::Finish;
    use serde_json::{Value, json};

    use super::*;
    use crate::inbox::cli::InboxCommand;
    use crate::inbox::fixture::{Fixture, said, typed};

    async fn listed(fixture: &Fixture, words: &str) -> Listed {
        let InboxCommand::Errors(args) = typed(words) else { panic!("{words}") };
        look(&fixture.store, &args).await.unwrap()
    }

    #[tokio::test]
    async fn errors_are_grouped_with_an_example() {
        let fixture = Fixture::with(3).await;
        assert_eq!(said(&listed(&fixture, "errors").await), "no failed attempts are recorded\n");
        for number in 1..=2 {
            fixture.end(1, Finish::Dead { error: format!("bill {number} \x1b[2J") }).await;
        }
        fixture.end(1, Finish::Done).await;
        let page = said(&listed(&fixture, "errors").await);
        let row: Vec<_> = page.lines().nth(1).unwrap().split_whitespace().collect();
        let at = "2023-11-14T22:13:20Z";
        assert_eq!(row, ["2", at, at, "jobs", "job.served", "2", "bill", "#", r"\u{1b}[#"], "{page}");
        assert_eq!(page.lines().count(), 2, "{page}");
        let json = serde_json::to_value(listed(&fixture, "errors --source jobs --json").await).unwrap();
        assert_eq!(json.pointer("/errors/0/count"), Some(&json!(2)));
        assert_eq!(json.pointer("/errors/0/example"), Some(&json!(2)));
        assert_eq!(json.pointer("/errors/0/failure"), Some(&Value::Null));
        let json = serde_json::to_value(listed(&fixture, "errors --source other").await).unwrap();
        assert_eq!(json, json!({"errors": []}));
    }
}
