//! Changes of many events at once, among which an event may be.

use countersign_inbox::{AuditEntry, Summary};
use serde_json::Value;

/// Returns the changes of several events whose filter fits the event, and that were made while it was stored. The log keeps
/// filters and counts, and no numbers of events.
pub(in crate::inbox) fn bulk_changes(log: Vec<AuditEntry>, event: &Summary) -> Vec<AuditEntry> {
    let fits = |entry: &AuditEntry| {
        entry.event.is_none() && entry.count > 0 && entry.at >= event.stored_at && may_select(entry, event)
    };
    log.into_iter().filter(fits).collect()
}

/// Returns whether the filter of a change can have selected the event. State, error and age are those of that time.
fn may_select(entry: &AuditEntry, event: &Summary) -> bool {
    let detail: Option<Value> = entry.detail.as_deref().and_then(|detail| serde_json::from_str(detail).ok());
    let Some(filter) = detail.as_ref().and_then(|detail| detail.get("filter")) else { return false };
    let is_named = filter
        .get("ids")
        .and_then(Value::as_array)
        .is_none_or(|ids| ids.iter().any(|id| id.as_i64() == Some(event.id.get())));
    let fields = [
        ("source", Some(&event.source)),
        ("tenant", event.tenant.as_ref()),
        ("event_type", event.event_type.as_ref()),
        ("external_id", event.external_id.as_ref()),
    ];
    let fits = |(name, value): &(&str, Option<&String>)| {
        filter
            .get(*name)
            .and_then(Value::as_str)
            .is_none_or(|wanted| value.is_some_and(|value| value == wanted))
    };
    is_named && fields.iter().all(fits)
}
