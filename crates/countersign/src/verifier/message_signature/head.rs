//! Reads the signatures of a request from its head.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sfv::{BareItem, InnerList, ListEntry};

use super::digest::{self, ContentDigest};
use super::field;
use super::value::{MOST_BYTES, MOST_SIGNATURES, malformed};
use crate::compiled::message_signature::{CompiledMessage, Component, MOST_COMPONENTS};
use crate::error::VerifyError;
use crate::scheme::TimestampField;
use crate::time::{UnixTime, Window};
use crate::verifier::values::Values;

/// The signatures that the head of a request declares.
#[derive(Debug)]
pub(crate) struct MessageHead {
    pub(super) candidates: Vec<Candidate>,
    pub(super) digest: Option<ContentDigest>,
}

/// A signature that covers the required components.
#[derive(Debug)]
pub(super) struct Candidate {
    /// The signature base (RFC 9421, section 2.5).
    pub(super) base: Vec<u8>,
    /// The signature in Base64.
    pub(super) signature: String,
    pub(super) created: Option<UnixTime>,
    pub(super) nonce: Option<String>,
    pub(super) key_id: Option<String>,
    pub(super) covers_digest: bool,
}

impl MessageHead {
    #[cold]
    pub(in crate::verifier) fn new(
        message: &CompiledMessage,
        values: &Values<'_, '_>,
        now: UnixTime,
    ) -> Result<Self, VerifyError> {
        let scheme = &values.compiled.provider.scheme;
        let most = scheme.limits.signature_bytes;
        let inputs = field::dictionary("signature-input", most, values)?;
        let signatures = field::dictionary("signature", most, values)?;
        if inputs.is_empty() {
            return Err(VerifyError::MissingHeader { name: "signature-input".to_owned() });
        }
        if inputs.len() > MOST_SIGNATURES.min(values.compiled.limits().signatures) {
            return Err(malformed("more signatures than the limit"));
        }
        let (mut candidates, mut refused, mut left) = (Vec::new(), None, MOST_BYTES);
        for (label, input) in &inputs {
            let (ListEntry::InnerList(covered), Some(ListEntry::Item(signature))) =
                (input, signatures.get(label))
            else {
                refused.get_or_insert(malformed("a label has no signature, or covers no list of components"));
                continue;
            };
            let BareItem::ByteSequence(signature) = &signature.bare_item else {
                refused.get_or_insert(malformed("a signature is not a byte sequence (RFC 9651)"));
                continue;
            };
            if !message.rules.label.is_empty() && *message.rules.label != *label.as_str() {
                continue;
            }
            if !field::is_written_once("signature", signature, values) {
                refused.get_or_insert(malformed("the unused bits of a signature in Base64 are not zero"));
                continue;
            }
            let timestamp = scheme.timestamp.as_ref();
            match Candidate::new(message, covered, signature, values, timestamp, now, &mut left) {
                Ok(Some(candidate)) => candidates.push(candidate),
                Ok(None) => {}
                Err(error) => {
                    refused.get_or_insert(error);
                }
            }
        }
        if candidates.is_empty() {
            return Err(refused.unwrap_or_else(|| values.compiled.looked_for.no_accepted_version()));
        }
        let digest = if candidates.iter().any(|candidate| candidate.covers_digest) {
            Some(ContentDigest::of(&field::dictionary(digest::NAME, most, values)?)?)
        } else {
            None
        };
        Ok(Self { candidates, digest })
    }

    /// Returns the name of the key of the first signature.
    pub(in crate::verifier) fn key_id(&self) -> Option<String> {
        self.candidates.iter().find_map(|candidate| candidate.key_id.clone())
    }
}

impl Candidate {
    /// Reads one signature. Returns `None` if it is for another application.
    fn new(
        message: &CompiledMessage,
        covered: &InnerList,
        signature: &[u8],
        values: &Values<'_, '_>,
        timestamp: Option<&TimestampField>,
        now: UnixTime,
        left: &mut usize,
    ) -> Result<Option<Self>, VerifyError> {
        let params = &covered.params;
        if !message.rules.tag.is_empty() && field::text(params, "tag")? != Some(&*message.rules.tag) {
            return Ok(None);
        }
        if field::text(params, "alg")?.is_some_and(|name| name != message.algorithm_name) {
            return Err(malformed("a signature names another algorithm than the declaration"));
        }
        let created = field::time(params, "created")?.map(UnixTime::from_secs);
        if let Some(field) = timestamp.filter(|_| values.compiled.dates_message()) {
            check_age(field, created.ok_or_else(|| values.compiled.looked_for.missing_timestamp())?, now)?;
        }
        if let Some(expires) = field::time(params, "expires")?
            && let age = now.as_secs().saturating_sub(expires)
            && age > 0
        {
            return Err(VerifyError::TimestampTooOld { age: age.unsigned_abs(), tolerance: 0 });
        }
        let components = components(covered)?;
        if message.required.iter().any(|required| !components.contains(required)) {
            return Err(malformed("a signature does not cover all components that the declaration requires"));
        }
        let mut base = Vec::new();
        for component in &components {
            base.append(&mut component.line(values, left)?);
        }
        base.extend_from_slice(b"\"@signature-params\": ");
        base.extend_from_slice(field::signature_params(covered)?.as_bytes());
        let visible = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        Ok(Some(Self {
            base,
            signature: STANDARD.encode(signature),
            created,
            nonce: visible(field::text(params, "nonce")?),
            key_id: visible(field::text(params, "keyid")?),
            covers_digest: components.iter().any(|component| component.is_field(digest::NAME)),
        }))
    }
}

/// Returns the components that a signature covers, each once.
fn components(covered: &InnerList) -> Result<Vec<Component>, VerifyError> {
    if covered.items.len() > MOST_COMPONENTS {
        return Err(malformed("a signature covers more components than the limit"));
    }
    let mut components: Vec<Component> = Vec::with_capacity(covered.items.len());
    for item in &covered.items {
        let component = Component::new(item.clone())
            .map_err(|_| malformed("a signature covers a component that a request does not have"))?;
        if components.contains(&component) {
            return Err(malformed("a signature covers a component twice"));
        }
        components.push(component);
    }
    Ok(components)
}

/// Compares the time of a signature with the tolerance.
fn check_age(field: &TimestampField, time: UnixTime, now: UnixTime) -> Result<(), VerifyError> {
    match field.tolerance.window(time, now) {
        Window::Inside => Ok(()),
        Window::TooOld { age, tolerance } => Err(VerifyError::TimestampTooOld { age, tolerance }),
        Window::TooNew { ahead, tolerance } => Err(VerifyError::TimestampTooNew { ahead, tolerance }),
    }
}
