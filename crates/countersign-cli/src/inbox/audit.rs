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
        [&["countersign inbox audit".to_owned()][..], &args.store.words()?, event.as_slice()].concat();
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
            return writeln!(f, "nobody has changed anything");
        }
        write!(f, "{}", view::audit_table(&self.entries))?;
        self.next.iter().try_for_each(|next| writeln!(f, "\n{DIM}more:{DIM:#} {} {next}", self.command))
    }
}
