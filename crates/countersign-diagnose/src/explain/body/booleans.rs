//! Booleans that were written again: `true` became `1` or `"true"`.

use super::json::Node;
use super::places::{Edit, edited, fields, values};
use crate::explain::Cause;
use crate::explain::case::Bodies;

/// Tries all values in another form of booleans, and some or one of them.
pub(super) fn rare(body: &[u8]) -> Bodies<'_> {
    let (found, forms) = match Node::parse(body) {
        Some(_) => (values(body), &JSON[..]),
        None => (fields(body), &FORM[..]),
    };
    let pairs = forms.iter().flat_map(move |from| forms.iter().map(move |to| (from, to)));
    let pairs =
        pairs.filter(move |(from, to)| from != to && [Some(*from), Some(*to)].contains(&forms.first()));
    Box::new(pairs.flat_map(move |(from, to)| {
        let change = |range: &std::ops::Range<usize>| {
            let text = body.get(range.clone())?;
            let at = from.iter().position(|form| form.as_bytes() == text)?;
            Some((range.clone(), (*to.get(at)?).to_owned()))
        };
        let edits: Vec<Edit> = found.iter().filter_map(change).collect();
        chosen(edits.len()).into_iter().filter_map(move |wanted| {
            let edits: Vec<_> = wanted.iter().filter_map(|at| edits.get(*at).cloned()).collect();
            Some((vec![FORMS], edited(body, &edits)?))
        })
    }))
}

/// Returns the values that are changed together: all, each alone and, of few, all subsets.
fn chosen(count: usize) -> Vec<Vec<usize>> {
    match count {
        0 => Vec::new(),
        1..=MOST_IN_SUBSETS => {
            let subset = |bits: usize| (0..count).filter(|at| bits >> at & 1 == 1).collect();
            (1..1_usize << count).rev().map(subset).collect()
        }
        _ => std::iter::once((0..count).collect())
            .chain((0..count.min(MOST_SINGLES)).map(|at| vec![at]))
            .collect(),
    }
}

/// The forms of true and false in JSON. One of the two forms of a change is the first.
static JSON: [[&str; 2]; 9] = [
    ["true", "false"],
    ["1", "0"],
    ["\"1\"", "\"0\""],
    ["\"true\"", "\"false\""],
    ["\"True\"", "\"False\""],
    ["\"1\"", "\"\""],
    ["1.0", "0.0"],
    ["\"yes\"", "\"no\""],
    ["1", "null"],
];
/// The same in a form.
static FORM: [[&str; 2]; 6] =
    [["true", "false"], ["1", "0"], ["1", ""], ["True", "False"], ["on", "off"], ["yes", "no"]];

/// The number of values of which all subsets are changed.
const MOST_IN_SUBSETS: usize = 6;
/// The number of values that are changed one at a time.
const MOST_SINGLES: usize = 32;

const FORMS: Cause = Cause::new(
    "body_booleans",
    "booleans of the body were written in another form after it was signed, `1` for `true` or `0` for `false`, and in the form that was \
     signed it verifies: verify the bytes as they were received, before anything parses them",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_are_found_in_their_other_forms() {
        let finds = |now: &str, signed: &str| rare(now.as_bytes()).any(|(_, body)| body == signed.as_bytes());
        for (now, signed) in [
            (r#"{"a":1,"b":0}"#, r#"{"a":true,"b":false}"#),
            (r#"{"a": 1, "n": 1, "b": [0]}"#, r#"{"a": true, "n": 1, "b": [false]}"#),
            (r#"{"a":true,"b":"1"}"#, r#"{"a":1,"b":"1"}"#),
            (r#"{"a":"true"}"#, r#"{"a":true}"#),
            (r#"{"a":"1","b":""}"#, r#"{"a":true,"b":false}"#),
            ("a=1&b=x&c=0", "a=true&b=x&c=false"),
            ("a=true&b=", "a=1&b="),
        ] {
            assert!(finds(now, signed), "{now}");
        }
        assert_eq!(rare(br#"{"true":"x","n":7}"#).count(), 0);
    }

    #[test]
    fn many_values_cost_little() {
        let body = format!("[{}]", vec!["1"; 50_000].join(","));
        assert!(rare(body.as_bytes()).count() <= 100);
    }
}
