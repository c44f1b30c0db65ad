//! Arrays with one item per line, and items that were put into an array.

use super::json::Node;
use super::layout::compact;
use crate::explain::Cause;
use crate::explain::case::Bodies;

/// Tries the items on separate lines, as SendGrid sends them, or without the array around them.
pub(super) fn likely(body: &[u8]) -> Bodies<'_> {
    let Some(Node::Array(items)) = Node::parse(body) else { return Box::new(std::iter::empty()) };
    let items: Vec<_> = items.iter().map(compact).collect();
    Box::new(LINES.iter().flat_map(move |[open, between, close]| {
        let list = items.join(between);
        ENDS.map(|end| (vec![BREAKS], format!("{open}{list}{close}{end}").into_bytes()))
    }))
}

/// The text before the first item, between two items, and after the last.
static LINES: [[&str; 3]; 8] = [
    ["[", ",\r\n", "]"],
    ["[", ",\n", "]"],
    ["[\r\n", ",\r\n", "\r\n]"],
    ["[\n", ",\n", "\n]"],
    ["[", ", ", "]"],
    ["[", "\r\n,", "]"],
    ["", "\n", ""],
    ["", "\r\n", ""],
];

const ENDS: [&str; 3] = ["\r\n", "\n", ""];

const BREAKS: Cause = Cause::new(
    "body_line_breaks",
    "line breaks between the items of the body, or at its end, were removed after it was signed, because it was parsed \
     and written again, and with them it verifies: verify the bytes as they were received, before anything parses them",
);
