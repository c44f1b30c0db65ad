//! Signs a request as a sender of HTTP Message Signatures does.

use http::{HeaderMap, HeaderValue};
use sfv::{BareItem, InnerList, Key as Name, Parameters};

use super::digest::{self, ContentDigest};
use super::field;
use super::value::MOST_BYTES;
use crate::compiled::message_signature::CompiledMessage;
use crate::compiled::{CompiledScheme, Source};
use crate::error::VerifyError;
use crate::mac::Key;
use crate::time::UnixTime;
use crate::verifier::values::Values;

/// The headers of a signature.
pub(crate) struct Signed {
    pub(crate) input: String,
    pub(crate) signature: String,
}

impl CompiledMessage {
    /// Adds the digest of the body, if it is covered and the sender did not set it.
    pub(crate) fn prepare(&self, headers: &mut HeaderMap, given: &HeaderMap, body: &[u8]) {
        if !self.rules.covers_body() || given.contains_key(digest::NAME) {
            return;
        }
        if let Ok(value) = HeaderValue::try_from(ContentDigest::header(body)) {
            headers.insert(digest::NAME, value);
        }
    }
}

/// Signs the required components.
pub(crate) fn sign(
    compiled: &CompiledScheme,
    message: &CompiledMessage,
    key: &Key,
    values: &Values<'_, '_>,
    time: UnixTime,
) -> Result<Signed, VerifyError> {
    let items = message.required.iter().map(|component| component.item().clone()).collect();
    let covered = InnerList::with_params(items, params(compiled, message, key, values, time)?);
    let (mut base, mut left) = (Vec::new(), MOST_BYTES);
    for component in &message.required {
        base.append(&mut component.line(values, &mut left)?);
    }
    let params = field::signature_params(&covered)?;
    base.extend_from_slice(b"\"@signature-params\": ");
    base.extend_from_slice(params.as_bytes());
    let signature = key.signature(&[&base]);
    let label = if message.rules.label.is_empty() { "sig1" } else { &*message.rules.label };
    Ok(Signed {
        input: format!("{label}={params}"),
        signature: format!("{label}=:{}:", String::from_utf8_lossy(&signature)),
    })
}

fn params(
    compiled: &CompiledScheme,
    message: &CompiledMessage,
    key: &Key,
    values: &Values<'_, '_>,
    time: UnixTime,
) -> Result<Parameters, VerifyError> {
    let mut params = Parameters::new();
    let created = sfv::Integer::try_from(time.as_secs())
        .map_err(|_| VerifyError::MalformedTimestamp { reason: "too large" })?;
    put(&mut params, "created", BareItem::Integer(created));
    put_text(&mut params, "alg", Some(message.algorithm_name))?;
    let key_id = if key.id().is_empty() { &key.name } else { key.id() };
    put_text(&mut params, "keyid", compiled.key_id.as_ref().map(|_| key_id))?;
    let nonce = values.id.filter(|_| matches!(compiled.id, Some(Source::SignatureItem(_))));
    put_text(&mut params, "nonce", nonce.and_then(|id| std::str::from_utf8(id).ok()))?;
    put_text(&mut params, "tag", Some(&*message.rules.tag).filter(|tag| !tag.is_empty()))?;
    Ok(params)
}

fn put_text(params: &mut Parameters, name: &str, text: Option<&str>) -> Result<(), VerifyError> {
    let Some(text) = text else { return Ok(()) };
    let text = sfv::String::from_string(text.to_owned())
        .map_err(|_| VerifyError::MalformedId { reason: "is not visible ASCII" })?;
    put(params, name, BareItem::String(text));
    Ok(())
}

fn put(params: &mut Parameters, name: &str, value: BareItem) {
    if let Ok(name) = Name::from_string(name.to_owned()) {
        params.insert(name, value);
    }
}
