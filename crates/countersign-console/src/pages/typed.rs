//! The fields that the declaration of the provider names.

use countersign_diagnose::{EventField, ShownRequest};
use countersign_inbox::Detail;

use super::request::{Shown, declared, revealed};
use crate::text;

/// A field: its name, its place in the request, and its value.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) place: String,
    pub(super) value: String,
}

/// Returns the fields of an event whose provider is in the catalogue, as far as its request is revealed.
pub(super) fn fields(detail: &Detail, shown: Shown) -> Vec<Field> {
    let Some(provider) = declared(&detail.summary.provider) else { return Vec::new() };
    let of = &detail.summary;
    let mut request = ShownRequest::new(of.external_id.as_deref(), of.event_type.as_deref());
    if let (Some(head), true) = (&detail.head, shown != Shown::Names) {
        let is_everything = shown == Shown::Everything;
        request = request.with_headers(head.revealed_headers(Some(provider), is_everything));
        if let (Some((_, query)), true) = (head.target.split_once('?'), is_everything) {
            request = request.with_query(query);
        }
    }
    if let Some(body) = revealed(detail, shown) {
        request = request.with_body(body);
    }
    let field = |of: EventField| Field {
        name: of.name,
        place: text::cut(&of.place, 400),
        value: text::cut(&of.value, 400),
    };
    request.fields(provider).into_iter().map(field).collect()
}
