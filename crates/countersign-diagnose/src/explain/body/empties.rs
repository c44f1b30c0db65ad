//! Empty values that were written again: `[]` for `{}`, `null` for `""`.

use std::ops::Range;

use super::json::Node;
use super::places::{Edit, edited, empty_pairs, values};
use crate::explain::Cause;
use crate::explain::case::Bodies;

/// Tries all empty values of one form in the other, and each alone.
pub(super) fn rare(body: &[u8]) -> Bodies<'_> {
    let is_json = Node::parse(body).is_some();
    let changes = CHANGES.iter().filter(move |_| is_json);
    Box::new(changes.flat_map(move |[from, to]| {
        let edits: Vec<Edit> = found(body, from).into_iter().map(|range| (range, (*to).to_owned())).collect();
        let alone: Vec<_> = edits.iter().take(MOST_SINGLES).map(|edit| vec![edit.clone()]).collect();
        let all = Some(edits).filter(|edits| !edits.is_empty());
        let chosen = all.into_iter().chain(alone);
        chosen.filter_map(move |edits| Some((vec![EMPTIES], edited(body, &edits)?)))
    }))
}

/// Returns the positions of the values of this form.
fn found(body: &[u8], form: &str) -> Vec<Range<usize>> {
    let is_form = |range: &Range<usize>| {
        let text = body.get(range.clone()).unwrap_or_default();
        text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).eq(form.bytes())
    };
    let mut all = if matches!(form, "[]" | "{}") { empty_pairs(body) } else { values(body) };
    all.retain(is_form);
    all
}

/// The received form and the one that may have been signed.
static CHANGES: [[&str; 2]; 4] = [["[]", "{}"], ["{}", "[]"], ["null", "\"\""], ["\"\"", "null"]];

/// The number of values that are changed alone.
const MOST_SINGLES: usize = 32;

const EMPTIES: Cause = Cause::new(
    "body_empty_values",
    "empty values of the body were written in another form after it was signed, `[]` for `{}` as PHP does or `null` for an empty \
     string as Laravel does, and in the form that was signed it verifies: verify the bytes as they were received, before \
     anything parses them",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_values_are_found_in_their_other_forms() {
        let finds = |now: &str, signed: &str| rare(now.as_bytes()).any(|(_, body)| body == signed.as_bytes());
        for (now, signed) in [
            (r#"{"a":[],"b":"[]"}"#, r#"{"a":{},"b":"[]"}"#),
            (r#"{"a": [ ], "b": []}"#, r#"{"a": {}, "b": []}"#),
            (r#"[{},{"a":{}}]"#, r#"[[],{"a":[]}]"#),
            (r#"{"a":null,"b":null}"#, r#"{"a":"","b":""}"#),
            (r#"{"a":"","b":"x"}"#, r#"{"a":null,"b":"x"}"#),
        ] {
            assert!(finds(now, signed), "{now}");
        }
        assert_eq!(rare(br#"{"null":"[]{}","a":[1]}"#).count(), 0);
    }

    #[test]
    fn many_values_cost_little() {
        let body = format!("[{}]", vec!["[]"; 50_000].join(","));
        assert!(rare(body.as_bytes()).count() <= 100);
    }
}
