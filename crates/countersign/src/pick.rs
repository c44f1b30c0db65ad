//! Scalars out of a JSON body: one borrowed pass that builds nothing and stops when it has found everything.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A scalar that was found: a piece of the body, or unescaped text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Scalar {
    /// Bytes of the body, valid UTF-8.
    Slice(Range<usize>),
    /// A string that had escapes.
    Text(String),
}

impl Scalar {
    pub(crate) fn as_str<'a>(&'a self, body: &'a [u8]) -> &'a str {
        match self {
            Self::Slice(range) => {
                body.get(range.clone()).and_then(|slice| std::str::from_utf8(slice).ok()).unwrap_or_default()
            }
            Self::Text(text) => text,
        }
    }
}

/// Looks up the paths. `None` where there is nothing, or nothing scalar, or `null`. At a path of several values
/// with the same key the first counts.
pub(crate) fn pick<const N: usize>(body: &[u8], paths: [Option<&[String]>; N]) -> [Option<Scalar>; N] {
    let mut found = [const { None }; N];
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let mut open = paths;
    let node = Node { body, paths: &mut open, found: &mut found, depth: 0 };
    // The pass ends early on purpose, which serde_json reports as an error; what was found before is right.
    let _ = node.deserialize(&mut deserializer);
    found
}

/// One value of the body, with the paths that lead to it or through it.
struct Node<'p, 'b, 'f, const N: usize> {
    body: &'b [u8],
    paths: &'f mut [Option<&'p [String]>; N],
    found: &'f mut [Option<Scalar>; N],
    depth: usize,
}

impl<'p, 'b, const N: usize> Node<'p, 'b, '_, N> {
    /// The paths that go on through this key, and whether any of them ends there.
    fn through(&self, key: &str) -> ([Option<&'p [String]>; N], bool, bool) {
        let mut on = [None; N];
        let (mut any, mut ends) = (false, false);
        for (to, path) in on.iter_mut().zip(self.paths.iter()) {
            if let Some(path) = path
                && path.get(self.depth).is_some_and(|step| step == key)
            {
                *to = Some(*path);
                any = true;
                ends |= path.len() == self.depth + 1;
            }
        }
        (on, any, ends)
    }

    /// Nothing is left to find.
    fn done(&self) -> bool {
        self.paths.iter().all(Option::is_none)
    }

    fn close(&mut self, paths: &[Option<&[String]>; N]) {
        for (open, seen) in self.paths.iter_mut().zip(paths) {
            if seen.is_some() {
                *open = None;
            }
        }
    }

    fn keep(&mut self, paths: &[Option<&[String]>; N], raw: &RawValue) {
        let scalar = scalar(self.body, raw);
        for (found, path) in self.found.iter_mut().zip(paths) {
            if path.is_some_and(|path| path.len() == self.depth + 1) {
                found.clone_from(&scalar);
            }
        }
    }
}

impl<'de, const N: usize> DeserializeSeed<'de> for Node<'_, 'de, '_, N> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, const N: usize> Visitor<'de> for Node<'_, 'de, '_, N> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while !self.done() {
            // Keys are compared unescaped, and rarely have escapes: no copy then.
            let Some(key) = map.next_key::<Key<'de>>()? else { break };
            let (mut on, any, ends) = self.through(&key.0);
            let seen = on;
            if !any {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if ends {
                let raw = map.next_value::<&RawValue>()?;
                self.keep(&on, raw);
            } else {
                let (body, depth) = (self.body, self.depth + 1);
                map.next_value_seed(Node { body, paths: &mut on, found: self.found, depth })?;
            }
            self.close(&seen);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0_usize;
        while !self.done() {
            let (mut on, any, ends) = self.through(&index.to_string());
            let seen = on;
            let more = if !any {
                seq.next_element::<IgnoredAny>()?.is_some()
            } else if ends {
                let raw = seq.next_element::<&RawValue>()?;
                raw.inspect(|raw| self.keep(&on, raw)).is_some()
            } else {
                let (body, depth) = (self.body, self.depth + 1);
                seq.next_element_seed(Node { body, paths: &mut on, found: self.found, depth })?.is_some()
            };
            if !more {
                break;
            }
            self.close(&seen);
            index += 1;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

struct Key<'de>(std::borrow::Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(key.into()))
            }

            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key(key.to_owned().into()))
            }
        }

        deserializer.deserialize_str(KeyVisitor)
    }
}

/// A string without its quotes, or a number or boolean as it is written.
pub(crate) fn scalar(body: &[u8], raw: &RawValue) -> Option<Scalar> {
    let text = raw.get();
    let start = (text.as_ptr() as usize).checked_sub(body.as_ptr() as usize)?;
    match text.as_bytes() {
        [b'"', .., b'"'] if !text.contains('\\') => Some(Scalar::Slice(start + 1..start + text.len() - 1)),
        [b'"', ..] => serde_json::from_str(text).ok().map(Scalar::Text),
        [b'{' | b'[' | b'n', ..] | [] => None,
        _ => Some(Scalar::Slice(start..start + text.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::Pointer;

    fn picked(body: &str, pointers: [&'static str; 2]) -> [Option<String>; 2] {
        let tokens = pointers.map(|pointer| Pointer::new(pointer).tokens());
        let [first, second] = &tokens;
        pick(body.as_bytes(), [Some(first), Some(second)])
            .map(|found| found.map(|found| found.as_str(body.as_bytes()).to_owned()))
    }

    #[test]
    fn scalars_are_found_at_any_depth_and_in_any_order() {
        let body = r#"{"x":[1,{"y":"z"}],"type":"a.b","data":{"id":"evt_1","n":[7,8]}}"#;
        assert_eq!(picked(body, ["/data/id", "/type"]), [Some("evt_1".into()), Some("a.b".into())]);
        assert_eq!(picked(body, ["/x/1/y", "/data/n/1"]), [Some("z".into()), Some("8".into())]);
        assert_eq!(picked(r#"[{"eventId":9}]"#, ["/0/eventId", "/1/eventId"]), [Some("9".into()), None]);
    }

    #[test]
    fn one_path_may_be_the_start_of_another() {
        assert_eq!(picked(r#"{"a":{"b":"c"},"d":1}"#, ["/a/b", "/d"]), [Some("c".into()), Some("1".into())]);
        assert_eq!(picked(r#"{"a":"x"}"#, ["/a", "/a/b"]), [Some("x".into()), None]);
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(
            picked(r#"{"\u0061":"\u00e9\n","b":"é"}"#, ["/a", "/b"]),
            [Some("é\n".into()), Some("é".into())]
        );
    }

    #[test]
    fn what_is_not_scalar_or_not_there_is_none() {
        assert_eq!(picked(r#"{"a":{},"b":null}"#, ["/a", "/b"]), [None, None]);
        for body in ["", "not json", "7", "{", r#"{"a"}"#, "[[", "\u{feff}{}"] {
            assert_eq!(picked(body, ["/a", "/b"]), [None, None], "{body}");
        }
    }

    #[test]
    fn the_pass_stops_when_everything_is_found() {
        assert_eq!(
            picked(r#"{"a":"1","b":"2", this is not json"#, ["/a", "/b"]),
            [Some("1".into()), Some("2".into())]
        );
    }

    #[test]
    fn deep_nesting_is_an_end_not_a_crash() {
        let body = "[".repeat(100_000);
        assert_eq!(picked(&body, ["/a", "/0/0"]), [None, None]);
    }
}
