use std::borrow::Cow;

use super::Plan;
use super::gather::{Found, Gathered, Slot};
use super::rare::{RareHead, rare};
use crate::error::VerifyError;
use crate::mac::{Key, Mac};
use crate::scheme::{FixedPart, RarePart};
use crate::{target, words};

/// Signed bytes around the body, rendered from the head of a request. Stored inline up to a limit.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    inline: [u8; INLINE],
    heap: Vec<u8>,
    len: usize,
    /// The position of the secret, for schemes that hash it with the content.
    secret_at: Option<usize>,
    /// Whether a group was omitted.
    left_out: bool,
}

/// The inline capacity in bytes: enough for id and timestamp of most schemes.
const INLINE: usize = 96;

/// The signed bytes before and after the body.
#[derive(Debug)]
pub(crate) struct Around {
    pub(crate) before: Rendered,
    /// The length of the optional literal at the start, or 0.
    pub(crate) optional_start: usize,
    /// The parts that few schemes have. `None` is the common case and costs one check.
    pub(crate) more: Option<Box<More>>,
}

/// The signed parts other than the prefix, which few schemes have.
#[derive(Debug, Default)]
pub(crate) struct More {
    pub(crate) after: Option<Rendered>,
    /// The prefix with another port in the URL.
    pub(crate) instead: Option<Rendered>,
    pub(crate) head: Option<RareHead>,
}

impl Around {
    pub(crate) const fn new() -> Self {
        Self { before: Rendered::new(), optional_start: 0, more: None }
    }

    pub(crate) fn after(&self) -> Option<&Rendered> {
        self.more.as_ref()?.after.as_ref()
    }

    /// Returns the alternative prefix.
    pub(crate) fn instead(&self) -> Option<Cow<'_, Rendered>> {
        if self.optional_start > 0 {
            return Some(Cow::Owned(self.before.without_start(self.optional_start)));
        }
        self.more.as_ref()?.instead.as_ref().map(Cow::Borrowed)
    }

    pub(crate) fn head(&self) -> Option<&RareHead> {
        self.more.as_ref()?.head.as_ref()
    }

    pub(crate) fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }
}

/// A part of the signed content, with the adjacent literals that its values must not contain: with them the content
/// would have two readings. Empty if there is no such rule.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) part: FixedPart,
    pub(crate) end: Vec<u8>,
    pub(crate) start: Vec<u8>,
    /// The steps of a group.
    pub(crate) inner: Vec<Step>,
}

impl Step {
    /// Returns the step that renders the id, whether or not it is in a group.
    pub(crate) fn of_id(steps: &[Self]) -> Option<&Self> {
        steps
            .iter()
            .flat_map(|step| std::iter::once(step).chain(&step.inner))
            .find(|step| step.part == FixedPart::Id)
    }

    /// Returns the value, unless it contains one of the adjacent literals.
    fn checked<T: AsRef<[u8]>>(&self, value: T) -> Result<T, VerifyError> {
        if splits(value.as_ref(), &self.end, &self.start) {
            return Err(match &self.part {
                FixedPart::Rare(RarePart::SignatureItem(_)) => {
                    VerifyError::MalformedSignature { reason: HOLDS_SEPARATOR }
                }
                part => VerifyError::MalformedHeader { name: part.written(), reason: HOLDS_SEPARATOR },
            });
        }
        Ok(value)
    }
}

/// The values of the placeholders.
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
    /// Returns path and query: of the public URL, or as they were received.
    pub(super) fn target(&self) -> Result<&'a str, VerifyError> {
        self.url.map(target::of_url).or(self.target).ok_or(VerifyError::MissingUrl)
    }

    /// Returns the signature field.
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
        Self { inline: [0; INLINE], heap: Vec::new(), len: 0, secret_at: None, left_out: false }
    }

    /// Returns whether a group of parts was omitted.
    pub(super) const fn left_out(&self) -> bool {
        self.left_out
    }

    #[cfg(test)]
    pub(crate) fn with_group_left_out(left_out: bool) -> Self {
        Self { left_out, ..Self::new() }
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

    /// Appends the steps in order.
    #[inline]
    pub(crate) fn render(&mut self, steps: &[Step], values: &Values<'_, '_>) -> Result<(), VerifyError> {
        for step in steps {
            match &step.part {
                FixedPart::Literal(literal) => self.push(literal.as_bytes()),
                FixedPart::Id => self.push(values.id.ok_or(VerifyError::MissingId)?),
                FixedPart::Timestamp => self.push(values.timestamp.ok_or(VerifyError::MissingTimestamp)?),
                FixedPart::Header(name) => self.push(header(name, step, values)?),
                FixedPart::Method => self.push(step.checked(values.method)?.as_bytes()),
                FixedPart::Secret => self.secret_at = Some(self.len),
                FixedPart::Rare(part) => self.push(&step.checked(rare(part, values)?)?),
                FixedPart::Group(_) => self.render_group(&step.inner, values)?,
                FixedPart::Url | FixedPart::UrlWithoutQuery | FixedPart::Path | FixedPart::Query => {
                    let url = values.url.ok_or(VerifyError::MissingUrl)?;
                    self.push(step.checked(url_part(&step.part, url))?.as_bytes());
                }
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

    /// Returns a copy without its first bytes, which are a literal.
    #[cold]
    fn without_start(&self, len: usize) -> Self {
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
    fn push(&mut self, bytes: &[u8]) {
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
            self.heap.extend_from_slice(self.inline.get(..self.len).unwrap_or_default());
        }
        self.heap.extend_from_slice(bytes);
    }
}

fn header<'h>(
    name: &http::HeaderName,
    step: &Step,
    values: &Values<'_, 'h>,
) -> Result<&'h [u8], VerifyError> {
    let malformed = |reason| VerifyError::MalformedHeader { name: name.to_string(), reason };
    match values.gathered.signed(values.plan, name) {
        Found::Nothing => Err(VerifyError::MissingHeader { name: name.to_string() }),
        Found::Several => Err(malformed("is there twice with different values")),
        Found::One(value) if splits(value, &step.end, &step.start) => Err(malformed(HOLDS_SEPARATOR)),
        Found::One(value) => Ok(value),
    }
}

pub(super) const HOLDS_SEPARATOR: &str = "contains the separator of the signed content";

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

/// Returns whether a value between these literals makes one of them appear at another place than its own.
pub(crate) fn splits(value: &[u8], end: &[u8], start: &[u8]) -> bool {
    // A literal that ends as it begins may also appear where the value and the literal meet.
    let at_end = |kept| {
        value.ends_with(end.get(..kept).unwrap_or_default()) && end.get(kept..) == end.get(..end.len() - kept)
    };
    let at_start = |kept: usize| {
        value.starts_with(start.get(kept..).unwrap_or_default())
            && start.get(..kept) == start.get(start.len() - kept..)
    };
    contains(value, end)
        || contains(value, start)
        || (1..end.len()).any(at_end)
        || (1..start.len()).any(at_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_separator_must_not_appear_where_the_value_meets_it() {
        assert!(splits(b"a.b", b".", b"") && splits(b"a.b", b"", b".") && splits(b"a--b", b"--", b""));
        assert!(splits(b"a-", b"--", b"") && splits(b"-a", b"", b"--") && !splits(b"ax:", b":x:", b""));
        assert!(splits(b"a:x", b":x:", b""));
        assert!(!splits(b"a-b", b"--", b"--") && !splits(b"", b".", b".") && !splits(b"a.b", b"", b""));
    }

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
