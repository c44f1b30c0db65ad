//! Renders the parts of the signed content that only few schemes use.

use super::listed;
use super::values::Values;
use crate::compiled::{HOLDS_SEPARATOR, Occurrence, Source};
use crate::error::VerifyError;
use crate::scheme::{Apply, Needs, Value};
use crate::url;

/// Returns the value of a placeholder. Not called for ordinary deliveries.
#[cold]
pub(super) fn derived_part(value: &Value, values: &Values<'_, '_>) -> Result<Vec<u8>, VerifyError> {
    let name = value.text.as_str();
    match value.row.needs {
        Needs::Target => Ok(value.transformed(values.target()?).into_owned().into_bytes()),
        Needs::Query if url::is_ambiguous(values.target()?, name) => {
            let reason = "is there twice with different values";
            Err(VerifyError::MalformedHeader { name: format!("query:{name}"), reason })
        }
        Needs::Query => url::parameter(values.target()?, name)
            .map(|found| found.into_owned().into_bytes())
            .ok_or_else(|| VerifyError::MissingParameter { name: name.to_owned() }),
        Needs::SignatureItem => {
            // The list of the signed headers may contain the separator of the field.
            let grammar = &values.compiled.grammar;
            let item = if values.compiled.content.header_list() == Some(name) {
                grammar.list_item(values.field(), name.as_bytes())
            } else {
                grammar.item(values.field(), name.as_bytes())
            };
            let item = item.ok_or(NO_ITEM)?;
            let Apply::Text(apply) = value.row.apply else { return Ok(item.to_vec()) };
            let text = std::str::from_utf8(item).map_err(|_| VerifyError::MalformedSignature {
                reason: "an item that is signed is not UTF-8",
            })?;
            Ok(apply(text).into_owned().into_bytes())
        }
        Needs::HeadersOfItem => listed::values(name, values),
        Needs::Headers => listed_headers(value, values),
        #[cfg(feature = "jwt")]
        Needs::HeadersOfClaim => super::jwt::claimed_headers(name, values),
        // No verifier for JWTs is built without the feature, and none with an open parameter: see
        // `CompiledScheme::check_complete`. The other placeholders are rendered elsewhere.
        _ => Err(VerifyError::MissingParameter { name: name.to_owned() }),
    }
}

const NO_ITEM: VerifyError =
    VerifyError::MalformedSignature { reason: "an item that is signed is not in the field" };

/// Returns the headers that a header lists, sorted by name: `name:value` each, joined by `;`.
///
/// The list is signed with the rest, so it has one reading only if it names itself and the timestamp, if its names
/// are those of present headers, and if no value contains a `;` followed by one of the names.
fn listed_headers(list: &Value, values: &Values<'_, '_>) -> Result<Vec<u8>, VerifyError> {
    let missing = || VerifyError::MissingHeader { name: list.text.clone() };
    let list = list.header().ok_or_else(missing)?;
    let Occurrence::One(text) = values.header_values.signed(&values.compiled.headers, list) else {
        return Err(missing());
    };
    let malformed = |reason| VerifyError::MalformedHeader { name: list.to_string(), reason };
    if memchr::memchr_iter(b',', text).count() >= values.header_values.all().len() {
        return Err(malformed("lists more headers than there are"));
    }
    let mut names: Vec<_> = text.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).collect();
    names.sort_unstable();
    names.dedup();
    if names.iter().any(|name| http::HeaderName::from_bytes(name).is_err()) {
        return Err(malformed("has something in its list that is not the name of a header"));
    }
    let all = values.header_values.all();
    let sent = |name: &[u8]| {
        all.iter().filter(|(other, _)| other.as_bytes() == name).map(|(_, value)| *value).collect::<Vec<_>>()
    };
    let mut needed = vec![list.as_str()];
    if let Some(Source::Headers(timestamp)) = &values.compiled.timestamp {
        needed.extend(
            timestamp.iter().map(http::HeaderName::as_str).filter(|name| !sent(name.as_bytes()).is_empty()),
        );
    }
    if needed.iter().any(|name| !names.contains(&name.as_bytes())) {
        return Err(malformed("does not list itself and the timestamp"));
    }
    let mut lines = Vec::with_capacity(names.len());
    for name in &names {
        let missing = || VerifyError::MissingHeader { name: String::from_utf8_lossy(name).into_owned() };
        let sent = sent(name);
        let (value, more) = sent.split_first().ok_or_else(missing)?;
        if more.iter().any(|other| other != value) {
            return Err(malformed("lists a header that is there twice with different values"));
        }
        lines.push([name, b":".as_slice(), value.trim_ascii()].concat());
    }
    let joined = lines.join(&b';');
    // The joined value must have as many cuts as the list has headers.
    let cuts = joined.split(|byte| *byte == b';').filter(|piece| {
        let name = piece.split(|byte| *byte == b':').next().unwrap_or_default();
        name.len() < piece.len() && names.contains(&name)
    });
    if cuts.count() == names.len() { Ok(joined) } else { Err(malformed(HOLDS_SEPARATOR)) }
}
