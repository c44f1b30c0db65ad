//! The places of members in JSON text, so that members can be added without any other change.

use std::ops::Range;

/// An object in JSON text.
#[derive(Debug, Default)]
pub(super) struct Object {
    /// The position after its opening brace.
    open: usize,
    pub(super) members: Vec<Member>,
}

/// A member of an object: the positions of its key, with quotes, and of its value.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) key: Range<usize>,
    pub(super) value: Range<usize>,
}

/// A text that takes the place of another.
pub(super) type Edit = (Range<usize>, String);

impl Object {
    /// Returns the first objects of text that is known to be JSON, in the order in which they begin.
    pub(super) fn all(body: &[u8], most: usize) -> Vec<Self> {
        let mut objects: Vec<Self> = Vec::new();
        // The open objects and arrays, an array as `None`, and the member whose value follows.
        let mut open: Vec<Option<usize>> = Vec::new();
        let mut last: Range<usize> = 0..0;
        let mut at = 0;
        while let Some(byte) = body.get(at) {
            let start = at;
            at += 1;
            let inner = open.last().copied().flatten();
            match byte {
                b'"' => {
                    at = end_of_string(body, at);
                    last = start..at;
                }
                b'{' => {
                    objects.push(Self { open: at, members: Vec::new() });
                    open.push(Some(objects.len() - 1));
                }
                b'[' => open.push(None),
                b':' => {
                    if let Some(object) = inner.and_then(|inner| objects.get_mut(inner)) {
                        let space = body.get(at..).unwrap_or_default();
                        let value = at + space.len() - space.trim_ascii_start().len();
                        object.members.push(Member { key: last.clone(), value: value..value });
                    }
                }
                b',' | b'}' | b']' => {
                    let member = inner.and_then(|inner| objects.get_mut(inner)?.members.last_mut());
                    if let Some(member) = member.filter(|member| member.value.is_empty()) {
                        let value = body.get(member.value.start..start).unwrap_or_default();
                        member.value.end = member.value.start + value.trim_ascii_end().len();
                    }
                    if *byte != b',' {
                        open.pop();
                    }
                }
                _ => {}
            }
        }
        objects.truncate(most);
        objects
    }

    /// Returns the change that adds a member before the one with this number, or at the end.
    pub(super) fn added(&self, body: &[u8], number: usize, key: &str, value: &str) -> Edit {
        let text =
            |range: Range<usize>| String::from_utf8_lossy(body.get(range).unwrap_or_default()).into_owned();
        let Some(first) = self.members.first() else {
            return (self.open..self.open, format!("{key}:{value}"));
        };
        let colon = text(first.key.end..first.value.start);
        let comma = match self.members.get(1) {
            Some(second) => text(first.value.end..second.key.start),
            None => {
                // Where values are on one line, a space after a colon comes with one after a comma.
                let space = text(self.open..first.key.start);
                let is_spaced = space.is_empty() && colon.ends_with(' ');
                format!(",{}", if is_spaced { " " } else { &space })
            }
        };
        match (self.members.get(number), self.members.last()) {
            (Some(next), _) => (next.key.start..next.key.start, format!("{key}{colon}{value}{comma}")),
            (None, last) => {
                let end = last.map_or(self.open, |last| last.value.end);
                (end..end, format!("{comma}{key}{colon}{value}"))
            }
        }
    }
}

/// Returns the positions of strings, numbers and words that are values, in text that is known to be JSON.
pub(super) fn values(body: &[u8]) -> Vec<Range<usize>> {
    let (mut values, mut at) = (Vec::new(), 0);
    while let Some(byte) = body.get(at) {
        let start = at;
        at += 1;
        if byte.is_ascii_whitespace() || b"{}[],:".contains(byte) {
            continue;
        }
        let rest = body.get(at..).unwrap_or_default();
        if *byte == b'"' {
            at = end_of_string(body, at);
        } else {
            let is_end = |byte: &u8| byte.is_ascii_whitespace() || b"]},".contains(byte);
            at = rest.iter().position(is_end).map_or(body.len(), |end| at + end);
        }
        let after = body.get(at..).unwrap_or_default();
        if after.trim_ascii_start().first() != Some(&b':') {
            values.push(start..at);
        }
    }
    values
}

/// Returns the positions of empty arrays and objects, in text that is known to be JSON.
pub(super) fn empty_pairs(body: &[u8]) -> Vec<Range<usize>> {
    let (mut pairs, mut at) = (Vec::new(), 0);
    while let Some(byte) = body.get(at) {
        let start = at;
        at += 1;
        let rest = body.get(at..).unwrap_or_default();
        match byte {
            b'"' => at = end_of_string(body, at),
            b'[' | b'{' => {
                let inner = rest.trim_ascii_start();
                if matches!(inner.first(), Some(b']' | b'}')) {
                    pairs.push(start..at + rest.len() - inner.len() + 1);
                }
            }
            _ => {}
        }
    }
    pairs
}

/// Returns the positions of the values in a form.
pub(super) fn fields(body: &[u8]) -> Vec<Range<usize>> {
    let mut start = 0;
    let fields = body.split(|byte| *byte == b'&').filter_map(|field| {
        let end = start + field.len();
        let equals = field.iter().position(|byte| *byte == b'=');
        let value = equals.map(|equals| start + equals + 1..end);
        start = end + 1;
        value
    });
    fields.collect()
}

/// Returns the position after the closing quote of a string.
fn end_of_string(body: &[u8], start: usize) -> usize {
    let mut escaped = false;
    let rest = body.get(start..).unwrap_or_default();
    let end = rest.iter().position(|byte| {
        let is_end = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        is_end
    });
    end.map_or(body.len(), |end| start + end + 1)
}

/// Returns the body with these changes, which are in order and do not overlap.
pub(super) fn edited(body: &[u8], edits: &[Edit]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len() + 32);
    let mut end = 0;
    for (range, text) in edits {
        out.extend_from_slice(body.get(end..range.start)?);
        out.extend_from_slice(text.as_bytes());
        end = range.end;
    }
    out.extend_from_slice(body.get(end..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_at_their_places() {
        let body = br#" {"a" : [{"b":"x,}\"" , "c":{}}, 1],"d":-1.5e3 }"#;
        let texts = |object: &Object| {
            let text = |range: &Range<usize>| String::from_utf8(body[range.clone()].to_vec()).unwrap();
            object.members.iter().map(|member| (text(&member.key), text(&member.value))).collect::<Vec<_>>()
        };
        let all: Vec<_> = Object::all(body, 8).iter().map(texts).collect();
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            all,
            [
                vec![pair("\"a\"", r#"[{"b":"x,}\"" , "c":{}}, 1]"#), pair("\"d\"", "-1.5e3")],
                vec![pair("\"b\"", r#""x,}\"""#), pair("\"c\"", "{}")],
                vec![],
            ]
        );
        assert_eq!(Object::all(body, 1).len(), 1);
    }

    #[test]
    fn a_member_is_added_in_the_style_of_the_others() {
        let added = |body: &str, number| {
            let objects = Object::all(body.as_bytes(), 1);
            let edit = objects[0].added(body.as_bytes(), number, "\"n\"", "null");
            String::from_utf8(edited(body.as_bytes(), &[edit]).unwrap()).unwrap()
        };
        for (body, number, expected) in [
            ("{}", 0, r#"{"n":null}"#),
            (r#"{"a":1}"#, 0, r#"{"n":null,"a":1}"#),
            (r#"{"a":1}"#, 1, r#"{"a":1,"n":null}"#),
            (r#"{"a": 1, "b": 2}"#, 1, r#"{"a": 1, "n": null, "b": 2}"#),
            ("{\n  \"a\": 1\n}", 1, "{\n  \"a\": 1,\n  \"n\": null\n}"),
        ] {
            assert_eq!(added(body, number), expected);
        }
    }
}
