use std::fmt;

use countersign::providers;
use countersign_diagnose::{EventField, ShownRequest};
use countersign_inbox::Detail;
use serde::Serialize;

use super::{Shown, cut};
use crate::output::{Cell, Table};

/// The fields that the declaration of the provider names, as on the operations page.
#[derive(Serialize)]
#[serde(transparent)]
pub(in crate::inbox) struct FieldsView(Vec<FieldView>);

#[derive(Serialize)]
struct FieldView {
    name: &'static str,
    place: String,
    value: String,
}

impl FieldsView {
    /// Reads them from what is shown. There are none if the provider is not in the catalogue.
    pub(in crate::inbox) fn new(detail: &Detail, shown: Shown, is_body_shown: bool) -> Self {
        let of = &detail.summary;
        let Some(provider) = providers::all().find(|provider| provider.slug == of.provider) else {
            return Self(Vec::new());
        };
        let mut request = ShownRequest::new(of.external_id.as_deref(), of.event_type.as_deref());
        if let (Some(head), true) = (&detail.head, shown != Shown::Names) {
            let is_everything = shown == Shown::Everything;
            request = request.with_headers(head.revealed_headers(Some(provider), is_everything));
            if let (Some((_, query)), true) = (head.target.split_once('?'), is_everything) {
                request = request.with_query(query);
            }
        }
        if let (Some(body), true) = (&detail.body, is_body_shown) {
            request = request.with_body(body);
        }
        let view = |of: EventField| FieldView { name: of.name, place: of.place, value: of.value };
        Self(request.fields(provider).into_iter().map(view).collect())
    }
}

impl fmt::Display for FieldsView {
    /// Writes a table, and an empty line behind it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut table = Table::new(["FIELD", "PLACE", "VALUE"]);
        for FieldView { name, place, value } in &self.0 {
            table.push([Cell::new(*name), Cell::new(cut(place, 60)), Cell::new(cut(value, 80))]);
        }
        writeln!(f, "{table}")
    }
}
