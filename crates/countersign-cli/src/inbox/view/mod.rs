//! Formats stored data, for machines and for people.

mod audit;
mod body;
mod event;
mod head;
mod redaction;
mod timeline;

pub(super) use audit::{AuditView, table as audit_table};
pub(super) use body::BodyView;
pub(super) use event::{EventView, state, table};
pub(super) use head::{HeadView, Shown};
pub(super) use timeline::Timeline;

/// Returns the beginning of a text that is too long for a column.
fn cut(text: &str, columns: usize) -> String {
    let text = crate::output::printable(text);
    match text.char_indices().nth(columns) {
        Some(_) => text.chars().take(columns.saturating_sub(1)).chain(['…']).collect(),
        None => text,
    }
}
