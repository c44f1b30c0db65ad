//! Parses the two signature headers as structured fields (RFC 9651).

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sfv::{BareItem, Dictionary, InnerList, ListEntry, Parameters, Parser};

use super::value::{lines, malformed, serialized};
use crate::error::VerifyError;
use crate::verifier::values::Values;

/// Parses the lines of a header as one dictionary. A header longer than the limit is rejected before it is parsed.
pub(super) fn dictionary(
    name: &str,
    most: usize,
    values: &Values<'_, '_>,
) -> Result<Dictionary, VerifyError> {
    let lines = lines(name, values);
    let length = lines.iter().fold(0, |sum: usize, line| sum.saturating_add(line.len() + 2));
    if length > most {
        return Err(malformed("the field is longer than the limit"));
    }
    Parser::new(&lines.join(b", ".as_slice()))
        .parse()
        .map_err(|_| malformed("a header of the signatures is not a dictionary (RFC 9651)"))
}

/// Returns whether the header contains these bytes in canonical Base64. Parsers of structured fields ignore the
/// spare bits, which would give a signature several forms.
pub(super) fn is_written_once(name: &str, bytes: &[u8], values: &Values<'_, '_>) -> bool {
    let written = STANDARD_NO_PAD.encode(bytes);
    lines(name, values).iter().any(|line| memchr::memmem::find(line, written.as_bytes()).is_some())
}

/// Serialises the covered components and the parameters as in the signature base.
pub(super) fn signature_params(covered: &InnerList) -> Result<String, VerifyError> {
    serialized(ListEntry::InnerList(covered.clone())).ok_or(malformed("the list of components is empty"))
}

/// Returns a parameter that is a string.
pub(super) fn text<'p>(params: &'p Parameters, name: &str) -> Result<Option<&'p str>, VerifyError> {
    match params.get(name) {
        None => Ok(None),
        Some(BareItem::String(text)) => Ok(Some(text.as_str())),
        Some(_) => Err(malformed("a parameter of a signature is not a string")),
    }
}

/// Returns a parameter that is a time.
pub(super) fn time(params: &Parameters, name: &str) -> Result<Option<i64>, VerifyError> {
    match params.get(name) {
        None => Ok(None),
        Some(BareItem::Integer(secs)) => Ok(Some(i64::from(*secs))),
        Some(_) => Err(VerifyError::MalformedTimestamp { reason: "is not an integer" }),
    }
}
