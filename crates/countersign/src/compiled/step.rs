use crate::error::VerifyError;
use crate::scheme::{Needs, Part};
use crate::swar;

/// A part of the signed content, with the adjacent literals that its values must not contain: with them the content
/// would have two readings. Empty if there is no such rule.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) part: Part,
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
            .find(|step| step.part.needs(Needs::Id))
    }

    /// Returns the value, unless it contains one of the adjacent literals.
    pub(crate) fn checked<T: AsRef<[u8]>>(&self, value: T) -> Result<T, VerifyError> {
        if splits(value.as_ref(), &self.end, &self.start) {
            return Err(match self.part.value().map(|value| value.row.needs) {
                Some(needs) if needs.is_body() => BODY_HOLDS_SEPARATOR,
                Some(Needs::SignatureItem) => VerifyError::MalformedSignature { reason: HOLDS_SEPARATOR },
                _ => VerifyError::MalformedHeader { name: self.part.written(), reason: HOLDS_SEPARATOR },
            });
        }
        Ok(value)
    }
}

pub(crate) const HOLDS_SEPARATOR: &str = "contains the separator of the signed content";

#[inline]
fn contains(value: &[u8], end: &[u8]) -> bool {
    match end {
        [] => false,
        [byte] => swar::contains(value, *byte),
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

pub(super) const BODY_HOLDS_SEPARATOR: VerifyError =
    VerifyError::MalformedBody { reason: "a value contains the separator of the signed content" };

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
}
