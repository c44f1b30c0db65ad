//! Reads the objects of a JSON body, with the places of their members.

use std::borrow::Cow;

use super::unique::{end_of_string, text};
use crate::work;

/// An object of the body.
pub(super) struct Object<'b> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) members: Vec<Member<'b>>,
}

impl Object<'_> {
    /// Returns whether two members have the same name.
    pub(super) fn has_repeated_member(&self, are_sorted: bool) -> bool {
        let mut names: Vec<&str> = self.members.iter().map(|member| &*member.name).collect();
        if !are_sorted {
            names.sort_unstable();
        }
        names.windows(2).any(|pair| matches!(pair, [one, other] if one == other))
    }
}

/// A member of an object: its name, and the place of its value.
pub(super) struct Member<'b> {
    pub(super) name: Cow<'b, str>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Reads a body that is known to be JSON, in one pass. The parser that validated it bounds the depth.
pub(super) struct Reader<'b> {
    pub(super) json: &'b [u8],
    pub(super) at: usize,
}

impl<'b> Reader<'b> {
    /// Reads one value, and collects its objects.
    pub(super) fn value(&mut self, mut objects: Option<&mut Vec<Object<'b>>>) -> Option<()> {
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
                    work::parts(1);
                    members.push(Member { name, start, end: self.at });
                }
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

    /// Returns the name of the next member, up to its colon, or `None` after the last one.
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

    /// Returns the string that begins here, with its quotes.
    pub(super) fn string(&mut self) -> Option<&'b [u8]> {
        let start = self.at;
        self.at = end_of_string(self.json, start)?;
        self.json.get(start..self.at)
    }

    fn skip_space(&mut self) {
        while self.json.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }
}
