//! Checks that partly signed bodies have one reading: of a repeated member only one value is signed, and the next
//! reader of the body may take the other.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::unescape::unescape;
use crate::work;

/// The result of looking for repeated members in a JSON body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Members {
    Unique,
    /// An object contains a member twice.
    Repeated,
    /// There are more keys and values than the limit.
    TooMany,
    NotJson,
}

/// Examines a JSON body with at most this many keys and values.
pub(crate) fn members(body: &[u8], most: usize) -> Members {
    if !is_json(body) {
        return Members::NotJson;
    }
    look_through(body, most).unwrap_or(Members::NotJson)
}

/// Returns whether the body is JSON in UTF-8. The depth is bounded.
pub(super) fn is_json(body: &[u8]) -> bool {
    work::read(body.len());
    std::str::from_utf8(body).is_ok() && serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

/// Examines a document for repeated members; different escapes of one name are the same name. Returns `None` if a
/// name is not valid text. One pass that stores only the names of the open objects.
fn look_through(json: &[u8], most: usize) -> Option<Members> {
    let mut names: Vec<Cow<'_, str>> = Vec::new();
    // The number of names before each open object; `None` for an array.
    let mut open: Vec<Option<usize>> = Vec::new();
    let (mut at, mut count) = (0, 1_usize);
    work::read(json.len());
    while let Some(byte) = json.get(at) {
        count += usize::from(matches!(byte, b',' | b':' | b'[' | b'{'));
        if count > most {
            return Some(Members::TooMany);
        }
        match byte {
            b'{' => open.push(Some(names.len())),
            b'[' => open.push(None),
            b']' => drop(open.pop()),
            b'}' => {
                let start = open.pop().flatten()?;
                let own = names.get_mut(start..)?;
                own.sort_unstable();
                if own.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
                    return Some(Members::Repeated);
                }
                names.truncate(start);
            }
            b'"' => {
                let end = end_of_string(json, at)?;
                let rest = json.get(end..)?;
                // In JSON only a name is followed by a colon.
                if rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':') {
                    work::parts(1);
                    names.push(text(json.get(at..end)?)?);
                }
                at = end - 1;
            }
            _ => {}
        }
        at += 1;
    }
    Some(Members::Unique)
}

/// Returns the position after the string that begins here.
pub(crate) fn end_of_string(json: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', json.get(at..)?)?;
        // After one escape there may be many: looking at some bytes is faster than a new search per escape.
        let mut plain = 0;
        while plain < 16 {
            match json.get(at)? {
                b'"' => return Some(at + 1),
                b'\\' => (at, plain) = (at + 2, 0),
                _ => (at, plain) = (at + 1, plain + 1),
            }
        }
    }
}

/// Returns the text of a string in quotes.
pub(super) fn text(quoted: &[u8]) -> Option<Cow<'_, str>> {
    if memchr::memchr(b'\\', quoted).is_none() {
        let inner = quoted.get(1..quoted.len().checked_sub(1)?)?;
        return std::str::from_utf8(inner).ok().map(Cow::Borrowed);
    }
    work::unescaped(quoted.len());
    unescape(quoted).map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_unique_members(body: &[u8]) -> bool {
        members(body, usize::MAX) == Members::Unique
    }

    #[test]
    fn a_member_may_be_there_once_however_it_is_written() {
        for body in [r#"{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}],"d":[1.5,null,true,"a",-1]}"#, "[]", "1"] {
            assert!(has_unique_members(body.as_bytes()), "{body}");
        }
        for body in [r#"{"a":1,"a":1}"#, r#"{"b":[{"a":1,"a":2}]}"#, r#"{"a":1,"\u0061":2}"#, "{", ""] {
            assert!(!has_unique_members(body.as_bytes()), "{body}");
        }
    }

    #[test]
    fn objects_are_told_apart() {
        let deep = "[".repeat(100_000);
        for (body, is_unique) in [
            (r#"{"a":"a","b":["a","a"]}"#, true),
            (r#"{"a" : {"a" : {"a":1}}, "b":1}"#, true),
            (r#"{"a":{"b":1},"a" :2}"#, false),
            (r#"{"x":[{"a":1},{"b":2,"b":3}]}"#, false),
            (r#"{"a\"":1,"a":2}"#, true),
            (r#"{"a\\":1,"b":":"}"#, true),
            (r#"{"\ud800":1}"#, false),
            (r#""a":1"#, false),
            (&deep, false),
        ] {
            assert_eq!(has_unique_members(body.as_bytes()), is_unique, "{body:.40}");
        }
        assert!(!has_unique_members(b"{\"a\":\"\xff\"}"));
        assert_eq!(members(b"[1,2,3]", 4), Members::Unique);
        assert_eq!(members(b"[1,2,3]", 3), Members::TooMany);
        assert_eq!(members(b"[\",,,\",\":[\"]", 3), Members::Unique, "what is in a string does not count");
    }
}
