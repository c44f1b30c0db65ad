//! The parts of a request's head that only few schemes use.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::checks::Pending;
use super::listed;
#[cfg(feature = "message-signatures")]
use super::message_signature::MessageHead;
use super::values::Values;
use crate::compiled::{Occurrence, Source};
use crate::error::VerifyError;
use crate::scheme::Encoding;
use crate::swar::is_visible;
use crate::time::UnixTime;

/// The parts of the head that few schemes need once the body is complete.
#[derive(Debug)]
pub(crate) struct DeferredHead {
    pub(super) pending: Vec<Pending>,
    /// The name of the key, if it is in a header.
    pub(super) key_id: Option<String>,
    /// The signatures of an HTTP message.
    #[cfg(feature = "message-signatures")]
    pub(super) message: Option<MessageHead>,
    /// The parameters of a JWT that HTTP headers stand in for.
    #[cfg(feature = "jwt")]
    pub(super) stand_ins: Vec<(String, String)>,
    /// The end of the signed header values, if the signature field lists them.
    pub(super) list_end: Option<listed::End>,
}

impl DeferredHead {
    #[cold]
    pub(super) fn new(values: &Values<'_, '_>, now: UnixTime) -> Result<Self, VerifyError> {
        let compiled = values.compiled;
        #[cfg(not(feature = "message-signatures"))]
        let _ = now;
        #[cfg(feature = "message-signatures")]
        let message =
            compiled.message.as_ref().map(|message| MessageHead::new(message, values, now)).transpose()?;
        #[cfg(feature = "message-signatures")]
        let named = message.as_ref().and_then(MessageHead::key_id);
        #[cfg(not(feature = "message-signatures"))]
        let named = None;
        let checks = compiled.checks.iter().map(|check| check.prepare(values));
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

/// Returns the parameters of a JWT that HTTP headers stand in for.
#[cfg(feature = "jwt")]
fn stand_ins(values: &Values<'_, '_>) -> Result<Vec<(String, String)>, VerifyError> {
    let rules = values.compiled.provider.scheme.jwt.as_ref();
    let is_declared = rules.is_some_and(|rules| rules.stand_ins().next().is_some());
    if is_declared { super::jwt::stand_ins(values) } else { Ok(Vec::new()) }
}

fn key_id(values: &Values<'_, '_>) -> Option<String> {
    if values.compiled.provider.scheme.signature.encoding == Encoding::Base64Json {
        return wrapped_key_id(values.field());
    }
    let header = |names: &[http::HeaderName]| match values
        .header_values
        .signed(&values.compiled.headers, names.first()?)
    {
        Occurrence::One(value) if !value.is_empty() => Some(value),
        _ => None,
    };
    let value = match &values.compiled.key_id {
        Some(Source::Headers(names)) => header(names)?,
        Some(Source::FirstOf { head, .. }) => head.iter().find_map(|place| match place {
            Source::Headers(names) => header(names),
            _ => None,
        })?,
        Some(Source::SignatureItem(tag)) => values.compiled.grammar.item(values.field(), tag)?,
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
