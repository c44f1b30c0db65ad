//! Renders the headers that a token's header lists, as lines of its payload.

use super::parse::Token;
use crate::error::VerifyError;
use crate::verifier::Source;
use crate::verifier::grammar::Items;
use crate::verifier::render::Values;

/// The largest number of headers that a token may list.
const MOST: usize = 64;

/// Renders a line `Name: value` for each header that the claim lists, in the order and with the names of the list.
///
/// The list must name the timestamp if that is a header, because the timestamp is treated as signed.
pub(in crate::verifier) fn claimed_headers(
    claim: &str,
    values: &Values<'_, '_>,
) -> Result<Vec<u8>, VerifyError> {
    let mut items = Items::default();
    values.plan.grammar.parse(values.field(), None, &mut items)?;
    let token = Token::parse(items.signatures.first().copied().unwrap_or_default(), true)?;
    let list =
        token.text(claim).ok_or(malformed("the header of the token does not list the signed headers"))?;
    let names: Vec<_> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.len() > MOST {
        return Err(malformed("the header of the token lists more headers than the limit"));
    }
    if let Some(Source::Headers(timestamp)) = &values.plan.timestamp
        && !timestamp.iter().any(|name| names.iter().any(|other| other.eq_ignore_ascii_case(name.as_str())))
    {
        return Err(malformed("the header of the token does not list the timestamp"));
    }
    let mut lines = Vec::new();
    for name in names {
        if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
            return Err(malformed("the header of the token lists an invalid header name"));
        }
        let value = value(name, values)?;
        for part in [name.as_bytes(), b": ", value, b"\n"] {
            lines.extend_from_slice(part);
        }
    }
    Ok(lines)
}

fn value<'h>(name: &str, values: &Values<'_, 'h>) -> Result<&'h [u8], VerifyError> {
    let all = values.gathered.all().iter();
    let mut found = all.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
    let first = found.next().ok_or_else(|| VerifyError::MissingHeader { name: name.to_owned() })?;
    let refuse = |reason| Err(VerifyError::MalformedHeader { name: name.to_owned(), reason });
    if found.any(|other| other != first) {
        return refuse("is there twice with different values");
    }
    if first.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return refuse("has a line break in its value");
    }
    Ok(first)
}

const fn malformed(reason: &'static str) -> VerifyError {
    VerifyError::MalformedSignature { reason }
}
