use crate::compiled::{CompiledScheme, HeaderValues, Occurrence, Slot};
use crate::error::VerifyError;
use crate::url;

/// The values of the placeholders.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a, 'h> {
    pub(crate) compiled: &'a CompiledScheme,
    pub(crate) header_values: &'a HeaderValues<'h>,
    pub(crate) method: &'a str,
    pub(crate) id: Option<&'a [u8]>,
    pub(crate) timestamp: Option<&'a [u8]>,
    pub(crate) url: Option<&'a str>,
    pub(crate) target: Option<&'a str>,
}

impl<'a, 'h> Values<'a, 'h> {
    /// Returns path and query: of the public URL, or as they were received.
    pub(crate) fn target(&self) -> Result<&'a str, VerifyError> {
        self.url.map(url::target_of).or(self.target).ok_or(VerifyError::MissingUrl)
    }

    /// Returns the signature field.
    pub(crate) fn field(&self) -> &'h [u8] {
        match self.header_values.get(Slot::Signature) {
            Occurrence::One(field) => field,
            _ => &[],
        }
    }
}
