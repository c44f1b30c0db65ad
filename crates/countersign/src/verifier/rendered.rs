use super::derived_part::derived_part;
use super::values::Values;
use crate::compiled::{HOLDS_SEPARATOR, Occurrence, Step, splits};
use crate::error::VerifyError;
use crate::mac::{Key, Mac};
use crate::scheme::{Needs, Part, Value};

/// Signed bytes around the body, rendered from the head of a request. Stored inline up to a limit.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    inline: [u8; INLINE],
    heap: Vec<u8>,
    pub(super) len: usize,
    /// The position of the secret, for schemes that hash it with the content.
    pub(super) secret_at: Option<usize>,
    /// Whether a group was omitted.
    pub(super) left_out: bool,
}

/// The inline capacity in bytes: enough for id and timestamp of most schemes.
const INLINE: usize = 96;

impl Default for Rendered {
    fn default() -> Self {
        Self::new()
    }
}

impl Rendered {
    pub(crate) const fn new() -> Self {
        Self { inline: [0; INLINE], heap: Vec::new(), len: 0, secret_at: None, left_out: false }
    }

    /// Appends the steps in order.
    #[inline]
    pub(crate) fn render(&mut self, steps: &[Step], values: &Values<'_, '_>) -> Result<(), VerifyError> {
        let looked_for = &values.compiled.looked_for;
        for step in steps {
            match &step.part {
                Part::Literal(literal) => self.push(literal.as_bytes()),
                Part::Value(value) => match value.row.needs {
                    Needs::Id => self.push(values.id.ok_or_else(|| looked_for.missing_id())?),
                    Needs::Timestamp => {
                        self.push(values.timestamp.ok_or_else(|| looked_for.missing_timestamp())?)
                    }
                    Needs::Secret => self.secret_at = Some(self.len),
                    Needs::Header => self.push(header(value, step, values)?),
                    Needs::Method => self.push(step.checked(value.transformed(values.method).as_bytes())?),
                    Needs::Url => {
                        let url = values.url.ok_or(VerifyError::MissingUrl)?;
                        self.push(step.checked(value.transformed(url).as_bytes())?);
                    }
                    _ => self.push(&step.checked(derived_part(value, values)?)?),
                },
                Part::Group(_) => self.render_group(&step.inner, values)?,
            }
        }
        Ok(())
    }

    /// Renders all steps, or none of them if one has no value.
    #[cold]
    fn render_group(&mut self, steps: &[Step], values: &Values<'_, '_>) -> Result<(), VerifyError> {
        let mut group = Self::new();
        match group.render(steps, values) {
            Ok(()) => self.push(group.as_bytes()),
            Err(error) if error.is_absence() => self.left_out = true,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Returns whether a group of parts was omitted.
    pub(super) const fn left_out(&self) -> bool {
        self.left_out
    }

    /// Returns all bytes if the content does not include the secret.
    #[inline]
    pub(crate) fn without_secret(&self) -> Option<&[u8]> {
        self.secret_at.is_none().then(|| self.as_bytes())
    }

    /// Returns the signed bytes before and after the secret. Without a secret the second piece is empty.
    pub(crate) fn pieces<'a>(&'a self, key: &'a Key) -> [&'a [u8]; 3] {
        let bytes = self.as_bytes();
        match self.secret_at.and_then(|at| bytes.split_at_checked(at)) {
            None => [bytes, &[], &[]],
            Some((before, after)) => [before, key.bytes(), after],
        }
    }

    pub(crate) fn absorb_into(&self, mac: &mut Mac, key: &Key) {
        for piece in self.pieces(key) {
            mac.update(piece);
        }
    }

    /// Returns a copy without its first bytes, which are a literal.
    #[cold]
    pub(super) fn without_start(&self, len: usize) -> Self {
        let mut rest = Self::new();
        rest.push(self.as_bytes().get(len..).unwrap_or_default());
        rest.secret_at = self.secret_at.map(|at| at.saturating_sub(len));
        rest.left_out = self.left_out;
        rest
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        if self.heap.is_empty() { self.inline.get(..self.len).unwrap_or_default() } else { &self.heap }
    }

    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        match (self.inline.get_mut(self.len..end), bytes) {
            // Most literals are too short for a call to memcpy to pay off.
            (Some([room]), [byte]) => *room = *byte,
            (Some(room), _) => room.copy_from_slice(bytes),
            (None, _) => self.push_to_heap(bytes),
        }
        self.len = end;
    }

    #[cold]
    fn push_to_heap(&mut self, bytes: &[u8]) {
        if self.heap.is_empty() {
            self.heap.reserve_exact(self.len + bytes.len());
            self.heap.extend_from_slice(self.inline.get(..self.len).unwrap_or_default());
        }
        // Content has few parts, and room for more of them would be held while the body arrives.
        self.heap.reserve_exact(bytes.len());
        self.heap.extend_from_slice(bytes);
    }
}

fn header<'h>(value: &Value, step: &Step, values: &Values<'_, 'h>) -> Result<&'h [u8], VerifyError> {
    let malformed = |reason| VerifyError::MalformedHeader { name: value.text.clone(), reason };
    let found = value.header().map(|name| values.header_values.signed(&values.compiled.headers, name));
    match found.unwrap_or_default() {
        Occurrence::Nothing => Err(VerifyError::MissingHeader { name: value.text.clone() }),
        Occurrence::Several => Err(malformed("is there twice with different values")),
        Occurrence::One(value) if splits(value, &step.end, &step.start) => Err(malformed(HOLDS_SEPARATOR)),
        Occurrence::One(value) => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_parts_move_to_the_heap_unchanged() {
        for lengths in [[10, 20, 30], [90, 6, 1], [96, 0, 1], [97, 0, 0], [0, 200, 5], [90, 40, 1]] {
            let mut rendered = Rendered::new();
            let pieces = lengths.map(|length| vec![b'x'; length]);
            pieces.iter().for_each(|piece| rendered.push(piece));
            assert_eq!(rendered.as_bytes(), pieces.concat(), "{lengths:?}");
            assert!(rendered.heap.capacity() < 2 * rendered.len, "{lengths:?}: no room is held");
        }
    }

    #[test]
    fn the_secret_moves_with_the_bytes_behind_a_literal_that_is_left_out() {
        let mut rendered = Rendered::new();
        rendered.push(b"v1:id:");
        rendered.secret_at = Some(6);
        rendered.push(b":time");
        rendered.left_out = true;
        let rest = rendered.without_start(3);
        assert_eq!(rest.as_bytes(), b"id::time");
        assert_eq!((rest.secret_at, rest.left_out), (Some(3), true));
    }
}
