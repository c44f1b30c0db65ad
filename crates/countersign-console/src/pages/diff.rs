//! The difference between two bodies, line by line.

use similar::{ChangeTag, TextDiff};

use super::request::{self, MOST_SHOWN};
use crate::text;

/// Lines that differ, with a few around them.
#[derive(Debug)]
pub(super) struct Diff {
    pub(super) lines: Vec<Line>,
    pub(super) note: String,
}

/// A line with its sign: `-` is in the first body, `+` in the second one.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) sign: &'static str,
    /// The class of the style sheet: the sign says the same.
    pub(super) class: &'static str,
    pub(super) text: String,
}

impl Diff {
    /// Compares two texts.
    pub(super) fn new(first: &str, second: &str) -> Self {
        let [short, other_short] = [first, second].map(request::beginning);
        let (one, is_one_cut) = beginning(short);
        let (other, is_other_cut) = beginning(other_short);
        let is_long = short.len() < first.len() || other_short.len() < second.len();
        let diff = TextDiff::configure().diff_slices(&one, &other);
        let mut lines = Vec::new();
        for (nth, group) in diff.grouped_ops(AROUND).iter().enumerate() {
            if nth > 0 {
                lines.push(Line { sign: "", class: "plain", text: "…".to_owned() });
            }
            for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                let (sign, class) = match change.tag() {
                    ChangeTag::Delete => ("-", "bad"),
                    ChangeTag::Insert => ("+", "good"),
                    ChangeTag::Equal => (" ", "plain"),
                };
                lines.push(Line { sign, class, text: text::block(change.value()) });
            }
        }
        let note = match (is_long, is_one_cut || is_other_cut) {
            (true, false) => format!("The first {} of each body are compared.", text::size(MOST_SHOWN)),
            (true, true) => {
                format!("The first {MOST_LINES} lines are compared, of the first {}.", text::size(MOST_SHOWN))
            }
            (false, true) => format!("The first {MOST_LINES} lines are compared."),
            (false, false) if lines.is_empty() && first == second => "They have the same text.".to_owned(),
            (false, false) => String::new(),
        };
        Self { lines, note }
    }
}

/// Returns the first lines, and whether there are more.
fn beginning(text: &str) -> (Vec<&str>, bool) {
    let mut lines = text.lines();
    let first = lines.by_ref().take(MOST_LINES).collect();
    (first, lines.next().is_some())
}

/// Lines around a difference.
const AROUND: usize = 3;
/// The cost grows with the product of the lines that differ.
const MOST_LINES: usize = 2000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(diff: &Diff) -> Vec<String> {
        diff.lines.iter().map(|line| format!("{}{}", line.sign, line.text)).collect()
    }

    #[test]
    fn lines_that_differ_have_a_sign() {
        let first = "{\n  \"a\": 1,\n  \"b\": 2\n}";
        let second = "{\n  \"a\": 1,\n  \"b\": 3\n}";
        let expected = [" {", "   \"a\": 1,", "-  \"b\": 2", "+  \"b\": 3", " }"];
        assert_eq!(written(&Diff::new(first, second)), expected);
        let same = Diff::new(first, first);
        assert!(same.lines.is_empty() && same.note == "They have the same text.", "{same:?}");
    }

    #[test]
    fn distant_differences_are_apart_and_long_bodies_are_cut() {
        let lines = |changed: &[usize]| -> String {
            (0..3000).map(|nth| format!("{nth}{}\n", if changed.contains(&nth) { "!" } else { "" })).collect()
        };
        let diff = Diff::new(&lines(&[]), &lines(&[5, 500, 2500]));
        let signs: String =
            diff.lines.iter().map(|line| if line.text == "…" { "…" } else { line.sign }).collect();
        assert_eq!(signs, "   -+   …   -+   ");
        assert_eq!(diff.note, "The first 2000 lines are compared.");
    }

    #[test]
    fn long_lines_are_cut_where_a_body_is() {
        let [first, second] = ["a", "é"].map(|letter| letter.repeat(1 << 20));
        let diff = Diff::new(&first, &second);
        let shown: Vec<_> = diff.lines.iter().map(|line| (line.sign, line.text.len())).collect();
        assert_eq!(shown, [("-", MOST_SHOWN), ("+", MOST_SHOWN)]);
        assert_eq!(diff.note, format!("The first {} of each body are compared.", text::size(MOST_SHOWN)));
        let same = Diff::new(&first, &first);
        assert!(same.lines.is_empty() && same.note == diff.note, "what follows may differ: {}", same.note);
        let both = Diff::new(&"a\n".repeat(1 << 20), "a");
        let note = format!("The first 2000 lines are compared, of the first {}.", text::size(MOST_SHOWN));
        assert_eq!(both.note, note);
    }

    proptest! {
        #[test]
        fn both_texts_are_in_it(one in prop::collection::vec("[ab]", 0..12), other in prop::collection::vec("[ab]", 0..12)) {
            let diff = Diff::new(&one.join("\n"), &other.join("\n"));
            let count = |sign: &str| diff.lines.iter().filter(|line| line.sign == sign).count();
            prop_assert_eq!(one.len() + count("+"), other.len() + count("-"));
            prop_assert_eq!(diff.lines.is_empty(), one == other);
        }
    }
}
