//! The detail of an entry of the audit log, for people.

use serde_json::{Map, Value};

use super::AuditEntry;

impl AuditEntry {
    /// Returns the [detail](Self::detail) for people: the reason first, then the filter and whatever else there is, and the ids of events
    /// last, as ranges such as `ids 3-7, 12`. Texts are in quotes, as JSON writes them, so that a reason cannot pose as a filter.
    /// Of many ids only the first 1,000 characters are there, with the number of all of them; nothing else is cut. A detail that
    /// is not a JSON object is returned as it is.
    #[must_use]
    pub fn detail_text(&self) -> String {
        let text = self.detail.as_deref().unwrap_or_default();
        let Ok(mut detail) = serde_json::from_str::<Map<String, Value>>(text) else { return text.to_owned() };
        let mut filter = match detail.remove("filter") {
            Some(Value::Object(filter)) => filter,
            Some(other) => Map::from_iter([("filter".to_owned(), other)]),
            None => Map::new(),
        };
        let reason = detail.remove("reason").map(|reason| ("reason".to_owned(), reason));
        let ids = filter.remove("ids").and_then(|ids| numbers(&ids)).filter(|ids| !ids.is_empty());
        let known = reason.into_iter().chain(filter).chain(detail);
        let set = known.filter(|(_, value)| !value.is_null());
        let parts = set.map(|(name, value)| format!("{name} {value}"));
        parts.chain(ids.map(ranges)).collect::<Vec<_>>().join("; ")
    }
}

fn numbers(ids: &Value) -> Option<Vec<i64>> {
    ids.as_array()?.iter().map(Value::as_i64).collect()
}

/// Writes ids as ranges, and cuts them.
fn ranges(mut ids: Vec<i64>) -> String {
    ids.sort_unstable();
    ids.dedup();
    let (mut text, count) = ("ids ".to_owned(), ids.len());
    for (nth, run) in ids.chunk_by(|one, next| one.checked_add(1) == Some(*next)).enumerate() {
        let range = match run {
            [first, .., last] => format!("{first}-{last}"),
            [id] => id.to_string(),
            [] => continue,
        };
        if text.len() + range.len() > LONGEST_IDS {
            return format!("{text}, … ({count} ids)");
        }
        let separator = if nth > 0 { ", " } else { "" };
        text.push_str(&format!("{separator}{range}"));
    }
    text
}

const LONGEST_IDS: usize = 1000;

#[cfg(test)]
mod tests {
    use countersign::UnixTime;

    use super::*;
    use crate::event::EventId;
    use crate::ops::{Action, Change, Filter, PauseChange};

    fn shown(detail: Option<String>) -> String {
        let (actor, action) = ("ada".to_owned(), "replay".to_owned());
        AuditEntry { id: 1, at: UnixTime::from_secs(0), actor, action, event: None, count: 1, detail }
            .detail_text()
    }

    #[test]
    fn the_reason_comes_first_and_ids_are_ranges() {
        let mut change =
            Change::new(Action::Replay, Filter::ids([3, 4, 5, 9, 12, 11].map(EventId::new)), "ada");
        change.filter.source = Some("orders".to_owned());
        change.reason = Some("it's back; ids 7".to_owned());
        let expected = r#"reason "it's back; ids 7"; source "orders"; ids 3-5, 9, 11-12"#;
        assert_eq!(shown(Some(change.detail())), expected);
        let pause = PauseChange::pause("orders", "ada").with_reason("a \"move\"");
        assert_eq!(shown(Some(pause.detail())), r#"reason "a \"move\""; source "orders""#);
    }

    #[test]
    fn of_many_ids_only_the_first_are_there_and_everything_else_is() {
        let ids = (0..500).map(|nth| EventId::new(i64::MAX - 7 * (500 - nth)));
        let mut change = Change::new(Action::Purge, Filter::ids(ids), "ada");
        change.filter.error = Some("e".repeat(3000));
        change.reason = Some("r".repeat(1000));
        let text = shown(Some(change.detail()));
        assert!(text.starts_with(&format!(
            "reason \"{}\"; error \"{}\"; ids 9223",
            "r".repeat(1000),
            "e".repeat(3000)
        )));
        assert!(text.ends_with(", … (500 ids)") && text.len() < 5100, "{}", text.len());
    }

    #[test]
    fn what_has_another_form_is_returned_as_it_is() {
        for text in ["", "by hand", "[1]", "{"] {
            assert_eq!(shown(Some(text.to_owned())), text);
        }
        assert_eq!(shown(None), "");
        assert_eq!(shown(Some(r#"{"filter":7,"ids":[1]}"#.to_owned())), "filter 7; ids [1]");
    }
}
