//! JSON in a form that does not depend on the order in which its members were written.
//!
//! The text of a number is kept, because readers differ in which numbers are equal. The result does not determine the
//! order of members, white space, or how a character of a string is escaped.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::unique::has_unique_members;
use crate::error::VerifyError;

/// The most objects and members of a body together: each is kept until all are sorted.
const MOST: usize = 1 << 16;

/// Writes a JSON body without white space and with the members of every object sorted by the UTF-16 code units of their
/// names, as `JSON.stringify` writes it once it is sorted.
pub(super) fn sorted(body: &[u8]) -> Result<Vec<u8>, VerifyError> {
    // Commas and colons bound the number of members before anything is kept of them.
    let most = body.iter().filter(|byte| matches!(byte, b':' | b'{')).take(MOST + 1).count();
    if most > MOST {
        return Err(VerifyError::MalformedBody { reason: "has more members than the limit" });
    }
    if !has_unique_members(body) {
        return Err(VerifyError::MalformedBody { reason: "is not JSON, or has a member twice" });
    }
    let mut objects = Vec::new();
    let mut reader = Reader { json: body, at: 0 };
    reader.value(Some(&mut objects)).ok_or(NOT_JSON)?;
    objects.sort_unstable_by_key(|object| object.start);
    let mut out = Vec::with_capacity(body.len());
    Writer { json: body, objects: &objects, out: &mut out }.value(0, body.len()).ok_or(NOT_JSON)?;
    Ok(out)
}

const NOT_JSON: VerifyError = VerifyError::MalformedBody { reason: "is not JSON" };

/// An object of the body, with its members sorted.
struct Object<'b> {
    start: usize,
    end: usize,
    members: Vec<Member<'b>>,
}

struct Member<'b> {
    name: Cow<'b, str>,
    start: usize,
    end: usize,
}

/// Reads a body that was found to be JSON, in one pass. The parser that found it bounds the depth.
struct Reader<'b> {
    json: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn value(&mut self, mut objects: Option<&mut Vec<Object<'b>>>) -> Option<()> {
        self.skip_space();
        match self.json.get(self.at)? {
            b'"' => self.string().map(drop),
            b'{' => {
                let start = self.at;
                self.at += 1;
                let mut members = Vec::new();
                while let Some(name) = self.name()? {
                    self.skip_space();
                    let start = self.at;
                    self.value(objects.as_deref_mut())?;
                    members.push(Member { name, start, end: self.at });
                }
                members.sort_by(|a, b| order(&a.name, &b.name));
                objects?.push(Object { start, end: self.at, members });
                Some(())
            }
            b'[' => {
                self.at += 1;
                loop {
                    self.skip_space();
                    match self.json.get(self.at)? {
                        b']' => break,
                        b',' => self.at += 1,
                        _ => self.value(objects.as_deref_mut())?,
                    }
                }
                self.at += 1;
                Some(())
            }
            _ => {
                let rest = self.json.get(self.at..)?;
                let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}') || byte.is_ascii_whitespace();
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
                Some(())
            }
        }
    }

    /// The name of the next member, up to its colon; none behind the last.
    fn name(&mut self) -> Option<Option<Cow<'b, str>>> {
        loop {
            self.skip_space();
            match self.json.get(self.at)? {
                b'}' => {
                    self.at += 1;
                    return Some(None);
                }
                b',' => self.at += 1,
                _ => break,
            }
        }
        let name = text(self.string()?)?;
        self.skip_space();
        self.at += 1;
        Some(Some(name))
    }

    /// The string that begins here, with its quotes.
    fn string(&mut self) -> Option<&'b [u8]> {
        let start = self.at;
        self.at += 1;
        loop {
            let rest = self.json.get(self.at..)?;
            self.at += memchr::memchr2(b'"', b'\\', rest)?;
            match self.json.get(self.at)? {
                b'\\' => self.at += 2,
                _ => break,
            }
        }
        self.at += 1;
        self.json.get(start..self.at)
    }

    fn skip_space(&mut self) {
        while self.json.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }
}

/// Writes what was read, objects in the order of their sorted members.
struct Writer<'w, 'b> {
    json: &'b [u8],
    objects: &'w [Object<'b>],
    out: &'w mut Vec<u8>,
}

impl Writer<'_, '_> {
    fn value(&mut self, start: usize, end: usize) -> Option<()> {
        let mut reader = Reader { json: self.json, at: start };
        while reader.at < end {
            match self.json.get(reader.at)? {
                b'"' => self.string(reader.string()?)?,
                b'{' => reader.at = self.object(reader.at)?,
                byte if byte.is_ascii_whitespace() => reader.at += 1,
                byte => {
                    self.out.push(*byte);
                    reader.at += 1;
                }
            }
        }
        Some(())
    }

    fn object(&mut self, start: usize) -> Option<usize> {
        let at = self.objects.binary_search_by_key(&start, |object| object.start).ok()?;
        let object = self.objects.get(at)?;
        self.out.push(b'{');
        for (index, member) in object.members.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.out.extend_from_slice(serde_json::to_string(&member.name).ok()?.as_bytes());
            self.out.push(b':');
            self.value(member.start, member.end)?;
        }
        self.out.push(b'}');
        Some(object.end)
    }

    fn string(&mut self, quoted: &[u8]) -> Option<()> {
        if quoted.contains(&b'\\') {
            self.out.extend_from_slice(serde_json::to_string(&text(quoted)?).ok()?.as_bytes());
        } else {
            self.out.extend_from_slice(quoted);
        }
        Some(())
    }
}

/// The text of a string in quotes.
fn text(quoted: &[u8]) -> Option<Cow<'_, str>> {
    if !quoted.contains(&b'\\') {
        let inner = quoted.get(1..quoted.len().checked_sub(1)?)?;
        return std::str::from_utf8(inner).ok().map(Cow::Borrowed);
    }
    serde_json::from_slice::<String>(quoted).ok().map(Cow::Owned)
}

/// The order of JavaScript's `sort`.
fn order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text_of(body: &str) -> Option<String> {
        sorted(body.as_bytes()).ok().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn members_are_sorted_at_every_depth_and_numbers_are_kept() {
        for (body, expected) in [
            (
                r#"{"b": 1, "a": {"d": [ {"y":1,"x":2}, 3 ], "c": null}}"#,
                r#"{"a":{"c":null,"d":[{"x":2,"y":1},3]},"b":1}"#,
            ),
            (r#"[1.0, 1e5 ,true , "a b"]"#, r#"[1.0,1e5,true,"a b"]"#),
            (r#"{"10":1,"9":2,"":3}"#, r#"{"":3,"10":1,"9":2}"#),
            ("{\"\u{e000}\":1,\"\u{1f600}\":2}", "{\"\u{1f600}\":2,\"\u{e000}\":1}"),
            (r#"{"a":"\u00e9\/\n\""}"#, "{\"a\":\"\u{e9}/\\n\\\"\"}"),
            (r#"{"\u0062":{},"a":[]}"#, r#"{"a":[],"b":{}}"#),
            (" 1 ", "1"),
        ] {
            assert_eq!(text_of(body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn what_has_two_readings_has_none_here() {
        for body in ["", "{", r#"{"a":1,"a":2}"#, r#"{"a":1,"\u0061":2}"#, "{} {}", r#"{"a":"\ud800"}"#] {
            assert_eq!(text_of(body), None, "{body}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(text_of(&deep), None);
        let many = format!("[{}{{}}]", "{},".repeat(MOST));
        assert_eq!(text_of(&many), None);
    }

    proptest! {
        #[test]
        fn the_form_is_that_of_a_sorted_value(value in json()) {
            // A map of serde_json is sorted by the bytes of UTF-8: the same order but for what is beyond the BMP.
            let written = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(text_of(&written).unwrap(), serde_json::to_string(&value).unwrap());
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            "[ -~\n\u{e9}]{0,8}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                proptest::collection::btree_map("[a-f\"\\\\]{0,3}", inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }
}
