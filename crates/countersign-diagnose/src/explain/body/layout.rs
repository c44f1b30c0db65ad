//! JSON that was written again with other white space, other escapes or another order.

use super::escape::{ESCAPES, Escape, as_is};
use super::json::Node;
use crate::explain::Cause;
use crate::explain::case::{Bodies, Case};

pub(super) fn likely(case: &Case) -> Bodies<'_> {
    rewritten(case, 1)
}

/// Tries two and three changes at once, as most languages make them.
pub(super) fn rare(case: &Case) -> Bodies<'_> {
    Box::new(rewritten(case, 2).chain(rewritten(case, 3)).chain(rewritten(case, 4)))
}

/// Returns all ways to write the body with this number of changes.
fn rewritten(case: &Case, changes: usize) -> Bodies<'_> {
    let Some(node) = Node::parse(&case.body) else { return Box::new(std::iter::empty()) };
    let own = own_layout(&case.body);
    let sorted = Some(node.sorted()).filter(|sorted| *sorted != node);
    let orders = [(None, None), (Some(SORTED), sorted)];
    let ends = [(None, ""), (Some(END), "\n"), (Some(END), "\r\n")];
    let most = case.body.len().saturating_mul(MOST_GROWTH).saturating_add(MOST_ADDED);
    let mut wanted = Vec::new();
    for (reordered, order) in orders {
        if reordered.is_some() && order.is_none() {
            continue;
        }
        for layout in LAYOUTS {
            let moved =
                (!own.is_some_and(|own| std::ptr::eq(own, layout))).then(|| cause_of(&case.body, layout));
            for (escaped, escape) in ESCAPES {
                for (ended, end) in &ends {
                    let causes: Vec<_> = [moved.clone(), reordered.clone(), escaped.clone(), ended.clone()]
                        .into_iter()
                        .flatten()
                        .collect();
                    if causes.len() == changes {
                        wanted.push((causes, order.clone(), layout, *escape, *end));
                    }
                }
            }
        }
    }
    Box::new(wanted.into_iter().filter_map(move |(causes, order, layout, escape, end)| {
        let mut text = String::with_capacity(case.body.len());
        layout.write(order.as_ref().unwrap_or(&node), escape, most, 0, &mut text);
        text.push_str(end);
        (text.len() < most).then(|| (causes, text.into_bytes()))
    }))
}

/// Writes without white space.
pub(super) fn compact(node: &Node<'_>) -> String {
    let mut text = String::new();
    COMPACT.write(node, as_is, usize::MAX, 0, &mut text);
    text
}

/// Returns the present layout of the body, if it is a known one.
fn own_layout(body: &[u8]) -> Option<&'static Layout> {
    let node = Node::parse(body)?;
    LAYOUTS.iter().find(|layout| {
        let mut text = String::new();
        layout.write(&node, as_is, body.len().saturating_add(1), 0, &mut text);
        text.as_bytes() == body
    })
}

fn cause_of(body: &[u8], layout: &Layout) -> Cause {
    match (layout.indent, body.contains(&b'\n')) {
        (Some(_), _) => MINIFIED,
        (None, true) if layout.comma == "," => PRETTY,
        (None, false) if layout.comma == "," => SPACED,
        (None, _) => MINIFIED,
    }
}

/// The white space between the values of JSON.
struct Layout {
    indent: Option<&'static str>,
    colon: &'static str,
    comma: &'static str,
    line: &'static str,
}

impl Layout {
    /// Writes a value at this depth. Stops once there is more than `most`, because deep values have long indents.
    fn write(&self, node: &Node<'_>, escape: Escape, most: usize, depth: usize, out: &mut String) {
        if out.len() > most {
            return;
        }
        match node {
            Node::Atom(atom) => out.push_str(&escape(atom)),
            Node::Array(items) => self.write_all(['[', ']'], items, [most, depth], out, |item, out| {
                self.write(item, escape, most, depth + 1, out);
            }),
            Node::Object(members) => {
                self.write_all(['{', '}'], members, [most, depth], out, |(key, value), out| {
                    out.push_str(&escape(key));
                    out.push_str(self.colon);
                    self.write(value, escape, most, depth + 1, out);
                })
            }
        }
    }

    fn write_all<T>(
        &self,
        [open, close]: [char; 2],
        items: &[T],
        [most, depth]: [usize; 2],
        out: &mut String,
        write: impl Fn(&T, &mut String),
    ) {
        out.push(open);
        for (position, item) in items.iter().enumerate() {
            if out.len() > most {
                return;
            }
            if position > 0 {
                out.push_str(self.comma);
            }
            self.break_line(depth + 1, out);
            write(item, out);
        }
        if !items.is_empty() {
            self.break_line(depth, out);
        }
        out.push(close);
    }

    fn break_line(&self, depth: usize, out: &mut String) {
        if let Some(indent) = self.indent {
            out.push_str(self.line);
            (0..depth).for_each(|_| out.push_str(indent));
        }
    }
}

/// The most common layout.
const COMPACT: Layout = Layout { indent: None, colon: ":", comma: ",", line: "" };

static LAYOUTS: &[Layout] = &[
    COMPACT,
    // Python.
    Layout { indent: None, colon: ": ", comma: ", ", line: "" },
    // JavaScript, Rust, Ruby, Go.
    Layout { indent: Some("  "), colon: ": ", comma: ",", line: "\n" },
    // Python, PHP.
    Layout { indent: Some("    "), colon: ": ", comma: ",", line: "\n" },
    Layout { indent: Some("\t"), colon: ": ", comma: ",", line: "\n" },
    // A space after both, or after one of them.
    Layout { indent: None, colon: ": ", comma: ",", line: "" },
    Layout { indent: None, colon: ":", comma: ", ", line: "" },
    // .NET on Windows.
    Layout { indent: Some("  "), colon: ": ", comma: ",", line: "\r\n" },
    // Java.
    Layout { indent: Some("  "), colon: " : ", comma: ",", line: "\n" },
];

/// The limit on the size of a formatted body, as a multiple of the received one, plus a number of bytes.
const MOST_GROWTH: usize = 8;
const MOST_ADDED: usize = 4096;

const PRETTY: Cause = Cause::new(
    "body_pretty_printed",
    "the body was pretty-printed after it was signed, and in its compact form it verifies: \
     verify the bytes as they were received, before anything parses them",
);
const SPACED: Cause = Cause::new(
    "body_spaced",
    "the body was serialised again with spaces after it was signed, and in its compact form it verifies: \
     verify the bytes as they were received, before anything parses them",
);
const MINIFIED: Cause = Cause::new(
    "body_minified",
    "the body was minified after it was signed, and with its white space it verifies: \
     verify the bytes as they were received, before anything parses them",
);
const SORTED: Cause = Cause::new(
    "body_reordered",
    "the keys of the body were put in another order after it was signed, and sorted it verifies: \
     verify the bytes as they were received, before anything parses them",
);
const END: Cause = Cause::new(
    "body_trailing_newline",
    "a line break at the end of the body was removed after it was signed, and with it the body verifies: \
     verify the bytes as they were received",
);
