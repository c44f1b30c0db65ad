//! `countersign inbox list`

use std::fmt;

use countersign_inbox::{EventState, OpsStore, Page, Summary};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::cli::ListArgs;
use super::known;
use super::page;
use super::stats;
use super::view::{self, EventView};
use crate::Outcome;
use crate::error::CliError;
use crate::output::{self, DIM};

pub(super) async fn run(store: &dyn OpsStore, args: &ListArgs) -> Result<Outcome, CliError> {
    let listed = list(store, args).await?;
    if args.json {
        output::json(&listed)?;
    } else {
        output::text(&listed)?;
    }
    if listed.events.is_empty() {
        known::note(store, args.filter.filter().source.as_deref()).await?;
    }
    Ok(Outcome::Fine)
}

/// A page of events.
struct Listed {
    events: Vec<Summary>,
    next: Option<i64>,
    /// Whether the page is not full because the store has looked at as many events as it does at once.
    is_cut: bool,
    /// The command for the next page, without its last word.
    command: String,
}

async fn list(store: &dyn OpsStore, args: &ListArgs) -> Result<Listed, CliError> {
    let filter = args.filter.filter();
    let asked = page::asked(args.page);
    let listing = store.list(&filter, asked).await.map_err(CliError::store("cannot list events"))?;
    let (events, next) = page::shown(listing.events, args.page, |event| event.id.get());
    let (next, is_cut) = (next.or(listing.goes_on_after), next.is_none() && listing.goes_on_after.is_some());
    let words =
        [&["countersign inbox list".to_owned()][..], &args.store.arguments()?, &args.filter.arguments()]
            .concat();
    let command = format!("{} --limit {} --after", words.join(" "), args.page.limit);
    Ok(Listed { events, next, is_cut, command })
}

impl Serialize for Listed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut listed = serializer.serialize_struct("Listed", 2)?;
        listed.serialize_field("events", &self.events.iter().map(EventView::new).collect::<Vec<_>>())?;
        listed.serialize_field("next", &self.next)?;
        listed.end()
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.events.is_empty(), self.is_cut) {
            (true, false) => return writeln!(f, "no events"),
            (true, true) => writeln!(f, "no events among the {} looked at", Page::MOST_READ)?,
            (false, is_cut) => {
                write!(f, "{}", view::table(&self.events))?;
                if is_cut {
                    writeln!(f, "\n{} events looked at", Page::MOST_READ)?;
                }
            }
        }
        if self.events.iter().any(|event| event.state == EventState::Unverified) {
            write!(f, "\n{}", stats::CURE)?;
        }
        self.next.iter().try_for_each(|next| writeln!(f, "\n{DIM}more:{DIM:#} {} {next}", self.command))
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
        let InboxCommand::List(args) = typed(words) else { panic!("{words}") };
        list(&fixture.store, &args).await.unwrap()
    }

    #[tokio::test]
    async fn pages_follow_each_other_from_the_newest_to_the_oldest() {
        let fixture = Fixture::with(5).await;
        let (mut words, mut seen) = ("list --limit 2".to_owned(), Vec::new());
        loop {
            let page = listed(&fixture, &words).await;
            // Events that arrive meanwhile neither shift nor repeat rows.
            fixture.receive("jobs", 100 + seen.len()).await;
            seen.extend(page.events.iter().map(|event| event.id.get()));
            let Some(next) = page.next else { break };
            words = format!("list --limit 2 --after {next}");
        }
        assert_eq!(seen, [5, 4, 3, 2, 1]);
    }

    #[tokio::test]
    async fn people_see_a_table_and_the_command_for_the_next_page() {
        let fixture = Fixture::with(3).await;
        fixture.kill(1).await;
        let page = said(&listed(&fixture, "list --source jobs --limit 2").await);
        let more = "more: countersign inbox list --store sqlite:inbox.db --source jobs --limit 2 --after 2\n";
        assert!(page.ends_with(more), "{page}");
        let page = said(&listed(&fixture, "list --state dead").await);
        let row: Vec<_> = page.lines().nth(1).unwrap().split_whitespace().collect();
        let [fields, error] = [&row[..8], &row[8..]];
        assert_eq!(fields, ["1", "dead", "jobs", "job.served", "del_1", "502", "0", "2023-11-14T22:13:20Z"]);
        assert_eq!(error.join(" "), r#"no route to "billing"\u{1b}[2J"#);
        assert_eq!(said(&listed(&fixture, "list --tenant other").await), "no events\n");
    }

    #[tokio::test]
    async fn events_that_do_not_verify_are_shown_with_the_cure() {
        let fixture = Fixture::with(2).await;
        fixture.end(1, Finish::Unverified { error: "signature_mismatch".to_owned() }).await;
        let page = said(&listed(&fixture, "list --state unverified").await);
        assert!(page.contains("1") && page.contains("signature_mismatch"), "{page}");
        assert!(page.contains("`SecretSet::with_until`"), "{page}");
        assert!(!said(&listed(&fixture, "list --state ready").await).contains("SecretSet"));
    }

    #[tokio::test]
    async fn machines_see_every_field_of_an_event_and_the_next_page() {
        let fixture = Fixture::with(2).await;
        fixture.end(1, Finish::Done).await;
        let page = serde_json::to_value(listed(&fixture, "list --json --limit 1 --after 2").await).unwrap();
        let event = json!({
            "id": 1, "source": "jobs", "tenant": "acme", "provider": "proxiant", "external_id": "del_1",
            "event_type": "job.served", "state": "done", "attempt": 1, "replays": 0,
                "retries": 0,
                "code": null,
            "received_at": "2023-11-14T22:13:20Z", "stored_at": "2023-11-14T22:13:20Z", "due_at": null,
            "finished_at": "2023-11-14T22:13:20Z", "error": null,
        });
        assert_eq!(page, json!({"events": [event], "next": null}));
        let page = serde_json::to_value(listed(&fixture, "list --json --limit 1").await).unwrap();
        assert_eq!(page.get("next"), Some(&Value::from(2)));
    }

    #[tokio::test]
    async fn a_filter_is_what_the_store_is_asked_for() {
        let fixture = Fixture::with(4).await;
        fixture.receive("audits", 9).await;
        fixture.kill(1).await;
        for (words, ids) in [
            ("list --source audits", &[5][..]),
            ("list --state dead", &[1]),
            ("list --error BILLING", &[1]),
            ("list --id del_3", &[3]),
            ("list 2 4", &[4, 2]),
            ("list --type job.failed", &[]),
            ("list --older-than 1s", &[]),
            ("list --newer-than 1s --source jobs --state ready", &[4, 3, 2]),
        ] {
            let page = listed(&fixture, words).await;
            assert_eq!(page.events.iter().map(|event| event.id.get()).collect::<Vec<_>>(), ids, "{words}");
        }
    }
}
