use countersign_inbox::{AuditEntry, EventId, Summary};
use serde::Serialize;

use super::cut;
use crate::output::{Cell, Table, exact, instant, printable};

/// An entry of the audit log, for machines.
#[derive(Debug, Serialize)]
pub(in crate::inbox) struct AuditView {
    id: i64,
    at: String,
    actor: String,
    action: String,
    event: Option<EventId>,
    count: u64,
    detail: Option<String>,
}

impl AuditView {
    pub(in crate::inbox) fn new(entry: &AuditEntry) -> Self {
        let AuditEntry { id, at, actor, action, event, count, detail } = entry.clone();
        Self { id, at: exact(at), actor, action, event, count, detail }
    }
}

/// Formats entries for people.
pub(in crate::inbox) fn table(entries: &[AuditEntry]) -> Table<6> {
    let mut table = Table::new(["AT", "ACTOR", "ACTION", "EVENT", "COUNT", "DETAIL"]);
    for entry in entries {
        table.push([
            Cell::new(instant(entry.at)),
            Cell::new(cut(&entry.actor, 32)),
            Cell::new(cut(&entry.action, 16)),
            Cell::new(entry.event.map(|event| event.to_string()).unwrap_or_default()),
            Cell::new(entry.count.to_string()),
            Cell::new(printable(&entry.detail_text())),
        ]);
    }
    table
}

/// Returns the changes of several events whose filter fits the event, and that were made while it was stored.
pub(in crate::inbox) fn bulk_changes(log: Vec<AuditEntry>, event: &Summary) -> Vec<AuditEntry> {
    log.into_iter().filter(|entry| entry.may_include(event)).collect()
}
