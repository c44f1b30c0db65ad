//! Text in the form that PostgreSQL accepts.

use std::borrow::Cow;

use countersign_inbox::NewEvent;

/// Replaces NUL, the one character that `text` cannot store, by U+FFFD.
pub(crate) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

/// Converts the displayed texts of an event. It is identified by its key, which is derived from the original.
pub(crate) fn storable_event(event: NewEvent) -> NewEvent {
    let mut event = event.bounded();
    let NewEvent { source, tenant, provider, external_id, event_type, traceparent, .. } = &mut event;
    let optional = [tenant, external_id, event_type, traceparent].into_iter().flatten();
    for text in [source, provider].into_iter().chain(optional) {
        if let Cow::Owned(changed) = storable(text) {
            *text = changed;
        }
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_replaced_and_nothing_else() {
        assert!(matches!(storable("a\u{1}ä"), Cow::Borrowed("a\u{1}ä")));
        assert_eq!(storable("a\0b"), "a\u{FFFD}b");
    }
}
