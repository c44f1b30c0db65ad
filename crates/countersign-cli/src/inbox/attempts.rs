//! `countersign inbox attempts`

use std::fmt;

use countersign::UnixTime;
use countersign_inbox::{AttemptOutcome, FailureKind, InlineFilter, OpsStore, StoredInlineAttempt};
use serde::Serialize;

use super::cli::AttemptsArgs;
use super::page;
use super::view::cut;
use crate::Outcome;
use crate::args::quoted;
use crate::error::CliError;
use crate::output::{self, Cell, DIM, Table, exact, instant};

pub(super) async fn run(store: &dyn OpsStore, args: &AttemptsArgs) -> Result<Outcome, CliError> {
    let listed = look(store, args).await?;
    if args.json {
        output::json(&listed)?;
    } else {
        output::text(&listed)?;
    }
    Ok(Outcome::Fine)
}

#[derive(Serialize)]
struct Listed {
    attempts: Vec<View>,
    next: Option<i64>,
    #[serde(skip)]
    rows: Vec<StoredInlineAttempt>,
    /// The command for the next page, without its last word.
    #[serde(skip)]
    command: String,
}

#[derive(Serialize)]
struct View {
    id: i64,
    source: String,
    provider: String,
    tenant: Option<String>,
    external_id: Option<String>,
    event_type: Option<String>,
    fence: Option<u64>,
    started_at: String,
    ended_at: String,
    duration_ms: u64,
    outcome: AttemptOutcome,
    failure: Option<FailureKind>,
    code: Option<u16>,
    error: Option<String>,
    worker: String,
}

async fn look(store: &dyn OpsStore, args: &AttemptsArgs) -> Result<Listed, CliError> {
    let mut filter = InlineFilter::default();
    (filter.source, filter.has_failed) = (args.source.clone(), args.failed);
    let rows = store
        .inline_attempts(&filter, page::asked(args.page))
        .await
        .map_err(CliError::store("cannot list attempts"))?;
    let (rows, next) = page::shown(rows, args.page, |row| row.id);
    Ok(Listed { attempts: rows.iter().map(View::new).collect(), next, rows, command: command(args)? })
}

fn command(args: &AttemptsArgs) -> Result<String, CliError> {
    let mut words = vec!["countersign inbox attempts".to_owned()];
    words.extend(args.store.arguments()?);
    if let Some(source) = &args.source {
        words.extend(["--source".to_owned(), quoted(source)]);
    }
    words.extend(args.failed.then(|| "--failed".to_owned()));
    Ok(format!("{} --limit {} --after", words.join(" "), args.page.limit))
}

impl View {
    fn new(of: &StoredInlineAttempt) -> Self {
        let attempt = of.attempt.clone();
        let took = i64::try_from(attempt.took.as_millis()).unwrap_or(i64::MAX);
        let started_at = UnixTime::from_millis(of.ended_at.as_millis().saturating_sub(took));
        Self {
            id: of.id,
            source: of.source.clone(),
            provider: attempt.provider,
            tenant: attempt.tenant,
            external_id: attempt.external_id,
            event_type: attempt.event_type,
            fence: attempt.fence,
            started_at: exact(started_at),
            ended_at: exact(of.ended_at),
            duration_ms: took.unsigned_abs(),
            outcome: attempt.outcome,
            failure: attempt.failure,
            code: attempt.code,
            error: attempt.error,
            worker: attempt.worker,
        }
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rows.is_empty() {
            return writeln!(f, "no attempts of inline handlers are recorded");
        }
        let mut table =
            Table::new(["ENDED", "MS", "ENDPOINT", "TYPE", "ID", "OUTCOME", "CODE", "WORKER", "ERROR"]);
        for StoredInlineAttempt { source, ended_at, attempt, .. } in &self.rows {
            let text =
                |text: &Option<String>, columns| Cell::new(cut(text.as_deref().unwrap_or_default(), columns));
            table.push([
                Cell::new(instant(UnixTime::from_secs(ended_at.as_secs()))),
                Cell::new(attempt.took.as_millis().to_string()),
                Cell::new(cut(source, 24)),
                text(&attempt.event_type, 32),
                text(&attempt.external_id, 32),
                Cell::new(attempt.outcome.as_str()),
                Cell::new(attempt.code.map(|code| code.to_string()).unwrap_or_default()),
                Cell::new(cut(&attempt.worker, 20)),
                text(&attempt.error, 80),
            ]);
        }
        write!(f, "{table}")?;
        self.next.iter().try_for_each(|next| writeln!(f, "\n{DIM}more:{DIM:#} {} {next}", self.command))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use countersign_inbox::{InboxStore, Increment, InlineAttempt};
    use serde_json::{Value, json};

    use super::*;
    use crate::inbox::cli::InboxCommand;
    use crate::inbox::fixture::{Fixture, said, typed};

    async fn listed(fixture: &Fixture, words: &str) -> Listed {
        let InboxCommand::Attempts(args) = typed(words) else { panic!("{words}") };
        look(&fixture.store, &args).await.unwrap()
    }

    fn attempt(outcome: AttemptOutcome, code: u16, error: Option<&str>) -> (Duration, InlineAttempt) {
        let attempt = InlineAttempt {
            provider: "proxiant".to_owned(),
            tenant: None,
            external_id: Some("del_1\x1b".to_owned()),
            event_type: Some("job.served".to_owned()),
            fence: Some(1),
            took: Duration::from_millis(1500),
            outcome,
            failure: error.map(|_| FailureKind::Error),
            code: Some(code),
            error: error.map(str::to_owned),
            worker: "w-1".to_owned(),
        };
        (Duration::from_secs(20), attempt)
    }

    #[tokio::test]
    async fn attempts_are_listed_by_page_and_failures_alone() {
        let fixture = Fixture::with(0).await;
        let nothing = said(&listed(&fixture, "attempts").await);
        assert_eq!(nothing, "no attempts of inline handlers are recorded\n");
        let mut increment = Increment::new("jobs");
        increment.inline_attempts = vec![
            attempt(AttemptOutcome::Retry, 503, Some("no bank")),
            attempt(AttemptOutcome::Done, 200, None),
        ];
        fixture.store.add_statistics(&[increment]).await.unwrap();
        let page = said(&listed(&fixture, "attempts --limit 1").await);
        let rows: Vec<Vec<_>> = page.lines().map(|line| line.split_whitespace().collect()).collect();
        let at = "2023-11-14T22:13:00Z";
        assert_eq!(
            rows[1],
            [at, "1500", "jobs", "job.served", r"del_1\u{1b}", "done", "200", "w-1"],
            "{page}"
        );
        assert!(page.ends_with("--limit 1 --after 2\n"), "{page}");
        let json = serde_json::to_value(listed(&fixture, "attempts --source jobs --failed").await).unwrap();
        assert_eq!((json.pointer("/attempts/1"), json.pointer("/next")), (None, Some(&Value::Null)));
        let expected = json!({
            "id": 1, "source": "jobs", "provider": "proxiant", "tenant": null, "external_id": "del_1\u{1b}",
            "event_type": "job.served", "fence": 1, "started_at": "2023-11-14T22:12:58.5Z", "ended_at": at,
            "duration_ms": 1500, "outcome": "retry", "failure": "error", "code": 503, "error": "no bank", "worker": "w-1",
        });
        assert_eq!(json.pointer("/attempts/0"), Some(&expected));
        let json = serde_json::to_value(listed(&fixture, "attempts --source other").await).unwrap();
        assert_eq!(json, json!({"attempts": [], "next": null}));
    }
}
