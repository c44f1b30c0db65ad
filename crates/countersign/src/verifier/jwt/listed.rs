//! Renders the headers that a JWT's header lists, as lines of its payload.

use super::parse::CompactJwt;
use crate::compiled::{Items, Source};
use crate::error::VerifyError;
use crate::scheme::JwtRules;
use crate::verifier::values::Values;

/// The largest number of headers that a JWT may list.
const MOST: usize = 64;

/// Renders a line `Name: value` for each header that the claim lists, in the order and with the names of the list.
///
/// The list must name the timestamp if that is a header, because the timestamp is treated as signed.
pub(in crate::verifier) fn claimed_headers(
    claim: &str,
    values: &Values<'_, '_>,
) -> Result<Vec<u8>, VerifyError> {
    let mut items = Items::up_to(1);
    values.compiled.grammar.parse(values.field(), None, &mut items)?;
    let jwt = CompactJwt::parse(items.signatures.first().copied().unwrap_or_default(), true)?;
    let stand_ins = stand_ins_of(&jwt, values)?;
    let stand_in = stand_ins.iter().find(|(name, ..)| name == claim).map(|(_, _, value)| value.as_str());
    let list = jwt.text(claim).or(stand_in);
    let list = list.ok_or(malformed("the header of the JWT does not list the signed headers"))?;
    let names: Vec<_> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if names.len() > MOST {
        return Err(malformed("the header of the JWT lists more headers than the limit"));
    }
    if let Some(Source::Headers(timestamp)) = &values.compiled.timestamp
        && !timestamp.iter().any(|name| names.iter().any(|other| other.eq_ignore_ascii_case(name.as_str())))
    {
        return Err(malformed("the header of the JWT does not list the timestamp"));
    }
    let is_listed = |header: &str| names.iter().any(|name| name.eq_ignore_ascii_case(header));
    if !stand_ins.iter().all(|(_, header, _)| is_listed(header)) {
        return Err(malformed(
            "a header that stands in for a parameter of the JWT is not among the signed headers",
        ));
    }
    let mut lines = Vec::new();
    for name in names {
        if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
            return Err(malformed("the header of the JWT lists an invalid header name"));
        }
        let value = value(name, values)?;
        for part in [name.as_bytes(), b": ", value, b"\n"] {
            lines.extend_from_slice(part);
        }
    }
    Ok(lines)
}

/// Returns the parameters that the header of the JWT lacks and an HTTP header has: name and value.
///
/// [`claimed_headers`] requires these headers to be signed.
pub(in crate::verifier) fn stand_ins(values: &Values<'_, '_>) -> Result<Vec<(String, String)>, VerifyError> {
    let mut items = Items::up_to(1);
    values.compiled.grammar.parse(values.field(), None, &mut items)?;
    let jwt = CompactJwt::parse(items.signatures.first().copied().unwrap_or_default(), true)?;
    let found = stand_ins_of(&jwt, values)?;
    Ok(found.into_iter().map(|(name, _, value)| (name, value)).collect())
}

/// Returns the parameters with their headers and values.
fn stand_ins_of(
    jwt: &CompactJwt<'_>,
    values: &Values<'_, '_>,
) -> Result<Vec<(String, String, String)>, VerifyError> {
    let rules = values.compiled.provider.scheme.jwt.as_ref();
    let missing = rules.into_iter().flat_map(JwtRules::stand_ins).filter(|(name, _)| !jwt.has(name));
    let found = missing.filter_map(|(name, header)| match value(header, values) {
        Ok(text) => {
            Some(Ok((name.to_owned(), header.to_owned(), String::from_utf8_lossy(text).into_owned())))
        }
        Err(VerifyError::MissingHeader { .. }) => None,
        Err(error) => Some(Err(error)),
    });
    found.collect()
}

fn value<'h>(name: &str, values: &Values<'_, 'h>) -> Result<&'h [u8], VerifyError> {
    let all = values.header_values.all().iter();
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
