//! JSON with the original text of its values, so that nothing else changes when it is written again.

use serde::de::IgnoredAny;

/// A value in its written form.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node<'t> {
    /// A string with its quotes, a number, or a literal.
    Atom(&'t str),
    Array(Vec<Self>),
    /// Keys with their quotes.
    Object(Vec<(&'t str, Self)>),
}

impl<'t> Node<'t> {
    /// Parses an object or an array. Returns `None` if the body is not JSON, or nested too deeply for a payload.
    pub(super) fn parse(body: &'t [u8]) -> Option<Self> {
        serde_json::from_slice::<IgnoredAny>(body).ok()?;
        let text = std::str::from_utf8(body).ok()?.trim_ascii();
        if !text.starts_with(['{', '[']) {
            return None;
        }
        Parser { rest: text }.value(DEEPEST)
    }

    /// Returns the value with the keys of all objects sorted.
    pub(super) fn sorted(&self) -> Self {
        match self {
            Self::Atom(atom) => Self::Atom(atom),
            Self::Array(items) => Self::Array(items.iter().map(Self::sorted).collect()),
            Self::Object(members) => {
                let mut members: Vec<_> = members.iter().map(|(key, value)| (*key, value.sorted())).collect();
                members.sort_by_key(|(key, _)| key.trim_matches('"'));
                Self::Object(members)
            }
        }
    }

    /// Returns the value without members that are `null`.
    pub(super) fn without_nulls(&self) -> Self {
        match self {
            Self::Atom(atom) => Self::Atom(atom),
            Self::Array(items) => Self::Array(items.iter().map(Self::without_nulls).collect()),
            Self::Object(members) => {
                let kept = members.iter().filter(|(_, value)| *value != Self::Atom("null"));
                Self::Object(kept.map(|(key, value)| (*key, value.without_nulls())).collect())
            }
        }
    }
}

/// A parser of text that is known to be JSON.
struct Parser<'t> {
    rest: &'t str,
}

impl<'t> Parser<'t> {
    fn value(&mut self, depth: usize) -> Option<Node<'t>> {
        let depth = depth.checked_sub(1)?;
        match self.peek()? {
            b'{' => {
                let mut members = Vec::new();
                self.skip();
                while self.peek()? != b'}' {
                    let key = self.atom()?;
                    self.peek_is(b':')?;
                    members.push((key, self.value(depth)?));
                    self.comma();
                }
                self.skip();
                Some(Node::Object(members))
            }
            b'[' => {
                let mut items = Vec::new();
                self.skip();
                while self.peek()? != b']' {
                    items.push(self.value(depth)?);
                    self.comma();
                }
                self.skip();
                Some(Node::Array(items))
            }
            _ => self.atom().map(Node::Atom),
        }
    }

    /// Returns the next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_ascii_start();
        self.rest.bytes().next()
    }

    fn skip(&mut self) {
        self.rest = self.rest.get(1..).unwrap_or_default();
    }

    fn peek_is(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.skip())
    }

    fn comma(&mut self) {
        let _ = self.peek_is(b',');
    }

    fn atom(&mut self) -> Option<&'t str> {
        let end = match self.peek()? {
            b'"' => string_end(self.rest)?,
            _ => self.rest.find([',', ':', ']', '}', ' ', '\t', '\r', '\n']).unwrap_or(self.rest.len()),
        };
        let (atom, rest) = self.rest.split_at_checked(end).filter(|(atom, _)| !atom.is_empty())?;
        self.rest = rest;
        Some(atom)
    }
}

/// Returns the position after the closing quote.
fn string_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The largest depth, as in `serde_json`.
const DEEPEST: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_text() {
        let node = Node::parse(b" {\"a\\\"\" : [1.00, {}, \"x,y\\\\\"] ,\"b\":null}\n").unwrap();
        let items = vec![Node::Atom("1.00"), Node::Object(vec![]), Node::Atom("\"x,y\\\\\"")];
        assert_eq!(
            node,
            Node::Object(vec![("\"a\\\"\"", Node::Array(items)), ("\"b\"", Node::Atom("null"))])
        );
    }

    #[test]
    fn what_is_no_payload_is_nothing() {
        for body in ["", "7", "\"x\"", "{", "{\"a\"}", "a=b", "{\"a\":1}x"] {
            assert_eq!(Node::parse(body.as_bytes()), None, "{body}");
        }
        let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
        assert_eq!(Node::parse(&deep), None);
    }
}
