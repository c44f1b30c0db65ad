//! Looks up scalars in a JSON body: one borrowed pass that builds no document and stops once everything is found.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::unescape::unescape;
use crate::work;

/// A scalar that was found: a range of the body, or unescaped text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Scalar {
    /// Bytes of the body, valid UTF-8.
    Slice(Range<usize>),
    /// A string with escapes, unescaped.
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

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Slice(range) => range.is_empty(),
            Self::Text(text) => text.is_empty(),
        }
    }
}

/// Looks up the paths, in any order of members. Returns `None` for a path without a value, with `null`, or with a
/// value that is not a scalar. Of several values with the same key the first counts.
pub(crate) fn lookup<const N: usize>(body: &[u8], paths: [Option<&[String]>; N]) -> [Option<Scalar>; N] {
    let mut found = [const { None }; N];
    let mut open = paths;
    work::read(if paths.iter().any(Option::is_some) { body.len() } else { 0 });
    for (path, found) in open.iter_mut().zip(&mut found) {
        if path.is_some_and(<[String]>::is_empty) {
            *found = serde_json::from_slice::<&RawValue>(body).ok().and_then(|raw| scalar(body, raw));
            *path = None;
        }
    }
    if open.iter().any(Option::is_some) {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let node = Node { body, paths: &mut open, found: &mut found, depth: 0, is_last: true };
        // The pass ends early, which serde_json reports as an error; the values found before are valid.
        let _ = node.deserialize(&mut deserializer);
    }
    found
}

/// Looks up any number of paths, eight per pass.
pub(crate) fn lookup_all(body: &[u8], paths: &[&[String]]) -> Vec<Option<Scalar>> {
    let mut found = Vec::with_capacity(paths.len());
    for some in paths.chunks(8) {
        let mut open = [None; 8];
        for (open, path) in open.iter_mut().zip(some) {
            *open = Some(*path);
        }
        found.extend(lookup(body, open).into_iter().take(some.len()));
    }
    found
}

/// One value of the body, with the paths that lead to it or through it.
struct Node<'p, 'b, 'f, const N: usize> {
    body: &'b [u8],
    paths: &'f mut [Option<&'p [String]>; N],
    found: &'f mut [Option<Scalar>; N],
    depth: usize,
    /// No path continues outside this value: the pass may end inside it.
    is_last: bool,
}

/// The paths that continue through a member or an item.
struct Through<'p, const N: usize> {
    paths: [Option<&'p [String]>; N],
    /// One of the paths ends here.
    ends: bool,
    /// One of the paths continues from here.
    goes_on: bool,
}

impl<'p, 'b, const N: usize> Node<'p, 'b, '_, N> {
    /// Returns the open paths whose next step matches.
    fn through(&self, takes: impl Fn(usize, &str) -> bool) -> Through<'p, N> {
        let mut through = Through { paths: [None; N], ends: false, goes_on: false };
        for (position, (to, path)) in through.paths.iter_mut().zip(self.paths.iter()).enumerate() {
            if let Some(path) = path
                && path.get(self.depth).is_some_and(|step| takes(position, step))
            {
                *to = Some(*path);
                let ends = path.len() == self.depth + 1;
                through.ends |= ends;
                through.goes_on |= !ends;
            }
        }
        through
    }

    /// Returns whether nothing is left to find.
    fn done(&self) -> bool {
        self.paths.iter().all(Option::is_none)
    }

    /// Closes the paths: the first of several values counts, whether or not a scalar was found there.
    fn close(&mut self, through: &Through<'p, N>) {
        for (open, seen) in self.paths.iter_mut().zip(&through.paths) {
            if seen.is_some() {
                *open = None;
            }
        }
    }

    /// Stores the value at which some of the paths end, and searches it for the others.
    fn take(&mut self, through: &Through<'p, N>, raw: &'b RawValue) {
        let scalar = scalar(self.body, raw);
        let end = self.depth + 1;
        for (found, path) in self.found.iter_mut().zip(&through.paths) {
            if path.is_some_and(|path| path.len() == end) {
                found.clone_from(&scalar);
            }
        }
        if through.goes_on {
            let mut paths = through.paths.map(|path| path.filter(|path| path.len() > end));
            let node =
                Node { body: self.body, paths: &mut paths, found: self.found, depth: end, is_last: true };
            // The error of an early end is expected, as in `lookup`.
            let _ = node.deserialize(&mut serde_json::Deserializer::from_str(raw.get()));
        }
    }

    /// Returns a node for the same paths inside a member or an item.
    fn inside<'s>(&'s mut self, through: &'s mut Through<'p, N>) -> Node<'p, 'b, 's, N> {
        let all = self.paths.iter().zip(&through.paths).all(|(open, seen)| open.is_some() == seen.is_some());
        Node {
            body: self.body,
            paths: &mut through.paths,
            found: self.found,
            depth: self.depth + 1,
            is_last: self.is_last && all,
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
            let Some(mut through) = map.next_key_seed(Key(&self))? else { return Ok(()) };
            match (through.ends, through.goes_on) {
                (false, false) => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                (true, _) => self.take(&through, map.next_value()?),
                (false, true) => {
                    let seen = through.paths;
                    map.next_value_seed(self.inside(&mut through))?;
                    through.paths = seen;
                }
            }
            self.close(&through);
        }
        // serde_json treats an object that is not read to its end as an error, which would end the whole pass.
        while !self.is_last && map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let depth = self.depth;
        let wanted = self.paths.map(|path| path.and_then(|path| position(path.get(depth)?)));
        for (open, wanted) in self.paths.iter_mut().zip(wanted) {
            *open = open.filter(|_| wanted.is_some());
        }
        let mut index = 0_usize;
        while !self.done() {
            let at = |path: usize, _: &str| wanted.get(path).is_some_and(|wanted| *wanted == Some(index));
            let mut through = self.through(at);
            let more = match (through.ends, through.goes_on) {
                (false, false) => seq.next_element::<IgnoredAny>()?.is_some(),
                (true, _) => seq.next_element()?.map(|raw| self.take(&through, raw)).is_some(),
                (false, true) => {
                    let seen = through.paths;
                    let more = seq.next_element_seed(self.inside(&mut through))?.is_some();
                    through.paths = seen;
                    more
                }
            };
            if !more {
                return Ok(());
            }
            self.close(&through);
            index += 1;
        }
        while !self.is_last && seq.next_element::<IgnoredAny>()?.is_some() {}
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

/// Compares an unescaped key with the open steps. Keys with escapes are not stored.
struct Key<'s, 'p, 'b, 'f, const N: usize>(&'s Node<'p, 'b, 'f, N>);

impl<'de, 'p, const N: usize> DeserializeSeed<'de> for Key<'_, 'p, '_, '_, N> {
    type Value = Through<'p, N>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, 'p, const N: usize> Visitor<'de> for Key<'_, 'p, '_, '_, N> {
    type Value = Through<'p, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.through(|_, step| step == key))
    }
}

/// Parses a step of a pointer as an array position: digits without leading zeros.
fn position(step: &str) -> Option<usize> {
    let is_plain = step == "0" || (!step.starts_with('0') && step.bytes().all(|byte| byte.is_ascii_digit()));
    if is_plain { step.parse().ok() } else { None }
}

/// Returns a string without its quotes, or the text of a number or boolean.
pub(crate) fn scalar(body: &[u8], raw: &RawValue) -> Option<Scalar> {
    let text = raw.get();
    let start = (text.as_ptr() as usize).checked_sub(body.as_ptr() as usize)?;
    match text.as_bytes() {
        [b'"', .., b'"'] if !text.contains('\\') => Some(Scalar::Slice(start + 1..start + text.len() - 1)),
        [b'"', ..] => {
            work::unescaped(text.len());
            unescape(text.as_bytes()).map(Scalar::Text)
        }
        [b'{' | b'[' | b'n', ..] | [] => None,
        _ => Some(Scalar::Slice(start..start + text.len())),
    }
}

#[cfg(test)]
mod tests;
