//! Renders the parts of the signed content that only few schemes use.

use super::listed;
use super::values::Values;
use crate::compiled::{Found, HOLDS_SEPARATOR, Source};
use crate::error::VerifyError;
use crate::scheme::RarePart;
use crate::target;

/// Returns the value of a part. Not called for ordinary deliveries.
#[cold]
pub(super) fn rare(part: &RarePart, values: &Values<'_, '_>) -> Result<Vec<u8>, VerifyError> {
    let text = match part {
        RarePart::MethodLower => values.method.to_ascii_lowercase(),
        RarePart::UrlSortedQuery => target::sorted_query(values.url.ok_or(VerifyError::MissingUrl)?),
        RarePart::Target => values.target()?.to_owned(),
        RarePart::TargetEncodedQuery => target::encoded_twice(values.target()?),
        RarePart::QueryCanonical => target::canonical_query(values.target()?),
        RarePart::QueryParameter(name) if target::is_ambiguous(values.target()?, name) => {
            let reason = "is there twice with different values";
            return Err(VerifyError::MalformedHeader { name: format!("query:{name}"), reason });
        }
        RarePart::QueryParameter(name) => target::parameter(values.target()?, name)
            .ok_or_else(|| VerifyError::MissingParameter { name: name.clone() })?
            .into_owned(),
        RarePart::SignatureItem(tag) => {
            // The list of the signed headers may contain the separator of the field.
            let grammar = &values.plan.grammar;
            let item = if values.plan.content.header_list() == Some(tag) {
                grammar.list_item(values.field(), tag.as_bytes())
            } else {
                grammar.item(values.field(), tag.as_bytes())
            };
            return item.map(<[u8]>::to_vec).ok_or(NO_ITEM);
        }
        RarePart::SignatureItemJson(tag) => {
            let item = values.plan.grammar.item(values.field(), tag.as_bytes()).ok_or(NO_ITEM)?;
            let text = std::str::from_utf8(item).ok().and_then(|text| serde_json::to_string(text).ok());
            text.ok_or(VerifyError::MalformedSignature { reason: "an item that is signed is not UTF-8" })?
        }
        RarePart::ListedValues(tag) => return listed::values(tag, values),
        RarePart::Headers(list) => return listed_headers(list, values),
        #[cfg(feature = "jwt")]
        RarePart::ClaimedHeaders(claim) => return super::token::claimed_headers(claim, values),
        // No verifier for tokens is built then: see `Plan::check_complete`.
        #[cfg(not(feature = "jwt"))]
        RarePart::ClaimedHeaders(_) => return Err(VerifyError::MissingSignature),
        RarePart::Parameter(name) => return Err(VerifyError::MissingParameter { name: name.clone() }),
    };
    Ok(text.into_bytes())
}

const NO_ITEM: VerifyError =
    VerifyError::MalformedSignature { reason: "an item that is signed is not in the field" };

/// Returns the headers that a header lists, sorted by name: `name:value` each, joined by `;`.
///
/// The list is signed with the rest, so it has one reading only if it names itself and the timestamp, if its names
/// are those of present headers, and if no value contains a `;` followed by one of the names.
fn listed_headers(list: &http::HeaderName, values: &Values<'_, '_>) -> Result<Vec<u8>, VerifyError> {
    let Found::One(text) = values.gathered.signed(&values.plan.headers, list) else {
        return Err(VerifyError::MissingHeader { name: list.to_string() });
    };
    let malformed = |reason| VerifyError::MalformedHeader { name: list.to_string(), reason };
    let mut names: Vec<_> = text.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).collect();
    names.sort_unstable();
    names.dedup();
    if names.iter().any(|name| http::HeaderName::from_bytes(name).is_err()) {
        return Err(malformed("has something in its list that is not the name of a header"));
    }
    let all = values.gathered.all();
    let sent = |name: &[u8]| {
        all.iter().filter(|(other, _)| other.as_bytes() == name).map(|(_, value)| *value).collect::<Vec<_>>()
    };
    let mut needed = vec![list.as_str()];
    if let Some(Source::Headers(timestamp)) = &values.plan.timestamp {
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
