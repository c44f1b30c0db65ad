//! The parts of a request's head that only few schemes use.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Source;
use super::checks::Pending;
use super::gather::Found;
use super::listed;
#[cfg(feature = "message-signatures")]
use super::message_signature::MessageHead;
use super::render::{HOLDS_SEPARATOR, Values};
use crate::error::VerifyError;
use crate::scheme::{Encoding, RarePart};
use crate::target;
use crate::time::UnixTime;
use crate::words::is_visible;

/// The parts of the head that few schemes need once the body is complete.
#[derive(Debug)]
pub(crate) struct RareHead {
    pub(super) pending: Vec<Pending>,
    /// The name of the key, if it is in a header.
    pub(super) key_id: Option<String>,
    /// The signatures of an HTTP message.
    #[cfg(feature = "message-signatures")]
    pub(super) message: Option<MessageHead>,
    /// The parameters of a token that HTTP headers stand in for.
    #[cfg(feature = "jwt")]
    pub(super) stand_ins: Vec<(String, String)>,
    /// The end of the signed header values, if the signature field lists them.
    pub(super) list_end: Option<listed::End>,
}

impl RareHead {
    #[cold]
    pub(super) fn new(values: &Values<'_, '_>, now: UnixTime) -> Result<Self, VerifyError> {
        let plan = values.plan;
        #[cfg(not(feature = "message-signatures"))]
        let _ = now;
        #[cfg(feature = "message-signatures")]
        let message =
            plan.message.as_ref().map(|message| MessageHead::new(message, values, now)).transpose()?;
        #[cfg(feature = "message-signatures")]
        let named = message.as_ref().and_then(MessageHead::key_id);
        #[cfg(not(feature = "message-signatures"))]
        let named = None;
        let checks = plan.checks.iter().map(|check| check.prepare(values));
        Ok(Self {
            pending: checks.collect::<Result<_, _>>()?,
            key_id: named.or_else(|| key_id(values)),
            #[cfg(feature = "message-signatures")]
            message,
            #[cfg(feature = "jwt")]
            stand_ins: stand_ins(values)?,
            list_end: listed::End::of(values)?,
        })
    }
}

/// Returns the parameters of a token that HTTP headers stand in for.
#[cfg(feature = "jwt")]
fn stand_ins(values: &Values<'_, '_>) -> Result<Vec<(String, String)>, VerifyError> {
    let rules = values.plan.provider.scheme.token.as_ref();
    let is_declared = rules.is_some_and(|rules| rules.stand_ins().next().is_some());
    if is_declared { super::token::stand_ins(values) } else { Ok(Vec::new()) }
}

fn key_id(values: &Values<'_, '_>) -> Option<String> {
    if values.plan.provider.scheme.signature.encoding == Encoding::Base64Json {
        return wrapped_key_id(values.field());
    }
    let header = |names: &[http::HeaderName]| match values.gathered.signed(values.plan, names.first()?) {
        Found::One(value) if !value.is_empty() => Some(value),
        _ => None,
    };
    let value = match &values.plan.key_id {
        Some(Source::Headers(names)) => header(names)?,
        Some(Source::FirstOf { head, .. }) => head.iter().find_map(|place| match place {
            Source::Headers(names) => header(names),
            _ => None,
        })?,
        Some(Source::SignatureItem(tag)) => values.plan.grammar.item(values.field(), tag)?,
        _ => return None,
    };
    is_visible(value).then(|| String::from_utf8_lossy(value).into_owned())
}

/// Returns the name of the key next to the signature, in a JSON object in Base64.
fn wrapped_key_id(field: &[u8]) -> Option<String> {
    let object: serde_json::Value =
        serde_json::from_slice(&STANDARD.decode(field.trim_ascii()).ok()?).ok()?;
    let kid = object.get("kid")?.as_str()?;
    is_visible(kid.as_bytes()).then(|| kid.to_owned())
}

/// Returns the value of a part. Not called for ordinary deliveries.
#[cold]
pub(super) fn rare(part: &RarePart, values: &Values<'_, '_>) -> Result<Vec<u8>, VerifyError> {
    let text = match part {
        RarePart::MethodLower => values.method.to_ascii_lowercase(),
        RarePart::UrlPlivo => target::plivo(values.url.ok_or(VerifyError::MissingUrl)?),
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
    let Found::One(text) = values.gathered.signed(values.plan, list) else {
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
