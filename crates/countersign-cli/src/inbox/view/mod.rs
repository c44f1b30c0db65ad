//! What is in a store, for machines and for people.

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

/// The beginning of a text, where it is too long for a column.
fn cut(text: &str, columns: usize) -> String {
    let text = crate::output::printable(text);
    match text.char_indices().nth(columns) {
        Some(_) => text.chars().take(columns.saturating_sub(1)).chain(['…']).collect(),
        None => text,
    }
}
