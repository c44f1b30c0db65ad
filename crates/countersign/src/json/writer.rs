//! Writes JSON in the form in which a provider signs it.

use super::reader::{Object, Reader};
use super::unique::text;
use crate::escape::escape;

/// A format of JSON output.
#[derive(Clone, Copy)]
pub(super) enum Style<'s> {
    Sorted,
    Php { without: Option<&'s str> },
}

/// Writes the parsed value, objects in the order of their members.
pub(super) struct Writer<'w, 'b> {
    pub(super) json: &'b [u8],
    pub(super) objects: &'w [Object<'b>],
    pub(super) out: &'w mut Vec<u8>,
    pub(super) style: Style<'w>,
}

impl Writer<'_, '_> {
    /// Writes the value between two positions.
    pub(super) fn value(&mut self, start: usize, end: usize) -> Option<()> {
        let mut reader = Reader { json: self.json, at: start };
        while reader.at < end {
            match self.json.get(reader.at)? {
                b'"' => self.string(reader.string()?)?,
                b'{' => reader.at = self.object(reader.at)?,
                byte if byte.is_ascii_whitespace() => reader.at += 1,
                _ => {
                    let rest = self.json.get(reader.at..end)?;
                    let ends = |byte: &u8| matches!(byte, b'"' | b'{') || byte.is_ascii_whitespace();
                    let plain = rest.iter().position(ends).unwrap_or(rest.len());
                    self.out.extend_from_slice(rest.get(..plain)?);
                    reader.at += plain;
                }
            }
        }
        Some(())
    }

    fn object(&mut self, start: usize) -> Option<usize> {
        let at = self.objects.binary_search_by_key(&start, |object| object.start).ok()?;
        let object = self.objects.get(at)?;
        // PHP has one kind of array: with the keys 0, 1, 2 and so on it is a list.
        let is_list = matches!(self.style, Style::Php { .. })
            && object.members.iter().zip(0_usize..).all(|(member, index)| *member.name == index.to_string());
        self.out.push(if is_list { b'[' } else { b'{' });
        for (index, member) in object.members.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            if !is_list {
                self.text(&member.name)?;
                self.out.push(b':');
            }
            self.value(member.start, member.end)?;
        }
        self.out.push(if is_list { b']' } else { b'}' });
        Some(object.end)
    }

    fn string(&mut self, quoted: &[u8]) -> Option<()> {
        if matches!(self.style, Style::Sorted) && !quoted.contains(&b'\\') {
            self.out.extend_from_slice(quoted);
            return Some(());
        }
        self.text(&text(quoted)?)
    }

    /// Writes text with quotes around it.
    fn text(&mut self, text: &str) -> Option<()> {
        if matches!(self.style, Style::Sorted) {
            escape(text, self.out);
            return Some(());
        }
        // Both formats escape control characters alike.
        let mut quoted = Vec::new();
        escape(text, &mut quoted);
        let mut rest = quoted.as_slice();
        while let Some(at) = memchr::memchr2(b'/', 0xe2, rest) {
            let (plain, other) = rest.split_at_checked(at)?;
            self.out.extend_from_slice(plain);
            let (escape, len): (&[u8], usize) = match other {
                [b'/', ..] => (b"\\/", 1),
                // U+2028 and U+2029.
                [0xe2, 0x80, 0xa8, ..] => (b"\\u2028", 3),
                [0xe2, 0x80, 0xa9, ..] => (b"\\u2029", 3),
                _ => (other.get(..1)?, 1),
            };
            self.out.extend_from_slice(escape);
            rest = other.get(len..)?;
        }
        self.out.extend_from_slice(rest);
        Some(())
    }
}
