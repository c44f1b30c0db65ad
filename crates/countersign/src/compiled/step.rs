use super::separator::{HOLDS_SEPARATOR, splits};
use crate::error::VerifyError;
use crate::scheme::{FixedPart, RarePart};

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
    pub(crate) fn checked<T: AsRef<[u8]>>(&self, value: T) -> Result<T, VerifyError> {
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
