//! Changes of many events at once, among which an event may be.

use countersign_inbox::{AuditEntry, Summary};

/// Returns the changes of several events whose filter fits the event, and that were made while it was stored.
pub(in crate::inbox) fn bulk_changes(log: Vec<AuditEntry>, event: &Summary) -> Vec<AuditEntry> {
    log.into_iter().filter(|entry| entry.may_include(event)).collect()
}
