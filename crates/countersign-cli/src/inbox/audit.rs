//! `countersign inbox audit`

use std::fmt;

use countersign_inbox::{AuditEntry, OpsStore};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::cli::AuditArgs;
use super::page;
use super::view::{self, AuditView};
use crate::Outcome;
use crate::error::CliError;
use crate::output::{self, DIM};

pub(super) async fn run(store: &dyn OpsStore, args: &AuditArgs) -> Result<Outcome, CliError> {
    let log = read(store, args).await?;
    if args.json {
        output::json(&log)?;
    } else {
        output::text(&log)?;
    }
    Ok(Outcome::Fine)
}

/// A page of the audit log.
struct Log {
    entries: Vec<AuditEntry>,
    next: Option<i64>,
    /// The command for the next page, without its last word.
    command: String,
}

async fn read(store: &dyn OpsStore, args: &AuditArgs) -> Result<Log, CliError> {
    let page = page::asked(args.page);
    let rows = store.audit(args.event, page).await.map_err(CliError::store("cannot read the audit log"))?;
    let (entries, next) = page::shown(rows, args.page, |entry| entry.id);
    let event = args.event.map(|event| event.to_string());
    let words =
        [&["countersign inbox audit".to_owned()][..], &args.store.arguments()?, event.as_slice()].concat();
    let command = format!("{} --limit {} --after", words.join(" "), args.page.limit);
    Ok(Log { entries, next, command })
}

impl Serialize for Log {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut log = serializer.serialize_struct("Log", 2)?;
        log.serialize_field("entries", &self.entries.iter().map(AuditView::new).collect::<Vec<_>>())?;
        log.serialize_field("next", &self.next)?;
        log.end()
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.entries.is_empty() {
            return writeln!(f, "there are no entries");
        }
        write!(f, "{}", view::audit_table(&self.entries))?;
        self.next.iter().try_for_each(|next| writeln!(f, "\n{DIM}more:{DIM:#} {} {next}", self.command))
    }
}

#[cfg(test)]
mod tests {
    use countersign_inbox::{Action, Change, EventId, Filter};
    use serde_json::{Value, json};

    use super::*;
    use crate::inbox::cli::InboxCommand;
    use crate::inbox::fixture::{Fixture, said, typed};

    async fn log(fixture: &Fixture, words: &str) -> Log {
        let InboxCommand::Audit(args) = typed(words) else { panic!("{words}") };
        read(&fixture.store, &args).await.unwrap()
    }

    #[tokio::test]
    async fn who_changed_what_is_read_from_the_latest_on() {
        let fixture = Fixture::with(3).await;
        for (actor, id) in [("ada", 1), ("grace", 2), ("ada\x1b", 3)] {
            let change = Change::new(Action::Discard, Filter::ids([EventId::new(id)]), actor);
            assert_eq!(fixture.store.change(&change).await.unwrap().ids.len(), 1);
        }
        let page = log(&fixture, "audit --limit 2").await;
        let text = said(&page);
        assert!(text.contains("2023-11-14T22:13:20Z  ada\\u{1b}  discard  3      1      ids 3\n"), "{text}");
        assert!(
            text.ends_with("more: countersign inbox audit --store sqlite:inbox.db --limit 2 --after 2\n"),
            "{text}"
        );
        let actors = |page: &Log| page.entries.iter().map(|entry| entry.actor.clone()).collect::<Vec<_>>();
        assert_eq!(actors(&page), ["ada\x1b", "grace"]);
        assert_eq!(actors(&log(&fixture, "audit --limit 2 --after 2").await), ["ada"]);
        let page = serde_json::to_value(log(&fixture, "audit 2 --json").await).unwrap();
        let entry = page.pointer("/entries/0").unwrap();
        assert_eq!((entry.get("actor"), entry.get("event")), (Some(&json!("grace")), Some(&json!(2))));
        assert_eq!((entry.get("count"), page.get("next")), (Some(&json!(1)), Some(&Value::Null)));
    }

    #[tokio::test]
    async fn an_empty_log_says_so() {
        assert_eq!(said(&log(&Fixture::with(1).await, "audit").await), "there are no entries\n");
    }
}
