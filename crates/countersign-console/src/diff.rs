//! The difference between two bodies, line by line.

use std::fmt;

use similar::{ChangeTag, TextDiff};

use crate::body::{self, MOST_SHOWN, readable};
use crate::text;

/// The lines in which two bodies differ, with three equal lines around them. The page and `countersign inbox compare` show it.
///
/// ```
/// use countersign_console::{BodyDiff, DiffLine};
///
/// let diff = BodyDiff::between(br#"{"a":1,"b":2}"#, br#"{"b":2, "a":1}"#).unwrap();
/// assert_eq!(diff.lines[0], DiffLine::Equal("{".to_owned()));
/// assert!(BodyDiff::between(b"\xff", b"").is_none());
/// ```
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct BodyDiff {
    /// The lines in their order, as they were sent: they may have control characters. Empty if the bodies differ in white space at most.
    pub lines: Vec<DiffLine>,
    /// How much of the bodies was compared, or, without lines, whether the bodies are the same or differ in white space; otherwise empty.
    pub note: String,
}

/// A line of a [`BodyDiff`].
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum DiffLine {
    /// A line of both bodies.
    Equal(String),
    /// A line of the first body.
    Removed(String),
    /// A line of the second body.
    Added(String),
    /// Equal lines that are left out.
    Gap,
}

impl BodyDiff {
    /// Compares two bodies. JSON is laid out first, so that white space makes no difference; the order of its fields does. At most 256 KiB
    /// and 2,000 lines of each are compared. `None` if one of them is no text.
    #[must_use]
    pub fn between(first: &[u8], second: &[u8]) -> Option<Self> {
        let mut diff = Self::of_texts(&readable(first)?, &readable(second)?);
        if first != second && (diff.note.is_empty() || diff.note == SAME) && diff.lines.is_empty() {
            diff.note = "They differ in white space or line breaks only.".to_owned();
        }
        Some(diff)
    }

    fn of_texts(first: &str, second: &str) -> Self {
        let [short, other_short] = [first, second].map(body::beginning);
        let (one, is_one_cut) = beginning(short);
        let (other, is_other_cut) = beginning(other_short);
        let is_long = short.len() < first.len() || other_short.len() < second.len();
        let diff = TextDiff::configure().diff_slices(&one, &other);
        let mut lines = Vec::new();
        for (nth, group) in diff.grouped_ops(AROUND).iter().enumerate() {
            if nth > 0 {
                lines.push(DiffLine::Gap);
            }
            for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                let text = change.value().to_owned();
                lines.push(match change.tag() {
                    ChangeTag::Delete => DiffLine::Removed(text),
                    ChangeTag::Insert => DiffLine::Added(text),
                    ChangeTag::Equal => DiffLine::Equal(text),
                });
            }
        }
        let note = match (is_long, is_one_cut || is_other_cut) {
            (true, false) => format!("The first {} of each body are compared.", text::size(MOST_SHOWN)),
            (true, true) => {
                format!("The first {MOST_LINES} lines are compared, of the first {}.", text::size(MOST_SHOWN))
            }
            (false, true) => format!("The first {MOST_LINES} lines are compared."),
            (false, false) if lines.is_empty() && first == second => SAME.to_owned(),
            (false, false) => String::new(),
        };
        Self { lines, note }
    }
}

impl DiffLine {
    /// Returns `-` for a line of the first body, `+` for one of the second body, a space for one of both, and nothing for a gap.
    #[must_use]
    pub const fn sign(&self) -> &'static str {
        match self {
            Self::Equal(_) => " ",
            Self::Removed(_) => "-",
            Self::Added(_) => "+",
            Self::Gap => "",
        }
    }

    /// Returns the text without its line break: an ellipsis for a gap.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Equal(text) | Self::Removed(text) | Self::Added(text) => text,
            Self::Gap => "…",
        }
    }
}

/// Without the lines: they are parts of bodies.
impl fmt::Debug for BodyDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyDiff").field("lines", &self.lines.len()).field("note", &self.note).finish()
    }
}

/// Without the text.
impl fmt::Debug for DiffLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DiffLine").field(&self.sign()).finish()
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

/// The note for texts that are the same.
const SAME: &str = "They have the same text.";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(diff: &BodyDiff) -> Vec<String> {
        diff.lines.iter().map(|line| format!("{}{}", line.sign(), line.text())).collect()
    }

    #[test]
    fn bodies_that_differ_in_white_space_are_not_the_same() {
        for (first, second) in [(&b"a\r\nb"[..], &b"a\nb"[..]), (b"{\"a\":1}", b"{\"a\": 1}")] {
            let diff = BodyDiff::between(first, second).unwrap();
            assert_eq!(
                (diff.lines.len(), &*diff.note),
                (0, "They differ in white space or line breaks only.")
            );
            assert_eq!(BodyDiff::between(first, first).unwrap().note, SAME);
        }
    }

    #[test]
    fn lines_that_differ_have_a_sign() {
        let first = "{\n  \"a\": 1,\n  \"b\": 2\n}";
        let second = "{\n  \"a\": 1,\n  \"b\": 3\n}";
        let expected = [" {", "   \"a\": 1,", "-  \"b\": 2", "+  \"b\": 3", " }"];
        assert_eq!(written(&BodyDiff::of_texts(first, second)), expected);
        let same = BodyDiff::of_texts(first, first);
        assert!(same.lines.is_empty() && same.note == "They have the same text.", "{same:?}");
    }

    #[test]
    fn distant_differences_are_apart_and_long_bodies_are_cut() {
        let lines = |changed: &[usize]| -> String {
            (0..3000).map(|nth| format!("{nth}{}\n", if changed.contains(&nth) { "!" } else { "" })).collect()
        };
        let diff = BodyDiff::of_texts(&lines(&[]), &lines(&[5, 500, 2500]));
        let signs: String =
            diff.lines.iter().map(|line| if *line == DiffLine::Gap { "…" } else { line.sign() }).collect();
        assert_eq!(signs, "   -+   …   -+   ");
        assert_eq!(diff.note, "The first 2000 lines are compared.");
    }

    #[test]
    fn long_lines_are_cut_where_a_body_is() {
        let [first, second] = ["a", "é"].map(|letter| letter.repeat(1 << 20));
        let diff = BodyDiff::of_texts(&first, &second);
        let shown: Vec<_> = diff.lines.iter().map(|line| (line.sign(), line.text().len())).collect();
        assert_eq!(shown, [("-", MOST_SHOWN), ("+", MOST_SHOWN)]);
        assert_eq!(diff.note, format!("The first {} of each body are compared.", text::size(MOST_SHOWN)));
        let same = BodyDiff::of_texts(&first, &first);
        assert!(same.lines.is_empty() && same.note == diff.note, "what follows may differ: {}", same.note);
        let both = BodyDiff::of_texts(&"a\n".repeat(1 << 20), "a");
        let note = format!("The first 2000 lines are compared, of the first {}.", text::size(MOST_SHOWN));
        assert_eq!(both.note, note);
    }

    proptest! {
        #[test]
        fn both_texts_are_in_it(one in prop::collection::vec("[ab]", 0..12), other in prop::collection::vec("[ab]", 0..12)) {
            let diff = BodyDiff::of_texts(&one.join("\n"), &other.join("\n"));
            let count = |sign: &str| diff.lines.iter().filter(|line| line.sign() == sign).count();
            prop_assert_eq!(one.len() + count("+"), other.len() + count("-"));
            prop_assert_eq!(diff.lines.is_empty(), one == other);
        }
    }
}
