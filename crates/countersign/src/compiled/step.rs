use super::separator::{HOLDS_SEPARATOR, splits};
use crate::error::VerifyError;
use crate::scheme::{Needs, Part};

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

pub(super) const BODY_HOLDS_SEPARATOR: VerifyError =
    VerifyError::MalformedBody { reason: "a value contains the separator of the signed content" };
