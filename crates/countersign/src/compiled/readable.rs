//! Checks that id, type and name of the key are read at the places that a declaration gives them: a value at any other
//! place would be missing in every request.

use super::scheme::CompiledScheme;
use super::source::Source;
use crate::error::ConfigError;
use crate::scheme::Format;

pub(super) fn check(compiled: &CompiledScheme) -> Result<(), ConfigError> {
    let is_message = compiled.provider.scheme.message_signature.is_some();
    let is_item = |source: Option<&Source>, name: &str| match source {
        Some(Source::SignatureItem(item)) => is_message && item == name.as_bytes(),
        Some(Source::SignatureIndex(_)) => false,
        _ => true,
    };
    let items = if is_message {
        "is read at `sig:nonce` only, of the parameters of a signature (RFC 9421)"
    } else {
        "is not read in the signature field, of whose items only the timestamp and the name of the key are: expected `header:`, \
         `query:`, `json:` or `form:`"
    };
    needs(is_item(compiled.id.as_ref(), "nonce"), "event.id", items)?;
    needs(
        !compiled.event_type.as_ref().is_some_and(Source::is_in_signature),
        "event.type",
        "is not read in the signature field: expected `header:`, `query:`, `json:`, `form:` or, of a JWT, `claim:`",
    )?;
    check_key_id(compiled, is_message)
}

fn check_key_id(compiled: &CompiledScheme, is_message: bool) -> Result<(), ConfigError> {
    let scheme = &compiled.provider.scheme;
    let is_list = matches!(scheme.signature.format, Format::List { .. });
    let reads = |source: &Source| matches!(source, Source::Headers(_) | Source::Json(_) | Source::Form(_));
    let is_read = match &compiled.key_id {
        None => true,
        Some(Source::SignatureItem(item)) if is_message => item == b"keyid",
        Some(Source::SignatureItem(_)) => is_list && !compiled.signature.is_in_body(),
        Some(Source::FirstOf { head, body, .. }) => head.iter().chain(body).all(reads),
        Some(source) => reads(source),
    };
    needs(
        is_read,
        "scheme.key_id",
        "is read in a header, a member of the body (`json:`, `form:`), an item of a signature field in the head that is a list \
         (`sig:NAME`) or the parameter `sig:keyid` of a message signature (RFC 9421)",
    )
}

fn needs(ok: bool, field: &str, problem: &str) -> Result<(), ConfigError> {
    if ok { Ok(()) } else { Err(ConfigError::new(field, problem)) }
}
