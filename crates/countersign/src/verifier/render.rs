use super::Plan;
use super::gather::{Found, Gathered, Slot};
use super::rare::{RareHead, rare};
use crate::error::VerifyError;
use crate::mac::{Key, Mac};
use crate::scheme::FixedPart;
use crate::{target, words};

/// Signed bytes around the body, rendered from the head of a request: inline until they are too long for it.
#[derive(Debug)]
pub(crate) struct Rendered {
    inline: [u8; INLINE],
    heap: Vec<u8>,
    len: usize,
    /// Where the secret goes, for schemes that hash it with the content.
    secret_at: Option<usize>,
}

/// Id and timestamp of most schemes fit.
const INLINE: usize = 96;

/// All that is signed around the body.
#[derive(Debug)]
pub(crate) struct Around {
    pub(crate) before: Rendered,
    /// What few schemes have: one look says that there is none of it.
    pub(crate) more: Option<Box<More>>,
}

/// What few schemes have besides something in front of the body.
#[derive(Debug, Default)]
pub(crate) struct More {
    pub(crate) after: Option<Rendered>,
    /// What else may stand before the body: the URL with another port.
    pub(crate) instead: Option<Rendered>,
    pub(crate) head: Option<RareHead>,
}

impl Around {
    pub(crate) const fn new() -> Self {
        Self { before: Rendered::new(), more: None }
    }

    pub(crate) fn after(&self) -> Option<&Rendered> {
        self.more.as_ref()?.after.as_ref()
    }

    pub(crate) fn instead(&self) -> Option<&Rendered> {
        self.more.as_ref()?.instead.as_ref()
    }

    pub(crate) fn head(&self) -> Option<&RareHead> {
        self.more.as_ref()?.head.as_ref()
    }

    pub(crate) fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }
}

/// A part of the signed content, and the literal that ends it, where something that varies comes after that: a value
/// that contains it could be read in two ways.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) part: FixedPart,
    pub(crate) end: Vec<u8>,
    /// The steps of a group.
    inner: Vec<Step>,
}

impl Step {
    /// `more` says whether anything that varies follows the last part.
    pub(crate) fn all(parts: &[FixedPart], more: bool) -> Vec<Self> {
        let following = (1..=parts.len()).map(|from| parts.get(from..).unwrap_or_default());
        let ends = following.map(|following| match following {
            [FixedPart::Literal(literal), after @ ..] if more || !after.is_empty() => {
                literal.clone().into_bytes()
            }
            _ => Vec::new(),
        });
        let steps = parts.iter().zip(ends).map(|(part, end)| {
            let inner = match part {
                FixedPart::Group(parts) => Self::all(parts, true),
                _ => Vec::new(),
            };
            Self { part: part.clone(), end, inner }
        });
        steps.collect()
    }
}

/// The values that placeholders stand for.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a, 'h> {
    pub(crate) plan: &'a Plan,
    pub(crate) gathered: &'a Gathered<'h>,
    pub(crate) method: &'a str,
    pub(crate) id: Option<&'a [u8]>,
    pub(crate) timestamp: Option<&'a [u8]>,
    pub(crate) url: Option<&'a str>,
    pub(crate) target: Option<&'a str>,
}

impl<'a, 'h> Values<'a, 'h> {
    /// Path and query: of the public URL, or as they were received.
    pub(super) fn target(&self) -> Result<&'a str, VerifyError> {
        self.url.map(target::of_url).or(self.target).ok_or(VerifyError::MissingUrl)
    }

    /// The signature field.
    pub(super) fn field(&self) -> &'h [u8] {
        match self.gathered.get(Slot::Signature) {
            Found::One(field) => field,
            _ => &[],
        }
    }
}

impl Default for Rendered {
    fn default() -> Self {
        Self::new()
    }
}

impl Rendered {
    pub(crate) const fn new() -> Self {
        Self { inline: [0; INLINE], heap: Vec::new(), len: 0, secret_at: None }
    }

    /// All of it, where no secret belongs into it.
    #[inline]
    pub(crate) fn without_secret(&self) -> Option<&[u8]> {
        self.secret_at.is_none().then(|| self.as_bytes())
    }

    /// What is signed before and after the secret; without a secret the second piece is empty.
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

    /// Renders steps in order, behind what is there.
    #[inline]
    pub(crate) fn render(&mut self, steps: &[Step], values: &Values<'_, '_>) -> Result<(), VerifyError> {
        for step in steps {
            match &step.part {
                FixedPart::Literal(literal) => self.push(literal.as_bytes()),
                FixedPart::Id => self.push(values.id.ok_or(VerifyError::MissingId)?),
                FixedPart::Timestamp => self.push(values.timestamp.ok_or(VerifyError::MissingTimestamp)?),
                FixedPart::Header(name) => self.push(header(name, &step.end, values)?),
                FixedPart::Method => self.push(values.method.as_bytes()),
                FixedPart::Secret => self.secret_at = Some(self.len),
                FixedPart::Rare(part) => self.push(&rare(part, values)?),
                FixedPart::Group(_) => self.render_group(&step.inner, values)?,
                FixedPart::Url | FixedPart::UrlWithoutQuery | FixedPart::Path | FixedPart::Query => {
                    self.push(url_part(&step.part, values.url.ok_or(VerifyError::MissingUrl)?).as_bytes());
                }
            }
        }
        Ok(())
    }

    /// Renders all steps, or none of them when one has no value.
    #[cold]
    fn render_group(&mut self, steps: &[Step], values: &Values<'_, '_>) -> Result<(), VerifyError> {
        let mut group = Self::new();
        match group.render(steps, values) {
            Ok(()) => self.push(group.as_bytes()),
            Err(error) if error.is_absence() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        if self.heap.is_empty() { self.inline.get(..self.len).unwrap_or_default() } else { &self.heap }
    }

    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        match (self.inline.get_mut(self.len..end), bytes) {
            // Most literals: not worth a call to memcpy.
            (Some([room]), [byte]) => *room = *byte,
            (Some(room), _) => room.copy_from_slice(bytes),
            (None, _) => self.push_to_heap(bytes),
        }
        self.len = end;
    }

    #[cold]
    fn push_to_heap(&mut self, bytes: &[u8]) {
        if self.heap.is_empty() {
            self.heap.extend_from_slice(self.inline.get(..self.len).unwrap_or_default());
        }
        self.heap.extend_from_slice(bytes);
    }
}

fn header<'h>(name: &http::HeaderName, end: &[u8], values: &Values<'_, 'h>) -> Result<&'h [u8], VerifyError> {
    let malformed = |reason| VerifyError::MalformedHeader { name: name.to_string(), reason };
    match values.gathered.signed(values.plan, name) {
        Found::Nothing => Err(VerifyError::MissingHeader { name: name.to_string() }),
        Found::Several => Err(malformed("is there twice with different values")),
        Found::One(value) if contains(value, end) => {
            Err(malformed("contains the separator of the signed content"))
        }
        Found::One(value) => Ok(value),
    }
}

fn url_part<'u>(part: &FixedPart, url: &'u str) -> &'u str {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    match part {
        FixedPart::Query => query,
        FixedPart::UrlWithoutQuery => before,
        FixedPart::Path => {
            let origin = before.split_once("://").map_or(before, |(_, rest)| rest);
            origin.find('/').and_then(|at| origin.get(at..)).unwrap_or("/")
        }
        _ => url,
    }
}

#[inline]
pub(crate) fn contains(value: &[u8], end: &[u8]) -> bool {
    match end {
        [] => false,
        [byte] => words::contains(value, *byte),
        _ => memchr::memmem::find(value, end).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_url() {
        let url = "https://example.com:8443/a/b?x=1&y=2";
        assert_eq!(url_part(&FixedPart::Url, url), url);
        assert_eq!(url_part(&FixedPart::Path, url), "/a/b");
        assert_eq!(url_part(&FixedPart::Query, url), "x=1&y=2");
        assert_eq!(url_part(&FixedPart::UrlWithoutQuery, url), "https://example.com:8443/a/b");
        assert_eq!(url_part(&FixedPart::Path, "https://example.com"), "/");
    }

    #[test]
    fn long_parts_move_to_the_heap_unchanged() {
        for lengths in [[10, 20, 30], [90, 6, 1], [96, 0, 1], [97, 0, 0], [0, 200, 5]] {
            let mut rendered = Rendered::new();
            let pieces = lengths.map(|length| vec![b'x'; length]);
            pieces.iter().for_each(|piece| rendered.push(piece));
            assert_eq!(rendered.as_bytes(), pieces.concat(), "{lengths:?}");
        }
    }
}
