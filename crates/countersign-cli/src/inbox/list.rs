//! `countersign inbox list`

use std::fmt;

use countersign_inbox::{OpsStore, Summary};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::cli::ListArgs;
use super::page;
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
    Ok(Outcome::Fine)
}

/// A page of events.
struct Listed {
    events: Vec<Summary>,
    next: Option<i64>,
    /// The command for the next page, without its last word.
    command: String,
}

async fn list(store: &dyn OpsStore, args: &ListArgs) -> Result<Listed, CliError> {
    let filter = args.filter.filter();
    let rows =
        store.list(&filter, page::asked(args.page)).await.map_err(CliError::store("cannot list events"))?;
    let (events, next) = page::shown(rows, args.page, |event| event.id.get());
    let words =
        [&["countersign inbox list".to_owned()][..], &args.store.words()?, &args.filter.words()].concat();
    let command = format!("{} --limit {} --after", words.join(" "), args.page.limit);
    Ok(Listed { events, next, command })
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
        if self.events.is_empty() {
            return writeln!(f, "no events");
        }
        write!(f, "{}", view::table(&self.events))?;
        self.next.iter().try_for_each(|next| writeln!(f, "\n{DIM}more:{DIM:#} {} {next}", self.command))
    }
}
