//! Line breaks inside the body that were changed or lost, and arrays that were written with one item per line.

use super::json::Node;
use super::layout::compact;
use super::text::{Change, changed, replace};
use crate::explain::Cause;
use crate::explain::case::Bodies;

/// Tries the usual places of all line breaks at once.
pub(super) fn rare(body: &[u8]) -> Bodies<'_> {
    changed(body, NORMALIZATIONS)
}

/// Tries one line break in every place.
pub(super) fn last(body: &[u8]) -> Bodies<'_> {
    let lost = move |at: &usize| {
        let (before, after) = body.split_at_checked(*at).unwrap_or_default();
        // A space may stand for the line break.
        let rest = after.strip_prefix(b" ").into_iter().chain([after]);
        rest.flat_map(move |rest| BREAKS.map(|line| (vec![LOST], [before, line.as_bytes(), rest].concat())))
    };
    let ends_token = |at: &usize| {
        let last = at.checked_sub(1).and_then(|last| body.get(last));
        last.is_some_and(|byte| !byte.is_ascii_alphanumeric())
    };
    let (likely, others): (Vec<_>, Vec<_>) = (1..body.len()).partition(ends_token);
    Box::new(
        likely.into_iter().chain(others).take(MOST_PLACES).flat_map(move |at| lost(&at).collect::<Vec<_>>()),
    )
}

/// The changes that programs make to the line breaks of a text.
static NORMALIZATIONS: &[Change] = &[
    (
        "body_line_ends",
        "the line breaks of the body were changed after it was signed, and the last one was removed: \
         verify the bytes as they were received, and store captures as binary",
        |body| {
            let lines = replace(body, b"\r\n", b"\n");
            let end = |body: Vec<u8>, end: &str| [body.as_slice(), end.as_bytes()].concat();
            vec![end(replace(&lines, b"\n", b"\r\n"), "\r\n"), end(lines, "\n")]
        },
    ),
    (
        "body_line_ends",
        "the escaped line breaks in the texts of the body were changed after it was signed, `\\r\\n` to `\\n` or the reverse: \
         verify the bytes as they were received",
        |body| {
            let lines = replace(body, b"\\r\\n", b"\\n");
            vec![replace(&lines, b"\\n", b"\\r\\n"), lines]
        },
    ),
    ("body_line_breaks", WITHIN, |body| BREAKS.iter().flat_map(|line| within_json(body, line)).collect()),
    ("body_line_breaks", WITHIN, |body| {
        let between = ["><", "}{", "&", ";", ","];
        let lines = BREAKS.iter().flat_map(|line| between.map(|between| broken(body, between, line)));
        lines
            .flat_map(|lines| ["", "\n", "\r\n"].map(|end| [lines.as_slice(), end.as_bytes()].concat()))
            .collect()
    }),
    (
        "body_line_breaks",
        "the line breaks of the body became spaces after it was signed, and with line breaks it verifies: \
         verify the bytes as they were received",
        |body| {
            let lines = BREAKS.iter().map(|line| replace(body, b" ", line.as_bytes()));
            lines
                .flat_map(|lines| ["", "\n", "\r\n"].map(|end| [lines.as_slice(), end.as_bytes()].concat()))
                .collect()
        },
    ),
    (
        "body_line_breaks",
        "the lines of the body, which is Base64, were joined after it was signed, and in lines it verifies: \
         verify the bytes as they were received",
        |body| {
            let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(byte);
            if body.is_empty() || !body.iter().all(is_base64) {
                return Vec::new();
            }
            // The lengths of lines of Ruby, PEM and MIME.
            let wrapped = [60, 64, 76].into_iter().flat_map(|length| {
                BREAKS.map(|line| body.chunks(length).collect::<Vec<_>>().join(line.as_bytes()))
            });
            wrapped
                .flat_map(|lines| ["", "\n", "\r\n"].map(|end| [lines.as_slice(), end.as_bytes()].concat()))
                .collect()
        },
    ),
];

/// Returns the text with a line break in the middle of each pair of characters, or behind each single character.
fn broken(body: &[u8], between: &str, line: &str) -> Vec<u8> {
    let (before, after) = between.split_at(1);
    replace(body, between.as_bytes(), [before, line, after].concat().as_bytes())
}

/// Returns the JSON with line breaks, without indentation, after commas, and in brackets too.
fn within_json(body: &[u8], line: &str) -> Vec<Vec<u8>> {
    if Node::parse(body).is_none() {
        return Vec::new();
    }
    let (mut after_commas, mut in_brackets) = (Vec::new(), Vec::new());
    let (mut in_string, mut escaped) = (false, false);
    for byte in body {
        if !in_string && matches!(byte, b'}' | b']') {
            in_brackets.extend_from_slice(line.as_bytes());
        }
        after_commas.push(*byte);
        in_brackets.push(*byte);
        if !in_string && *byte == b',' {
            after_commas.extend_from_slice(line.as_bytes());
        }
        if !in_string && matches!(byte, b',' | b'{' | b'[') {
            in_brackets.extend_from_slice(line.as_bytes());
        }
        in_string ^= *byte == b'"' && !escaped;
        escaped = in_string && *byte == b'\\' && !escaped;
    }
    let bodies = [after_commas, in_brackets];
    bodies.iter().flat_map(|body| ["", line].map(|end| [body.as_slice(), end.as_bytes()].concat())).collect()
}

/// Tries the items on separate lines, as SendGrid sends them, or without the array around them.
pub(super) fn likely(body: &[u8]) -> Bodies<'_> {
    let Some(Node::Array(items)) = Node::parse(body) else { return Box::new(std::iter::empty()) };
    let items: Vec<_> = items.iter().map(compact).collect();
    Box::new(LINES.iter().flat_map(move |[open, between, close]| {
        let list = items.join(between);
        ENDS.map(|end| (vec![REMOVED], format!("{open}{list}{close}{end}").into_bytes()))
    }))
}

const BREAKS: [&str; 2] = ["\n", "\r\n"];

const WITHIN: &str = "line breaks within the body were removed after it was signed, and with them it verifies: \
                      verify the bytes as they were received, before anything parses or prints them";

const LOST: Cause = Cause::new(
    "body_line_breaks",
    "a line break within the body was removed after it was signed, or became a space, and with it the body verifies: \
     verify the bytes as they were received",
);

/// The number of places of a single line break that are tried.
const MOST_PLACES: usize = 256;

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

const REMOVED: Cause = Cause::new(
    "body_line_breaks",
    "line breaks between the items of the body, or at its end, were removed after it was signed, because it was parsed \
     and written again, and with them it verifies: verify the bytes as they were received, before anything parses them",
);
