//! The decision on a request with a complete body, and the parts that all kinds of signatures share.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use smallvec::SmallVec;

use super::check_head::{check_items, check_timestamp};
use super::signed_parts::SignedParts;
use crate::compiled::{
    BodyFields, BodyKind, CompiledScheme, Items, Source, VerifierInner, check_parts, missing, scalar,
};
use crate::delivery::Delivery;
use crate::error::VerifyError;
use crate::scheme::Needs;
use crate::short_string::ShortString;
use crate::time::UnixTime;

/// The parts of an accepted head that take part in the decision.
pub(super) struct CheckedHead<'a> {
    /// `None` if the signature is in the body.
    pub(super) signatures: &'a [&'a [u8]],
    pub(super) signed_parts: &'a SignedParts,
    pub(super) timestamp: Option<UnixTime>,
    /// The time at which the head was checked: the keys in use at that time apply.
    pub(super) began: UnixTime,
}

/// The decision to accept a request: everything needed to build the [`Delivery`].
pub(super) struct Decision {
    pub(super) key: usize,
    pub(super) timestamp: Option<UnixTime>,
    pub(super) body_fields: OnceLock<Box<BodyFields>>,
}

/// Runs all checks against the rest of the request.
pub(super) fn check_all(
    compiled: &CompiledScheme,
    checked_head: &CheckedHead<'_>,
    body: &[u8],
    claims: Option<&serde_json::Value>,
) -> Result<(), VerifyError> {
    let deferred = checked_head.signed_parts.deferred();
    let pending = deferred.map(|deferred| deferred.pending.as_slice()).unwrap_or_default();
    compiled
        .checks
        .iter()
        .zip(pending)
        .try_for_each(|(check, pending)| check.run(compiled.body_rules(), pending, body, claims))
}

/// Reads the timestamp from the verified body, if the scheme puts it there.
#[inline]
pub(super) fn date(
    inner: &VerifierInner,
    checked_head: &CheckedHead<'_>,
    key: usize,
    body: &[u8],
    now: UnixTime,
) -> Result<Decision, VerifyError> {
    let compiled = &*inner.compiled;
    if compiled.timestamp.is_none() || compiled.dated_by_head {
        return Ok(Decision { key, timestamp: checked_head.timestamp, body_fields: OnceLock::new() });
    }
    let (timestamp, body_fields) = read_timestamp(inner, body, now)?;
    Ok(Decision { key, timestamp: Some(timestamp), body_fields: OnceLock::from(Box::new(body_fields)) })
}

impl Decision {
    #[inline]
    pub(super) fn deliver(
        self,
        inner: Arc<VerifierInner>,
        id: Option<ShortString>,
        event_type: Option<ShortString>,
        body: Bytes,
        received_at: UnixTime,
    ) -> Delivery {
        let Self { key, timestamp, body_fields } = self;
        Delivery {
            inner,
            key,
            id,
            event_type,
            timestamp,
            received_at,
            body,
            body_fields,
            surroundings: None,
            in_fallback: None,
        }
    }
}

pub(super) fn signatures_in<'f>(
    inner: &VerifierInner,
    body: &[u8],
    field: &'f mut String,
) -> Result<SmallVec<[&'f [u8]; 2]>, VerifyError> {
    *field = field_in(inner, body)?;
    let mut items = Items::up_to(inner.limits.signatures);
    inner.compiled.grammar.parse(field.as_bytes(), None, &mut items)?;
    check_items(&inner.compiled, &items, &inner.limits)?;
    Ok(items.signatures)
}

/// Returns the signature field of the body.
pub(super) fn field_in(inner: &VerifierInner, body: &[u8]) -> Result<String, VerifyError> {
    let content = &inner.compiled.content;
    for source in inner.compiled.signature.in_body() {
        match source {
            // The fields were counted when the content of the same kind of body was rendered.
            Source::Form(_) if content.needs(Needs::Form) => {}
            Source::Json(_) if content.needs(Needs::Json) => {}
            Source::Form(_) => check_parts(inner.compiled.body_rules(), BodyKind::Form, body)?,
            Source::Json(_) => check_parts(inner.compiled.body_rules(), BodyKind::Json, body)?,
            _ => {}
        }
    }
    let missing = || inner.compiled.looked_for.missing_signature();
    let found = scalar(&inner.compiled.signature, body).ok_or_else(missing)?;
    let field = found.as_str(body);
    if field.is_empty() { Err(missing()) } else { Ok(field.to_owned()) }
}

/// Reads a timestamp in the body from the verified bytes, in the same pass as id and type.
fn read_timestamp(
    inner: &VerifierInner,
    body: &[u8],
    now: UnixTime,
) -> Result<(UnixTime, BodyFields), VerifyError> {
    let compiled = &*inner.compiled;
    let (Some(field), Some(source)) = (&compiled.provider.scheme.timestamp, &compiled.timestamp) else {
        return Err(compiled.looked_for.missing_timestamp());
    };
    let (body_fields, text) = inner.look_up(body, Some(source));
    let text = text.filter(|text| !text.as_str(body).is_empty());
    let text = text.ok_or_else(|| missing(source, body, compiled.looked_for.missing_timestamp()))?;
    Ok((check_timestamp(compiled, field, text.as_str(body).as_bytes(), now)?, body_fields))
}
