//! Formats stored data, for machines and for people.

mod advice;
mod audit;
mod body;
mod column;
mod event;
mod fields;
mod head;
mod pause;
mod timeline;

pub(super) use advice::AdviceView;
pub(super) use audit::{AuditView, bulk_changes, table as audit_table};
pub(super) use body::BodyView;
pub(super) use column::cut;
pub(super) use event::{EventView, state, table};
pub(super) use fields::FieldsView;
pub(super) use head::{HeadView, Shown};
pub(super) use pause::PauseView;
pub(super) use timeline::timeline;
